"""SIGKILL while an image is set aside or brought back: afterwards it is wholly in one of the two places."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.review.records import Counts
from tests.counts import FULL
from tests.engine.review.shelf import Shelf

CAPTIONS: dict[str, bytes | None] = {"sub/a.png": b"cat, sofa\r\n", "b.png": b"dog"}
SCRIPT = """
import sys
from pathlib import Path
from engine.settings import Settings
from engine.workspace import Workspace
desk = Workspace.open(Path(sys.argv[1]), Settings())
desk.scan()
desk.set_aside(desk.entry_of(b"sub/a.png").id)
desk.undo_last()
"""
THERE = Counts(images=2, pending=1, untouched=1)
ASIDE = Counts(images=1, untouched=1, aside=1)
MOMENTS = {
    "aside-row": ASIDE,
    "aside-moved:1": ASIDE,
    "aside-moved:2": ASIDE,
    "aside-before-mark": ASIDE,
    "aside-row:2": THERE,
    "aside-moved:3": THERE,
    "aside-moved:4": THERE,
    "aside-before-mark:2": THERE,
}
"""When the process dies → what is counted after the next start: the step that was begun has been finished."""


def _files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".cutline" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


@pytest.mark.parametrize(
    "moment", MOMENTS if FULL else ["aside-row", "aside-moved:1", "aside-moved:3", "aside-before-mark:2"]
)
def test_a_kill_leaves_nothing_half_done(tmp_path: Path, moment: str) -> None:
    """The next start finishes the step; counts, journal and files agree, and everything can be taken back."""
    shelf = Shelf(tmp_path / "set", CAPTIONS)
    shelf.propose("sub/a.png", {"window": 0.9})
    before = _files(shelf.root)
    shelf.desk.close()
    environment = os.environ | {"CUTLINE_KILL_AT": moment, "PYTHONPATH": str(Path.cwd())}
    victim = subprocess.run([sys.executable, "-c", SCRIPT, shelf.root], env=environment, check=False)
    assert victim.returncode == -signal.SIGKILL
    shelf.desk = shelf.open()
    assert shelf.desk.notices == []
    assert shelf.desk.counts() == MOMENTS[moment]
    assert {row.status for row in shelf.desk.history()} == {"written"}
    after = _files(shelf.root)
    if MOMENTS[moment] is ASIDE:
        assert {name.rpartition("/")[2].removesuffix(".aside") for name in set(after) - set(before)} == {
            "a.png",
            "a.txt",
        }
        shelf.desk.undo([1])
    assert _files(shelf.root) == before
    assert shelf.desk.counts() == THERE
    assert not (shelf.root / ".cutline-aside").exists()
    shelf.desk.close()
