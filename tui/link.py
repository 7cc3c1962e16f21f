"""The line to the engine: a thread that looks for it, follows this dataset's open jobs, and posts what it learns.

Review needs no engine: while none runs, this thread only looks for its address now and then; it never starts one.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING

from engine.errors import CutlineError, EngineUnreachable
from tui.messages import EngineSeen, ResultsStored

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from engine.tagging.collect import OpenJob
    from engine.tagging.follow import Heard
    from engine.wire.client import EngineClient
    from engine.workspace import Workspace

LOOK_SECONDS = 1.0
"""How often the engine is asked what it does."""


class Link:
    """Owner of the engine's clients on the screen's side."""

    def __init__(self, workspace: Workspace, post: Callable[[Message], object]) -> None:
        """Prepare; `open` starts.

        Args:
            workspace: The dataset whose jobs are followed.
            post: Takes messages from any thread.
        """
        self._workspace, self._post = workspace, post
        self._closed = threading.Event()
        self._followed: set[str] = set()
        self._root = os.fsencode(workspace.root)

    def open(self) -> None:
        """Start looking."""
        threading.Thread(target=self._look, name="engine", daemon=True).start()

    def close(self) -> None:
        """Stop looking; a job that is being followed is taken up again at the next start."""
        self._closed.set()

    def _look(self) -> None:
        # Here, not above: the client's libraries take longer to import than the first caption may.
        from engine.tagging.collect import open_jobs  # noqa: PLC0415
        from engine.wire.lifecycle import find  # noqa: PLC0415
        from engine.wire.protocol import FINAL_STATES, from_name  # noqa: PLC0415

        while not self._closed.is_set():
            try:
                client = find()
                if client is None:
                    self._post(EngineSeen(running=False))
                else:
                    with client:
                        jobs = client.jobs()
                    ours = (job for job in jobs if from_name(job.root) == self._root)
                    self._post(EngineSeen(running=True, jobs=tuple(j for j in ours if j.state not in FINAL_STATES)))
                    self._follow(open_jobs(self._workspace))
            except CutlineError as problem:
                self._post(EngineSeen(running=False, problem=str(problem)))
            except sqlite3.ProgrammingError:  # the store was closed under our hands
                if not self._closed.is_set():
                    raise
            self._closed.wait(LOOK_SECONDS)

    def _follow(self, jobs: list[OpenJob]) -> None:
        for job in jobs:
            if job.id not in self._followed:
                self._followed.add(job.id)
                threading.Thread(target=self._collect, args=(job,), name=f"job {job.id[:8]}", daemon=True).start()

    def _collect(self, job: OpenJob) -> None:
        from engine.tagging.follow import follow  # noqa: PLC0415  (see _look)

        try:
            follow(self._workspace, job, self._connect, self._heard)
        except CutlineError as problem:
            if not self._closed.is_set():
                self._post(EngineSeen(running=False, problem=str(problem)))
        except sqlite3.ProgrammingError:  # the store was closed under our hands
            if not self._closed.is_set():
                raise
        finally:
            self._followed.discard(job.id)

    def _heard(self, _: Heard) -> None:
        self._post(ResultsStored())

    def _connect(self) -> EngineClient:
        """Find the engine; an engine that is gone is not started from here."""
        from engine.wire.lifecycle import find  # noqa: PLC0415  (see _look)

        client = None if self._closed.is_set() else find()
        if client is None:
            raise EngineUnreachable("the engine is not running", "cutline engine start")
        return client
