"""Streams that have nothing to say, and readers that do not listen."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.jobs.frames import Outcome
from engine.jobs.spool import Spool
from engine.models import registry
from engine.wire.connection import STALLED_SECONDS
from engine.wire.protocol import HEARTBEAT_SECONDS, Heartbeat
from tests.counts import FULL
from tests.engine.odd_models import BLOCKING

if TYPE_CHECKING:
    from tests.engine.engine_room import EngineRoom


@pytest.mark.parametrize("stream", ["results", "events"])
def test_a_silent_stream_beats(room: EngineRoom, stream: str) -> None:
    """While nothing happens each stream says so about every two seconds, well before a client gives up."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png", BLOCKING)]))
    lines = (
        (line for together in client.results(job.id) for line in together) if stream == "results" else client.events()
    )
    beats: list[float] = []
    for line in lines:
        if isinstance(line, Heartbeat):
            beats.append(time.monotonic())
        else:
            beats.clear()
        if len(beats) == 2:
            break
    assert 0.5 * HEARTBEAT_SECONDS < beats[1] - beats[0] < 2 * HEARTBEAT_SECONDS


RESULTS, RESULT_BYTES = 10_000, 3_000
READERS = 20
"""Readers that stop reading."""
GROWTH_BYTES = 64 << 20
"""What the engine's memory may grow by, of 600 MB that they have asked for."""


def resident_bytes(pid: int) -> int:
    """Read how much memory a process holds."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory through /proc")
@pytest.mark.timeout(120)
def test_readers_that_stop_reading_cost_nothing(room: EngineRoom) -> None:
    """They neither grow the engine nor slow another reader, and in the end they are cut off."""
    job = room.job([f"{n}.png" for n in range(RESULTS)])
    with closing(Spool(paths.ensure(paths.state_dir()) / "spool.db")) as spool:
        _, (lane,) = spool.add(job, [registry.resolve(step) for step in job.steps])
        spool.commit([Outcome(lane.job, 0, place, text="x" * RESULT_BYTES) for place in range(RESULTS)])
    client = room.start()
    assert room.process is not None
    pid = room.process.pid
    assert len(room.results(job)) == RESULTS
    before = resident_bytes(pid)
    with contextlib.ExitStack() as opened:
        lines = []
        for _ in range(READERS):
            line = opened.enter_context(socket.socket(socket.AF_UNIX))
            line.settimeout(10)
            line.connect(client.address)
            line.sendall(b"GET /v1/jobs/%s/results HTTP/1.1\r\nhost: engine\r\n\r\n" % job.id.encode())
            assert b" 200 " in line.recv(100)
            lines.append(line)
        assert len(room.results(job)) == RESULTS
        assert resident_bytes(pid) - before < GROWTH_BYTES
        if FULL:
            time.sleep(STALLED_SECONDS + 2)
            for line in lines:
                with contextlib.suppress(ConnectionResetError):
                    while line.recv(1 << 20):  # what the kernel held, then the end
                        pass
    assert client.status().pid == pid
