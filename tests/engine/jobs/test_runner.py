"""The runner with a real engine on a disk that is full."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from engine.errors import CutlineError
from engine.wire.protocol import Progress, Result
from tests.engine.engine_room import until

if TYPE_CHECKING:
    from tests.engine.engine_room import EngineRoom


def limit_files(pid: int, most_bytes: int) -> None:
    """Let a process write no file beyond a size, as a full disk would."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="another process is limited on Linux only")
def test_a_job_waits_for_space_and_goes_on(room: EngineRoom) -> None:
    """On a full disk a job stops and says so, new jobs are refused in words; with room it goes on, nothing twice."""
    client = room.start()
    assert room.process is not None
    events = client.events()
    next(events)
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(300)], "odd-writer", prompt="pid"))
    before: list[Result] = []
    lines = room.lines(job)
    while len(before) < 20:
        if isinstance(line := next(lines), Result):
            before.append(line)
    limit_files(room.process.pid, 1)
    until(lambda: client.job(job.id).state == "waiting for space", "the job waits for space")
    info = client.job(job.id)
    assert "spool.db cannot be written" in info.message
    assert client.status().notices == (info.message,)
    with pytest.raises(CutlineError, match=r"spool\.db cannot be written"):
        client.submit(room.job(["0.png"]))
    assert client.job(job.id).done < 300
    limit_files(room.process.pid, resource.RLIM_INFINITY)
    results = before + [line for line in lines if isinstance(line, Result)]
    assert [result.seq for result in results] == list(range(1, 301))
    assert sorted(result.item - 100 for result in results) == list(range(300))
    states = []
    for event in events:
        if isinstance(event, Progress):
            states.append(event.job.state)
        if states[-1:] == ["done"]:
            break
    assert "waiting for space" in states


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="another process is limited on Linux only")
def test_an_engine_on_a_full_disk_can_be_stopped(room: EngineRoom) -> None:
    """Stopping does not wait for room; the next engine does again what could not be stored."""
    client = room.start()
    assert room.process is not None
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(300)], "odd-writer", prompt="pid"))
    until(lambda: client.job(job.id).done, "something is stored")
    limit_files(room.process.pid, 1)
    until(lambda: client.job(job.id).state == "waiting for space", "the job waits for space")
    client.shutdown()
    room.wait()  # with what code does not matter: the log cannot be written either
    room.start()
    results = room.results(job)
    assert sorted(result.item - 100 for result in results) == list(range(300))
    assert [result.seq for result in results] == list(range(1, 301))
