"""SIGKILL of the deciding process: at every moment of the write path, also amid a batch, and at random ones.

After each restart every decision shown as done is on disk, none is half-written, and undo still works.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.review import chosen_steps
from tests.counts import FULL, count
from tests.engine.review.shelf import Shelf
from tests.moments import MOMENTS

if TYPE_CHECKING:
    from engine.workspace import Workspace

KILLS_AT_MOMENTS = count(2 * len(MOMENTS), 12 * len(MOMENTS))
KILLS_AT_RANDOM = count(5, 80)
ORIGINAL = {
    "a.png": b"cat, sofa\r\n",
    "b.png": b"A dog runs over a wide green field.",
    "c.png": None,
    "d.png": b"",
    "below/e.png": b"tree",
    "below/f.png": None,
    "below/g.png": b"leaf,\n",
}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Captions of different kinds in two folders, each with candidates."""
    shelf = Shelf(tmp_path / "set", dict(ORIGINAL))
    for name in ORIGINAL:
        shelf.propose(name, {"window": 0.9, "lamp": 0.8})
        shelf.propose(name, "A room with a window.", source="captioner", merge="fill")
    shelf.desk.close()
    return shelf


def _run_until_killed(root: Path, seed: int, moment: str) -> list[dict[str, Any]]:
    """Let a victim decide until it dies: at the named moment, or some random time after it began."""
    environment = {**os.environ, "CUTLINE_KILL_AT": moment, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "tests.real.victim", str(root), str(seed)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        said = [json.loads(victim.stdout.readline())]
        assert said[0]["kind"] == "ready"
        if not moment:
            threading.Timer(random.Random(seed).uniform(0.0, 0.25), victim.kill).start()
        said += [json.loads(line) for line in victim.stdout if line.endswith("\n")]  # the last one may be cut
    assert victim.returncode == -signal.SIGKILL
    return said[1:]


def _check(workspace: Workspace, root: Path, said: list[dict[str, Any]]) -> None:
    """Compare files, journal and promises after a restart."""
    rows = {row.id: row for row in workspace.history()}
    assert {row.status for row in rows.values()} <= {None, "written", "withdrawn"}
    assert not [row for row in rows.values() if row.kind == "offered"]
    assert [path.name for path in root.rglob(".cutline-*")] == []
    holds: dict[str, bytes | None] = {str(Path(name).with_suffix(".txt")): text for name, text in ORIGINAL.items()}
    for row in rows.values():
        if row.status == "written" and row.caption is not None:
            assert row.before == holds[row.caption.decode()], "the journal is a chain of what the file held"
            holds[row.caption.decode()] = row.after
    for name, text in holds.items():
        file = root / name
        assert (file.read_bytes() if file.exists() else None) == text
    for promise in said:
        if promise["kind"] == "done":
            row = rows[promise["row"]]
            assert row.status in (None, "written")
            after = None if promise["holds"] is None else bytes.fromhex(promise["holds"])
            assert row.status is None or row.after == after


@pytest.mark.timeout(1500)
def test_no_decision_is_lost_or_halved_by_a_kill(shelf: Shelf) -> None:
    """Through a long row of kills one dataset stays exact, and in the end everything can be taken back."""
    chance = random.Random(7)
    plan = [MOMENTS[n % len(MOMENTS)] + f":{chance.randrange(1, 25)}" for n in range(KILLS_AT_MOMENTS)]
    plan += [""] * KILLS_AT_RANDOM
    chance.shuffle(plan)
    struck: Counter[str] = Counter()
    for seed, moment in enumerate(plan):
        said = _run_until_killed(shelf.root, seed, moment)
        struck[moment.partition(":")[0] or "at random"] += 1
        shelf.desk = shelf.open()
        _check(shelf.desk, shelf.root, said)
        shelf.desk.close()
    least = 10 if FULL else 2
    assert all(struck[moment] >= least for moment in MOMENTS), struck
    shelf.desk = shelf.open()
    steps = chosen_steps.newest_steps(shelf.desk.store.db, 1_000_000)
    done = shelf.desk.undo(steps)
    assert done.refused == ()
    assert {name: shelf.caption(name) for name in ORIGINAL} == ORIGINAL
    shelf.desk.close()
    print(f"killed {sum(struck.values())} times: {dict(struck)}; {len(steps)} steps taken back at the end")
