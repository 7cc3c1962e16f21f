"""What happens to a job when its worker, or the whole engine, is killed: every picture is answered exactly once."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from engine.errors import EngineUnreachable
from engine.jobs.slot import MOST_DEATHS_IN_A_ROW
from engine.wire.protocol import End, Result
from tests.engine import odd_pictures
from tests.engine.engine_room import until
from tests.engine.odd_models import BLOCKING, DEADLY, GRIPPING
from tests.engine.processes import alive, children

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.engine_room import EngineRoom


def test_a_picture_that_kills_its_worker_fails_alone(room: EngineRoom) -> None:
    """Two deadly pictures among thirty end as `worker-died`; all others, also those in flight then, are answered."""
    client = room.start()
    deadly = {5, 17}
    keys = [room.picture(f"{n}.png", DEADLY if n in deadly else (9, 9, 9)) for n in range(30)]
    client.submit(job := room.job(keys))
    results = room.results(job)
    assert sorted(result.item - 100 for result in results) == list(range(30))
    failed = {result.item - 100: result.error for result in results if result.error}
    assert set(failed) == deadly
    assert {error.code for error in failed.values()} == {"worker-died"}
    assert "SIGKILL" in failed[5].message
    assert client.status().worker_restarts >= 3


def test_a_worker_killed_from_outside_costs_no_picture(room: EngineRoom) -> None:
    """Pictures in flight in a worker that somebody kills are answered by the next one; none fails."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png", BLOCKING) for n in range(20)]))
    until(lambda: client.status().models, "the model is loaded")
    (worker,) = client.status().worker_pids
    os.kill(worker, signal.SIGKILL)
    until(lambda: client.status().worker_pids not in {(), (worker,)}, "another worker took its place")
    room.gate.touch()
    results = room.results(job)
    assert sorted(result.item - 100 for result in results) == list(range(20))
    assert [result.error for result in results] == [None] * 20


@pytest.mark.parametrize("collect", [False, True], ids=["uncollected", "collected"])
def test_a_killed_engine_takes_its_jobs_up_again(room: EngineRoom, collect: bool) -> None:  # noqa: FBT001  (a parameter)
    """After SIGKILL in the middle of a job the next engine ends it: numbers go on without gap, nothing comes twice."""
    client = room.start()
    spool = client.status().spool
    free = [room.picture(f"{n}.png") for n in range(40)]
    client.submit(job := room.job([*free, *[room.picture(f"{n}.png", BLOCKING) for n in range(40, 80)]]))
    before: list[Result] = []
    for line in room.lines(job):
        if isinstance(line, Result):
            before.append(line)
        if len(before) == 30:
            break
    if collect:
        client.collected(job.id, "me", before[-1].seq)
    room.kill()
    client = room.start()
    assert client.status().spool == spool
    room.gate.touch()
    after = room.results(job, after=before[-1].seq)
    assert [result.seq for result in before + after] == list(range(1, 81))
    assert sorted(result.item - 100 for result in before + after) == list(range(80))
    assert client.job(job.id).done == 80


def test_a_reader_of_a_killed_engine_is_told(room: EngineRoom) -> None:
    """The results stream of an engine that dies ends with an error, not as if the job were over."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png"), room.picture("b.png", BLOCKING)]))
    lines = room.lines(job)
    while not isinstance(next(lines), Result):
        pass
    room.process.kill()  # type: ignore[union-attr]  # it runs
    with pytest.raises(EngineUnreachable):
        list(lines)


@pytest.mark.parametrize("busy", ["waiting", "gripping"])
def test_everything_ends_with_the_engine(room: EngineRoom, busy: str) -> None:
    """Within 2 s of an engine's SIGKILL its worker and decoders are gone, whatever they were doing.

    A model waits, or never lets another thread of the process run; a decoder hangs.
    """
    client = room.start()
    odd_pictures.draw(room.root / "odd.png", odd_pictures.HANG)
    client.submit(room.job(["odd.png", room.picture("a.png", BLOCKING if busy == "waiting" else GRIPPING)]))
    until(lambda: client.status().models, "the model is loaded")
    (worker,) = client.status().worker_pids
    until(lambda: len(children(worker)) == len(os.sched_getaffinity(0)), "decoders run")
    processes = [worker, *children(worker)]
    room.kill()
    deadline = time.monotonic() + 2
    while any(map(alive, processes)):
        assert time.monotonic() < deadline


def test_a_model_that_hangs_is_replaced(room: EngineRoom) -> None:
    """Pictures on which the model never comes back fail as hung, by the patience of the model; all others are answered."""
    room.model("impatient", more="patience_seconds = 1.5\n")
    client = room.start()
    keys = [room.picture(f"{n}.png", BLOCKING if n == 3 else (9, 9, 9)) for n in range(20)]
    client.submit(job := room.job(keys, "impatient"))
    results = room.results(job)
    assert sorted(result.item - 100 for result in results) == list(range(20))
    (failed,) = (result for result in results if result.error)
    assert failed.error is not None
    assert (failed.item, failed.error.code) == (103, "hung")
    assert "s for impatient on this picture" in failed.error.message
    assert client.status().worker_restarts == 2


def test_a_model_that_kills_its_worker_while_it_loads_pauses_the_job(room: EngineRoom, tmp_path: Path) -> None:
    """After a few deaths in a row the job is paused, no picture is charged, and it says what to do; then it goes on."""
    room.model("deadly", revision=f"deadly until {tmp_path / 'mended'}")
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(30)], "deadly"))
    until(lambda: client.job(job.id).state == "paused", "the job is paused")
    info = client.job(job.id)
    assert (info.done, info.failed) == (0, 0)
    assert "SIGKILL" in info.message
    assert "while it loaded deadly" in info.message
    assert f"cutline jobs resume {job.id}" in info.message
    restarts = client.status().worker_restarts
    assert restarts == MOST_DEATHS_IN_A_ROW
    client.submit(other := room.job(["0.png"]))
    assert [result.error for result in room.results(other)] == [None]
    assert client.status().worker_restarts == restarts
    (tmp_path / "mended").touch()
    client.resume(job.id)
    assert [result.error for result in room.results(job)] == [None] * 30


def test_deaths_in_a_row_pause_the_job(room: EngineRoom) -> None:
    """Where every picture kills its worker only a few are charged before the job is paused; another job is answered."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png", DEADLY) for n in range(40)]))
    client.submit(good := room.job([room.picture("good.png")]))
    until(lambda: client.job(job.id).state == "paused", "the job is paused")
    assert 0 < client.job(job.id).failed < MOST_DEATHS_IN_A_ROW
    assert [result.error for result in room.results(good)] == [None]


def test_a_shutdown_waits_for_what_is_in_flight(room: EngineRoom) -> None:
    """Told to stop, the engine ends the pictures in flight, hands out no more, and ends its streams as not over."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png", BLOCKING) for n in range(100)]))
    lines = room.lines(job)
    until(lambda: client.status().models, "the model is loaded")
    client.shutdown()
    room.gate.touch()
    *results, end = lines
    assert 0 < len(results) - 1 < 100
    assert isinstance(end, End)
    assert end.state == "running"
    assert room.wait() == 0
    room.start()
    assert len(room.results(job)) == 100


def test_a_shutdown_now_abandons_what_is_in_flight(room: EngineRoom) -> None:
    """Told to stop at once, the engine ends although pictures would take for ever; the next one answers them."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png", BLOCKING) for n in range(10)]))
    until(lambda: client.status().models, "the model is loaded")
    client.shutdown(now=True)
    assert room.wait() == 0
    room.gate.touch()
    room.start()
    assert sorted(result.seq for result in room.results(job)) == list(range(1, 11))


def test_a_slow_shutdown_can_be_hurried(room: EngineRoom) -> None:
    """A second shutdown, with `now`, ends an engine that waits for pictures in flight."""
    client = room.start()
    client.submit(room.job([room.picture("a.png", BLOCKING)]))
    until(lambda: client.status().models, "the model is loaded")
    client.shutdown()
    client.shutdown(now=True)
    assert room.wait() == 0


def test_an_engine_that_stops_takes_no_new_jobs(room: EngineRoom) -> None:
    """While it waits for pictures in flight the engine refuses jobs as something to ask again."""
    client = room.start()
    client.submit(room.job([room.picture("a.png", BLOCKING)]))
    until(lambda: client.status().models, "the model is loaded")
    client.shutdown()

    def refused() -> bool:
        try:
            client.submit(room.job([]))
        except EngineUnreachable as error:
            return error.code == "stopping"
        return False

    until(refused, "a job is refused")
