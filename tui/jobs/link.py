"""The line to the engine: a thread that looks for it and says what it does, and one that asks it for something.

Review needs no engine: while none runs, the first only looks for its address now and then. It starts one only for a
dataset that waits for results: at the beginning, and when the one that ran has died. One that was stopped stays away.
"""

from __future__ import annotations

import math
import os
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

from engine.errors import CutlineError, EngineUnreachable
from tui.jobs.collectors import Collectors
from tui.messages import EngineSeen, JobAnswered, JobNews

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.message import Message

    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo
    from engine.workspace import Workspace
    from tui.messages import Request

LOOK_SECONDS = 1.0
"""How often the engine is asked what it does."""
RESTART_SECONDS = 10.0
"""An engine that dies is started again at most so often."""


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
        self._collectors = Collectors(workspace, post, self._connect, self._closed)
        self._root = os.fsencode(workspace.root)
        self._requests: SimpleQueue[tuple[Request, str] | None] = SimpleQueue()
        self._asking = False
        self._warned: set[str] | None = None
        """Jobs whose warning was said, or was there before the screen was; None before the first look."""
        self._tried = -math.inf
        """When it was last seen to that the engine runs."""

    def open(self) -> None:
        """Start looking."""
        threading.Thread(target=self._look, name="engine", daemon=True).start()

    def close(self) -> None:
        """Stop looking; a job that is being followed is taken up again at the next start."""
        self._closed.set()
        self._requests.put(None)

    def ask(self, what: Request, job: str) -> None:
        """Ask the engine about a job, after everything asked before; the answer comes as `JobAnswered`."""
        if not self._asking:
            self._asking = True
            threading.Thread(target=self._answer, name="requests", daemon=True).start()
        self._requests.put((what, job))

    def _look(self) -> None:
        from engine.wire import address  # noqa: PLC0415  (see _seen)

        self._start_if_owed()
        while not self._closed.is_set():
            seen = self._seen()
            self._post(seen)
            if seen.running:
                self._tell_warnings(seen.jobs)
                self._collectors.look(seen.jobs)
            elif time.monotonic() - self._tried > RESTART_SECONDS and address.engine_crashed():
                self._tried = time.monotonic()
                self._start_if_owed()
            self._closed.wait(LOOK_SECONDS)

    def _start_if_owed(self) -> None:
        """Start the engine where results are still to come: a job that was cut short goes on then."""
        from engine.tagging.open_jobs import open_jobs  # noqa: PLC0415  (see _seen)
        from engine.wire.lifecycle import find_or_start  # noqa: PLC0415  (see _seen)

        try:
            with self._workspace.store.explained():
                if open_jobs(self._workspace):
                    self._tried = time.monotonic()
                    find_or_start().close()
        except CutlineError as problem:
            self._post(EngineSeen(running=False, problem=str(problem), asked=time.monotonic()))

    def _seen(self) -> EngineSeen:
        # Here, not above: the client's libraries take longer to import than the first caption may.
        from engine.wire.lifecycle import find  # noqa: PLC0415
        from engine.wire.protocol import from_name  # noqa: PLC0415

        asked = time.monotonic()
        try:
            client = find()
            if client is None:
                return EngineSeen(running=False, asked=asked)
            with client:
                jobs = client.jobs()
        except CutlineError as problem:
            return EngineSeen(running=False, problem=str(problem), asked=asked)
        ours = tuple(job for job in jobs if from_name(job.root) == self._root)
        others = tuple(job for job in jobs if from_name(job.root) != self._root)
        return EngineSeen(running=True, jobs=ours, others=others, asked=asked)

    def _tell_warnings(self, jobs: Sequence[JobInfo]) -> None:
        """Say each job's warning once; not those of jobs that were over before the screen was there."""
        if self._warned is None:
            self._warned = {job.id for job in jobs if job.ended is not None}
        for job in jobs:
            if job.warning and job.id not in self._warned:
                self._warned.add(job.id)
                self._post(JobNews(f"{job.source or job.id[:8]}: {job.warning}", "warning"))

    def _answer(self) -> None:
        while (request := self._requests.get()) is not None:
            what, job = request
            try:
                with self._connect() as client:
                    self._post(JobAnswered(what, job, _REQUESTS[what](client, job)))
            except CutlineError as problem:
                self._post(JobAnswered(what, job, None, str(problem)))

    def _connect(self) -> EngineClient:
        """Find the engine; an engine that is gone is not started from here."""
        from engine.wire.lifecycle import find  # noqa: PLC0415  (see _seen)

        client = None if self._closed.is_set() else find()
        if client is None:
            raise EngineUnreachable("the engine is not running", "cutline engine start")
        return client


_REQUESTS: dict[Request, Callable[[EngineClient, str], JobInfo]] = {
    "pause": lambda client, job: client.pause(job),
    "resume": lambda client, job: client.resume(job),
    "cancel": lambda client, job: client.cancel(job),
    "retry": lambda client, job: client.retry(job),
    "failures": lambda client, job: client.job(job, failures=True),
}
