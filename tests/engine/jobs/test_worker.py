"""What workers do with models and pictures at their worst, through a real engine."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.jobs import devices
from engine.log_file import log_path
from engine.wire.protocol import ModelLoading, Result, TextOutput
from tests.engine import odd_pictures
from tests.engine.engine_room import until
from tests.engine.odd_models import BLOCKING, FAULTY, TOO_LARGE
from tests.engine.processes import children

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.engine.engine_room import EngineRoom


NO_CUDA = "engine.devices names cuda:0, which this machine does not seem to have"


def codes(results: Iterable[Result]) -> dict[int, str]:
    """Return the code of every failure, by place."""
    return {result.item - 100: result.error.code for result in results if result.error}


def places(results: Iterable[Result]) -> list[int]:
    """Name the places answered, in order."""
    return sorted(result.item - 100 for result in results)


# --- several workers -------------------------------------------------------------------------------------------------


def test_several_devices_share_one_job(room: EngineRoom) -> None:
    """Two CPU workers answer one job together, also when one of them is killed: each picture once, none failed."""
    room.settings('[engine]\ndevices = ["cpu", "cpu"]\n')
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(400)], "odd-writer", prompt="pid"))
    results: list[Result] = []
    killed = 0
    for line in room.lines(job):
        if isinstance(line, Result):
            results.append(line)
        if len(results) == 100 and not killed:
            killed = client.status().worker_pids[0]
            os.kill(killed, signal.SIGKILL)
    assert places(results) == list(range(400))
    assert codes(results) == {}
    pids = [result.output.text for result in results if isinstance(result.output, TextOutput)]
    assert str(killed) in pids
    assert len(set(pids)) == 3
    assert min(map(pids.count, set(pids))) > 5
    status = client.status()
    assert [(worker.device, worker.in_flight) for worker in status.workers] == [("cpu", 0)] * 2
    assert {worker.pid for worker in status.workers} == set(status.worker_pids)
    assert sum(worker.restarts for worker in status.workers) == status.worker_restarts == 1


def test_a_job_that_names_a_device_stays_there(room: EngineRoom) -> None:
    """A job that names the CPU runs on it though others share another device, and a device nobody has is refused."""
    room.settings('[engine]\ndevices = ["cuda:0"]\n')
    client = room.start()
    shared, named = (room.job([room.picture("a.png")], device=device) for device in ("auto", "cpu"))
    for job in (shared, named):
        client.submit(job)
        assert codes(room.results(job)) == {}
    assert sorted(worker.device for worker in client.status().workers) == ["cpu", "cuda:0"]
    assert {model.device for model in client.status().models} == {"cpu", "cuda:0"}


@pytest.mark.skipif("cuda:0" in devices.found(), reason="this machine has the device")
def test_a_device_that_is_not_there_is_a_loud_line(room: EngineRoom) -> None:
    """Where the settings name it, status and jobs that share it say so, also when the model does not mind."""
    room.settings('[engine]\ndevices = ["cuda:0"]\n')
    client = room.start()
    assert client.status().notices == (NO_CUDA,)
    jobs = [room.job([room.picture("a.png")], device=device) for device in ("auto", "cuda:0", "cpu")]
    for job in jobs:
        client.submit(job)
        assert codes(room.results(job)) == {}
    assert [client.job(job.id).warning for job in jobs] == [NO_CUDA, NO_CUDA, ""]


def test_a_job_whose_device_is_gone_is_paused(room: EngineRoom) -> None:
    """A job for a device that the next engine does not have waits for a person, and says why."""
    room.settings('[engine]\ndevices = ["cuda:0"]\n')
    client = room.start()
    client.submit(job := room.job([room.picture("a.png", BLOCKING)], device="cuda:0"))
    until(lambda: client.status().models, "the model is loaded")
    room.kill()
    room.settings('[engine]\ndevices = ["cpu"]\n')
    client = room.start()
    until(lambda: client.job(job.id).state == "paused", "the job is paused")
    assert "there is no device cuda:0 here" in client.job(job.id).message


# --- devices ---------------------------------------------------------------------------------------------------------


def test_another_device_than_named_is_an_error(room: EngineRoom) -> None:
    """A model that does not use the device that the job named answers nothing: every picture fails and says where."""
    room.model("elsewhere", "odd-elsewhere")
    room.settings('[engine]\ndevices = ["cuda:0"]\n')
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(3)], "elsewhere", device="cuda:0"))
    failures = [result.error for result in room.results(job) if result.error]
    assert [failure.code for failure in failures] == ["device"] * 3
    assert failures[0].message == "elsewhere runs on cpu, although cuda:0 was to be used"
    assert client.status().models == ()


def test_another_device_than_hoped_for_is_a_loud_line(room: EngineRoom) -> None:
    """Without a named device it works, and job, status and events say so; a job that names one is still refused."""
    room.model("elsewhere", "odd-elsewhere")
    room.settings('[engine]\ndevices = ["cuda:0"]\n')
    client = room.start()
    events = client.events()
    next(events)
    client.submit(job := room.job([room.picture("a.png")], "elsewhere"))
    assert codes(room.results(job)) == {}
    line = "elsewhere runs on cpu, although cuda:0 was to be used"
    assert line in client.job(job.id).warning
    assert line in client.status().notices
    loaded = next(event for event in events if isinstance(event, ModelLoading) and event.state == "loaded")
    assert loaded.message == line
    client.submit(named := room.job(["a.png"], "elsewhere", device="cuda:0"))
    assert codes(room.results(named)) == {0: "device"}


# --- memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fitting", [8, 4, 2, 1])
def test_batches_that_do_not_fit_are_halved(room: EngineRoom, fitting: int) -> None:
    """However few pictures fit in memory all are answered, and the model is never loaded anew."""
    room.model("narrow", "odd-batches", revision=f"{fitting}")
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(150)], "narrow"))
    results = room.results(job)
    assert places(results) == list(range(150))
    assert codes(results) == {}
    assert client.status().worker_restarts == 0
    assert f"going on with {fitting}\n" in log_path().read_text()


def test_other_models_make_room(room: EngineRoom) -> None:
    """A model that does not fit beside another is answered when the other one is unloaded; no picture fails."""
    for name in ("one", "two"):
        room.model(name, "odd-hungry")
    client = room.start()
    for name in ("one", "two", "one"):
        client.submit(job := room.job([room.picture("a.png"), room.picture("b.png")], name))
        assert codes(room.results(job)) == {}
        assert [model.name for model in client.status().models] == [name]


def test_a_picture_that_never_fits_fails_and_not_its_job(room: EngineRoom) -> None:
    """In a batch with others the one picture that needs too much memory fails alone, and so does one that is faulty."""
    client = room.start()
    colours = {7: TOO_LARGE, 15: FAULTY}
    keys = [room.picture(f"{n}.png", colours.get(n, (9, 9, 9))) for n in range(30)]
    room.model("roomy", "odd-batches", revision="1000")
    client.submit(job := room.job(keys, "roomy"))
    assert codes(room.results(job)) == {7: "out-of-memory", 15: "adapter"}


# --- pictures --------------------------------------------------------------------------------------------------------


def test_bad_pictures_never_unload_a_model(room: EngineRoom) -> None:
    """Pictures that crash their decoder, or never come to an end, fail by name; the worker and its model live on."""
    room.settings("[pictures]\ndecode_seconds = 1\n")
    client = room.start()
    client.submit(first := room.job([room.picture("a.png")]))
    room.results(first)
    (worker,), (model,) = client.status().worker_pids, client.status().models
    keys = [room.picture(f"{n}.png") for n in range(40)]
    for place, what in ((3, odd_pictures.CRASH), (11, odd_pictures.HANG), (12, odd_pictures.CRASH)):
        odd_pictures.draw(room.root / keys[place], what)
    client.submit(job := room.job(keys))
    results = room.results(job)
    assert places(results) == list(range(40))
    assert codes(results) == dict.fromkeys((3, 11, 12), "unreadable")
    said = {result.item - 100: result.error.message for result in results if result.error}
    assert "SIGSEGV" in said[3]
    assert "longer than 1 s" in said[11]
    assert client.status().worker_pids == (worker,)
    assert client.status().worker_restarts == 0
    assert client.status().models[0].since == model.since


def test_decoders_killed_from_outside_cost_no_picture(room: EngineRoom) -> None:
    """Killing decoders in the middle of a job, each time on other pictures, fails no picture and no worker."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(600)], "odd-writer", prompt="pid"))
    results: list[Result] = []
    killed: set[int] = set()
    for line in room.lines(job):
        if not isinstance(line, Result):
            continue
        results.append(line)
        if len(results) in {50, 250, 450}:
            decoders = children(client.status().worker_pids[0])
            killed |= set(decoders)
            for pid in decoders:
                os.kill(pid, signal.SIGKILL)
    assert len(killed) >= 3
    assert places(results) == list(range(600))
    assert codes(results) == {}
    assert client.status().worker_restarts == 0


def test_a_link_out_of_the_dataset_is_not_followed(room: EngineRoom) -> None:
    """A picture that is a link to somewhere else fails as outside, unless the job allows the place."""
    elsewhere = room.root.parent / "elsewhere"
    elsewhere.mkdir()
    room.picture("a.png")
    (room.root / "a.png").rename(elsewhere / "a.png")
    (room.root / "a.png").symlink_to(elsewhere / "a.png")
    client = room.start()
    client.submit(job := room.job(["a.png"]))
    assert codes(room.results(job)) == {0: "outside"}
    client.submit(allowed := room.job(["a.png"], folders=(str(elsewhere),)))
    assert codes(room.results(allowed)) == {}


# --- libraries that print --------------------------------------------------------------------------------------------


def test_a_library_that_closes_stdout_does_no_harm(room: EngineRoom) -> None:
    """A model that prints and closes what it printed to, again and again, answers all; every print is in the log."""
    room.model("closer", "odd-closer")
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(40)], "closer"))
    results = room.results(job)
    assert places(results) == list(range(40))
    assert codes(results) == {}
    assert client.status().worker_restarts == 0
    assert log_path().read_text().count("the last thing it printed") >= 1


# --- fitting ---------------------------------------------------------------------------------------------------------


def test_an_adapter_that_says_how_is_given_squares(room: EngineRoom) -> None:
    """Pictures come in the shape the adapter names; one above the limit in the settings fails by itself."""
    room.model("odd-fitted", adapter="odd-fitted", kind="captioner")
    room.settings("[pictures]\nmax_megapixels = 1\n")
    client = room.start()
    Image.new("L", (40, 20), 90).save(room.root / "wide.png")
    Image.new("1", (1100, 1000)).save(room.root / "large.png")
    client.submit(job := room.job([room.picture("small.png"), "wide.png", "large.png"], "odd-fitted"))
    results = {result.item - 100: result for result in room.results(job)}
    outputs = [results[place].output for place in (0, 1)]
    assert [output.text for output in outputs if isinstance(output, TextOutput)] == [
        "(16, 16, 3) [90, 90, 90] [90, 90, 90]",
        "(16, 16, 3) [255, 0, 0] [90, 90, 90]",
    ]
    failure = results[2].error
    assert failure is not None
    assert (failure.code, "1100x1000 px, more than 1 megapixels" in failure.message) == ("unreadable", True)


# --- pausing ---------------------------------------------------------------------------------------------------------


def in_flight(room: EngineRoom) -> int:
    """Count what workers have."""
    return sum(worker.in_flight for worker in room.client.status().workers)


def test_a_paused_job_is_withdrawn_and_goes_on(room: EngineRoom) -> None:
    """Pausing leaves only what was begun; what ends then is stored; after resuming each picture is answered once."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png", BLOCKING) for n in range(60)]))
    until(lambda: client.status().models, "the model is loaded")
    client.pause(job.id)
    until(lambda: in_flight(room) <= len(os.sched_getaffinity(0)), "only what was begun is in flight")
    begun = in_flight(room)
    room.gate.touch()
    until(lambda: in_flight(room) == 0, "what was begun has ended")
    until(lambda: client.job(job.id).done == begun, "it was stored")
    assert client.job(job.id).state == "paused"
    client.resume(job.id)
    results = room.results(job)
    assert places(results) == list(range(60))
    assert [result.seq for result in results] == list(range(1, 61))


def test_pausing_and_resuming_at_once_doubles_nothing(room: EngineRoom) -> None:
    """However fast a job is paused and resumed the model is asked about each picture once."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png", BLOCKING) for n in range(60)]))
    until(lambda: client.status().models, "the model is loaded")
    for _ in range(10):
        client.pause(job.id)
        client.resume(job.id)
    assert sum(worker.in_flight for worker in client.status().workers) <= 60
    room.gate.touch()
    results = room.results(job)
    assert places(results) == list(range(60))
    assert client.job(job.id).done == 60


def test_a_cancelled_job_makes_way(room: EngineRoom) -> None:
    """Cancelling ends a job of many pictures at once; the next job is answered, and nothing more comes of the first."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png", BLOCKING) for n in range(200)]))
    until(lambda: client.status().models, "the model is loaded")
    client.cancel(job.id)
    room.gate.touch()
    client.submit(after := room.job([room.picture("free.png")]))
    assert codes(room.results(after)) == {}
    until(lambda: in_flight(room) == 0, "nothing is in flight")
    assert client.job(job.id).state == "cancelled"
    assert client.job(job.id).done == 0
