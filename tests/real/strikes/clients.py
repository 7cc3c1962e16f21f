"""Clients that die while they collect: what they stored stays, what they did not acknowledge comes again."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from engine.dataset import moments
from tests.real.strikes import processes
from tests.real.strikes.fault import Report
from tests.real.strikes.processes import until
from tests.real.strikes.scene import DONE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.strikes.scene import Scene

LONGEST_LIFE_SECONDS = 0.4
"""From the first result that a client stored to its death, at most."""
MOMENT = "after-collect-commit"
MOST_BATCHES = 5


def while_collecting(scene: Scene, times: int) -> Report:
    """SIGKILL to `cutline tag` some time after it stored its first result and before it stored its last one."""
    chance = random.Random(3)
    model = scene.model("steady", seconds=0.005)
    killed = tries = 0
    while killed < times:
        if not _open_job(scene.root):
            scene.draw(400)
        tries += 1
        client = scene.start("tag", scene.root, "--model", model)
        before = _stored(scene.root)
        while client.poll() is None and _stored(scene.root) == before:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
        client.kill()
        said, _ = client.communicate()
        assert client.returncode in {-signal.SIGKILL, DONE}, said
        killed += client.returncode == -signal.SIGKILL and bool(_open_job(scene.root))
    scene.tag(model)
    proof = f"{killed} of {tries} clients ended by signal 9, results stored and their job open"
    return Report(killed, proof, scene.audit("steady"))


def before_acknowledging(scene: Scene, times: int) -> Report:
    """SIGKILL to `cutline tag` between its commit and its acknowledgement."""
    chance = random.Random(4)
    model = scene.model("steady", seconds=0.005)
    killed = 0
    ahead = []
    while killed < times - 1:
        if not _open_job(scene.root):
            scene.draw(300)
        moment = f"{MOMENT}:{chance.randint(1, MOST_BATCHES)}"
        client = scene.start("tag", scene.root, "--model", model, **{moments.VARIABLE: moment})
        said, _ = client.communicate()
        assert client.returncode in {-signal.SIGKILL, DONE}, said
        if client.returncode == -signal.SIGKILL:
            job, cursor = _open_job(scene.root)[0]
            ahead.append(cursor - _acknowledged(scene, job))
            assert ahead[-1] > 0, "it died, but not before it had acknowledged"
            killed += 1
    scene.draw(1)  # one batch: nothing of the job comes after it
    client = scene.start("tag", scene.root, "--model", model, **{moments.VARIABLE: MOMENT})
    client.communicate()
    assert client.returncode == -signal.SIGKILL
    scene.tag(model)
    kept = _read(scene.state / "cutline/spool.db", "SELECT count(*) FROM results")
    assert kept == [(0,)], "results that were stored are kept for ever"
    proof = (
        f"{killed + 1} clients ended by signal 9, their store 1 to {max(ahead)} results ahead of what the engine knew"
    )
    return Report(killed + 1, proof, scene.audit("steady"))


def detached(scene: Scene, times: int) -> Report:
    """SIGKILL to the collector that works on after `cutline tag --detach --accept`."""
    model = scene.model("steady", seconds=0.01)
    killed = 0
    while killed < times:
        drawn = scene.draw(150)
        scene.tag(model, "--detach", "--accept")
        until(lambda: any(_caption(scene.root, key) for key in drawn), "it has begun to accept")  # noqa: B023
        (collector,) = processes.running(f"CUTLINE_FAULTS={scene.control}", "engine.tagging.background")
        dead = processes.slay(collector)
        killed += dead and not all(_caption(scene.root, key) for key in drawn)
        scene.tag(model)
    proof = f"{killed} collectors seen alive, then dead, some of their captions written and some not"
    return Report(killed, proof, scene.audit("steady", accepted=True))


def _caption(root: Path, key: str) -> bool:
    return (root / key).with_suffix(".txt").exists()


def _open_job(root: Path) -> list[tuple[str, int]]:
    """Return the open jobs of a dataset, each with its cursor."""
    return _read(root / ".cutline/review.db", "SELECT id, cursor FROM jobs WHERE state = 'open'")


def _stored(root: Path) -> int:
    found = _read(root / ".cutline/review.db", "SELECT count(*) FROM received")
    return int(found[0][0]) if found else 0


def _acknowledged(scene: Scene, job: str) -> int:
    ((through,),) = _read(
        scene.state / "cutline/spool.db",
        "SELECT through FROM collectors JOIN jobs ON job = number WHERE id = ?",
        job,
    )
    return int(through)


def _read(file: Path, query: str, *values: Any) -> list[Any]:
    """Ask a database that others are using, and may just be making."""
    if not file.exists():
        return []
    with closing(sqlite3.connect(file, timeout=20)) as db:
        try:
            return db.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
