"""Results of jobs that are under way, taken into the store while the person reviews; a thread of its own.

It starts the engine once, for a dataset that waits for results; one that is stopped later stays away. A line that breaks
is taken up again with the next look.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.errors import CutlineError, EngineUnreachable

if TYPE_CHECKING:
    from engine.tagging.follow import Heard
    from engine.wire.client import EngineClient
    from engine.workspace import Workspace

LOOK_SECONDS = 2.0
"""How often it is looked for jobs."""


class Results:
    """Follows the open jobs of one dataset, one after another."""

    def __init__(self, workspace: Workspace) -> None:
        """Prepare; `open` starts.

        Args:
            workspace: The dataset.
        """
        self._workspace = workspace
        self._closed, self._news = threading.Event(), threading.Event()
        self._may_start = True
        self._troubles: list[str] = []
        self._told: set[str] = set()

    def open(self) -> None:
        """Start looking."""
        threading.Thread(target=self._look, name="results", daemon=True).start()

    def close(self) -> None:
        """Stop looking; a job that is being followed is taken up again at the next start."""
        self._closed.set()

    def news(self) -> bool:
        """Say whether results came since the last time."""
        came = self._news.is_set()
        self._news.clear()
        return came

    def troubles(self) -> list[str]:
        """Return what stood in the way since the last time, one raw line each, each only once."""
        found, self._troubles = self._troubles, []
        return found

    def _look(self) -> None:
        from engine.tagging.open_jobs import open_jobs  # noqa: PLC0415  (the first image does not wait for it)

        while not self._closed.is_set():
            try:
                if open_jobs(self._workspace):
                    self._follow()
            except CutlineError as problem:
                self._tell(problem)
            self._closed.wait(LOOK_SECONDS)

    def _follow(self) -> None:
        # Here, not above: the client's libraries take longer to import than the first caption may.
        from engine.tagging.follow import follow  # noqa: PLC0415
        from engine.tagging.open_jobs import open_jobs  # noqa: PLC0415

        for job in open_jobs(self._workspace):
            with self._workspace.store.explained():
                follow(self._workspace, job, self._connect, self._heard)

    def _connect(self) -> EngineClient:
        from engine.wire.lifecycle import find, find_or_start  # noqa: PLC0415  (see _follow)

        may_start, self._may_start = self._may_start, False
        client = None if self._closed.is_set() else find_or_start() if may_start else find()
        if client is None:
            raise EngineUnreachable("the engine is not running", "cutline engine start")
        return client

    def _heard(self, _: Heard) -> None:
        self._news.set()

    def _tell(self, problem: CutlineError) -> None:
        text = f"results wait in the engine: {problem}"
        if text not in self._told:
            self._told.add(text)
            self._troubles.append(text)
