"""Collecting while the screen is open: one thread for each job of this dataset with results to come.

A line that breaks is taken up again from the cursor, at the latest with the next look that finds the engine. What
else goes wrong is said once, not at every look, and so is that it goes on again.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import CutlineError, EngineUnreachable
from tui.messages import JobNews, ResultsStored

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.message import Message

    from engine.tagging.follow import Heard
    from engine.tagging.open_jobs import OpenJob
    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo
    from engine.workspace import Workspace
    from tui.stage import Tone


class Collectors:
    """The threads that bring results into the store."""

    def __init__(
        self,
        workspace: Workspace,
        post: Callable[[Message], object],
        connect: Callable[[], EngineClient],
        closed: threading.Event,
    ) -> None:
        """Start with none.

        Args:
            workspace: The dataset.
            post: Takes messages from any thread.
            connect: Finds the engine.
            closed: Set when the screen goes; nothing is said any more.
        """
        self._workspace, self._post, self._connect, self._closed = workspace, post, connect, closed
        self._followed: set[str] = set()
        self._troubles: dict[str, str] = {}
        """What was said to be in the way, by job; by the empty name for all of them."""

    def look(self, jobs: Sequence[JobInfo]) -> None:
        """Follow every open job that nobody follows here.

        Args:
            jobs: Those of this dataset as the engine has them: one that was retried is open again.
        """
        # Here, not above: the client's libraries take longer to import than the first caption may.
        from engine.tagging.open_jobs import open_jobs, reopen  # noqa: PLC0415

        try:
            with self._workspace.store.explained():
                reopen(self._workspace, jobs)
                found = open_jobs(self._workspace)
        except CutlineError as problem:
            self._tell_trouble("", "results", problem)
            return
        self._tell_going_on("", "results")
        for job in found:
            if job.id not in self._followed:
                self._followed.add(job.id)
                threading.Thread(target=self._collect, args=(job,), name=f"job {job.id[:8]}", daemon=True).start()

    def _collect(self, job: OpenJob) -> None:
        from engine.tagging.follow import follow  # noqa: PLC0415  (see look)
        from engine.tagging.open_jobs import LostJob  # noqa: PLC0415

        try:
            with self._workspace.store.explained():
                follow(self._workspace, job, self._connect, partial(self._heard, job))
            self._tell_going_on(job.id, f"results of {job.source}")
        except LostJob as lost:
            self._tell(str(lost), "error")
        except EngineUnreachable:
            pass  # the look says that it is away, and begins again when it is back
        except CutlineError as problem:
            self._tell_trouble(job.id, f"results of {job.source}", problem)
        finally:
            self._followed.discard(job.id)

    def _heard(self, job: OpenJob, heard: Heard) -> None:
        if heard.batch.proposed or heard.batch.failed:
            self._tell_going_on(job.id, f"results of {job.source}")
        self._post(ResultsStored())

    def _tell_trouble(self, job: str, what: str, problem: CutlineError) -> None:
        if self._troubles.get(job) != problem.message:
            self._troubles[job] = problem.message
            self._tell(f"{what} wait in the engine: {problem}", "error")

    def _tell_going_on(self, job: str, what: str) -> None:
        if self._troubles.pop(job, None) is not None:
            self._tell(f"{what} are stored again", "good")

    def _tell(self, text: str, tone: Tone) -> None:
        if not self._closed.is_set():
            self._post(JobNews(text, tone))
