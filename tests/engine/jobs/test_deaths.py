"""What happens to a job when its worker, or the whole engine, is killed: every picture is answered exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from engine.errors import EngineUnreachable
from engine.wire.protocol import End, Result
from tests.engine.engine_room import until
from tests.engine.odd_models import BLOCKING, DEADLY

if TYPE_CHECKING:
    from tests.engine.engine_room import EngineRoom


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits for its parent does not."""
    ps = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return ps.stdout.strip()[:1] not in {"", "Z"}


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


def test_the_worker_ends_with_its_engine(room: EngineRoom) -> None:
    """When the engine is killed its worker ends by itself, although a picture keeps it busy."""
    client = room.start()
    client.submit(room.job([room.picture("a.png", BLOCKING)]))
    until(lambda: client.status().worker_pids, "a worker runs")
    (worker,) = client.status().worker_pids
    room.kill()

    until(lambda: not alive(worker), "the worker ended")


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
