"""Malformed requests at the real socket of a real engine: others are served meanwhile, and nothing of it remains."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.log_file import log_path
from tests.counts import count
from tests.engine.engine_room import EngineRoom, until
from tests.engine.odd_models import BLOCKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS = count(700, 20_000)
THROWERS = 2
"""Processes, each with several connections."""
SEED = 20_261
STATUS_P99_SECONDS = 0.1
GROWTH_BYTES = 48 << 20
"""What the engine's memory may grow by."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[EngineRoom]:
    """Prepare an engine with odd models."""
    room = EngineRoom(tmp_path)
    yield room
    room.close()


def throwing(room: EngineRoom, job: str, seed: int, requests: int) -> subprocess.Popen[str]:
    """Start throwing."""
    command = [sys.executable, "-m", "tests.real.malformed", room.client.address, job, str(seed), str(requests)]
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, stdout=subprocess.PIPE, text=True
    )


def resident_bytes(pid: int) -> int:
    """Read how much memory a process holds."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def descriptors(pid: int) -> int:
    """Count the files and sockets a process has open."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors through /proc")
@pytest.mark.timeout(900)
def test_malformed_requests_harm_nobody(room: EngineRoom) -> None:
    """Many malformed, huge, half-sent and slow requests leave no trace, and `status` answers all the while."""
    client = room.start()
    assert room.process is not None
    pid = room.process.pid
    client.submit(done := room.job([room.picture(f"{n}.png") for n in range(50)]))
    assert len(room.results(done)) == 50
    client.submit(held := room.job([room.picture("held.png", BLOCKING)]))
    until(lambda: client.job(held.id).state == "running", "the job runs")
    before, files = client.status(), descriptors(pid)
    throwing(room, done.id, SEED, 200).communicate()  # what the engine imports and caches at a first fault
    memory = resident_bytes(pid)

    throwers = [throwing(room, done.id, SEED + n, REQUESTS // THROWERS) for n in range(1, THROWERS + 1)]
    waits = []
    while any(thrower.poll() is None for thrower in throwers):
        start = time.perf_counter()
        assert client.status().pid == pid
        waits.append(time.perf_counter() - start)
        time.sleep(0.005)
    said: list[dict[str, Any]] = [json.loads(thrower.communicate()[0]) for thrower in throwers]
    assert [thrower.returncode for thrower in throwers] == [0] * THROWERS

    assert sum(sum(one["thrown"].values()) for one in said) == REQUESTS
    replies = {reply for one in said for reply in one["replies"]}
    assert not {reply for reply in replies if reply.startswith("HTTP/1.1 5")} - {"HTTP/1.1 503"}
    p99 = sorted(waits)[int(len(waits) * 0.99)]
    assert p99 < STATUS_P99_SECONDS, f"{len(waits)} times, p99 {p99:.3f} s, longest {max(waits):.3f} s"
    until(lambda: descriptors(pid) <= files, f"{descriptors(pid)} descriptors are open, {files} were")
    assert resident_bytes(pid) - memory < GROWTH_BYTES
    assert "Traceback" not in log_path().read_text()
    after = client.status()
    assert (after.worker_pids, after.worker_restarts) == (before.worker_pids, 0)
    room.gate.touch()
    assert len(room.results(held)) == 1
    print(f"{REQUESTS} thrown; status {len(waits)} times, p99 {p99 * 1000:.1f} ms, longest {max(waits) * 1000:.1f} ms")
    print(json.dumps(said[0]["replies"]))
