"""Processes that die in the middle of a step: `python -m tests.model.victims` forks one for each line it reads.

A line is JSON: the dataset's folder, the moment of `engine.dataset.moments` to die at, and what to do. What is
answered is `killed`, or `done` where the moment never came.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from engine import editing
from engine.captions.editing.edits import parse_edit
from engine.dataset import moments
from engine.review.frames import chosen_on_opening
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence


class Victims:
    """Starts them; each is a process of its own, with nothing open that another one opened."""

    def __init__(self) -> None:
        """Start the process that forks them: it has all modules loaded and no file open."""
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        command = [sys.executable, "-m", "tests.model.victims"]
        pipe = subprocess.PIPE
        self._parent = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process that forks them."""
        self._parent.communicate()

    def run(self, root: Path, moment: str, what: Sequence[Any]) -> bool:
        """Let one do something until it dies; say whether it did."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps([str(root), moment, list(what)]) + "\n")
        self._parent.stdin.flush()
        said = self._parent.stdout.readline().strip()
        assert said in ("killed", "done"), said
        return said == "killed"


def main() -> None:
    """Fork a victim for each line."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _suffer(*json.loads(line))
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if not status else f"failed: {status}", flush=True)


def _suffer(root: str, moment: str, what: list[Any]) -> None:
    try:
        desk = Workspace.open(Path(root), Settings())
        moments._wanted, moments._times = moment, Counter()
        _do(desk, *what)
        os._exit(0)
    finally:
        os._exit(1)


def _do(desk: Workspace, verb: str, *given: Any) -> None:
    match verb:
        case "edit":
            desk.edit(desk.frame(given[0]), given[1])
        case "accept":
            frame = desk.frame(given[0])
            desk.accept(frame, chosen_on_opening(frame))
        case "bulk":
            changes = editing.plan(desk, given[0], [parse_edit(edit) for edit in given[1]]).changes
            editing.apply(desk, changes)
        case "undo":
            desk.undo(given[0])
        case _:
            desk.set_aside(given[0])


if __name__ == "__main__":
    main()
