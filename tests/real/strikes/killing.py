"""Workers and engines that are killed at random moments."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from engine.wire.address import read_note
from tests.real.strikes import processes
from tests.real.strikes.fault import Report
from tests.real.strikes.processes import until
from tests.real.strikes.scene import DONE, PARTLY

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.real.strikes.scene import Scene

LONGEST_LIFE_SECONDS = 1.5
"""Until the next kill, at most: workers die before they are ready, while they start decoders, and at work."""
WORKERS_GONE_SECONDS = 2.0
"""After the death of their engine."""


def workers(scene: Scene, times: int) -> Report:
    """SIGKILL to worker processes."""
    chance = random.Random(1)
    struck: set[int] = set()

    def strike() -> int:
        status = scene.status()
        fresh = [pid for pid in status.worker_pids if pid not in struck] if status else []
        if status and status.jobs.get("paused"):  # it died five times before it had answered anything
            scene.run("jobs", "resume", scene.jobs()[0]["id"])
        if not fresh:
            return 0
        time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
        struck.add(fresh[0])
        return processes.slay(fresh[0])

    killed = _strike_while_tagging(scene, times, strike)
    until(lambda: scene.log().count("(SIGKILL)") >= killed, "the engine has told of every death")
    paused = scene.log().count("times in a row without an answer")
    proof = f"{killed} processes seen alive, then dead; as many times SIGKILL in the engine's log"
    return Report(killed, proof + (f"; paused and resumed {paused} times" if paused else ""), scene.audit("steady"))


def engines(scene: Scene, times: int) -> Report:
    """SIGKILL to the engine: its workers go with it, and the next one goes on."""
    chance = random.Random(2)
    struck: set[int] = set()
    longest = 0.0

    def strike() -> int:
        nonlocal longest
        note = read_note()
        if note is None or note.pid in struck or not processes.alive(note.pid):
            return 0
        time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
        struck.add(note.pid)
        below = processes.descendants(note.pid)
        killed = processes.slay(note.pid)
        since = time.monotonic()
        until(lambda: not any(map(processes.alive, below)), "its workers are gone", WORKERS_GONE_SECONDS)
        longest = max(longest, time.monotonic() - since)
        return killed

    killed = _strike_while_tagging(scene, times, strike)
    log = scene.log()
    assert all(f"started, process {pid}\n" in log for pid in struck)
    assert "(SIGKILL) on this picture" not in log, "a picture was charged with the death of the engine"
    proof = f"{killed} processes seen alive, then dead; workers gone within {longest:.1f} s"
    return Report(killed, proof, scene.audit("steady"))


def _strike_while_tagging(scene: Scene, times: int, strike: Callable[[], int]) -> int:
    """Run `cutline tag` again and again, new pictures each time, and strike until it was enough; then once in peace."""
    model = scene.model("steady", seconds=0.01)
    scene.draw(150)
    killed = 0
    while killed < times:
        client = scene.start("tag", scene.root, "--model", model)
        while client.poll() is None and killed < times:
            killed += strike()
            time.sleep(0.002)
        if _ended_well(client):
            scene.draw(150)
    assert scene.tag(model)["failed"] == 0
    return killed


def _ended_well(client: subprocess.Popen[str]) -> bool:
    """Wait for a client; one whose engine died again and again before it answered says so, and may be started again."""
    said, _ = client.communicate()
    assert "Traceback" not in said, said
    assert client.returncode in {DONE, PARTLY} or "engine" in said, said
    return client.returncode in {DONE, PARTLY}
