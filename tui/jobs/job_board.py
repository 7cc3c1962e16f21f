"""What is on the jobs screen: the engine's jobs, what failed in the one under the cursor, and where the cursor is."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.display import show
from engine.wire.protocol import from_name
from tui.ages import age
from tui.jobs import job_commands
from tui.keys.keymap import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.wire.protocol import FailedItem, JobInfo
    from tui.keys.keymap import Keys
    from tui.messages import EngineSeen, JobAnswered

_OFF = "the engine is not running; start it with: cutline engine start"


class JobRow(NamedTuple):
    """One job as the list shows it."""

    job: JobInfo
    age: str
    folder: str = ""
    """The dataset, safe to show; empty for the one under review."""
    heading: str = ""
    """What stands above it; empty for nothing."""


class Known(NamedTuple):
    """What failed in a job, and the job as it was then."""

    failed: int
    ended: float | None
    items: tuple[FailedItem, ...]


class JobBoard:
    """Jobs, failed items and two cursors; tells what an action depends on (`tui.jobs.job_commands.JobSituation`)."""

    def __init__(self, seen: EngineSeen | None, keys: Keys | None = None) -> None:
        """Start at the first job.

        Args:
            seen: The latest news of the engine; None before the first.
            keys: Those in force on the screen; None for the defaults.
        """
        self.keys = keys or PLAIN.keys(job_commands.ALL)
        self.rows: list[JobRow] = []
        self.job_place = self.failed_place = 0
        self.among_failed = False
        self.asked_to_cancel = ""
        """The job that is cancelled when the person says so again; empty for none."""
        self.running: bool | None = None
        """Whether the engine runs; None while nobody knows."""
        self._problem = ""
        self._jobs: tuple[JobInfo, ...] = ()
        self._others: tuple[JobInfo, ...] = ()
        self._heard = 0.0
        self._known: dict[str, Known] = {}
        self._awaited = False
        if seen is not None:
            self.take_news(seen)

    # --- what actions depend on ---------------------------------------------------------------------------------

    @property
    def offline(self) -> str:
        """Why the engine cannot be asked; empty when it can."""
        if self.running is None:
            return "looking for the engine …"
        return "" if self.running else self._problem or _OFF

    @property
    def job(self) -> JobInfo | None:
        """The job under the cursor."""
        return self.rows[self.job_place].job if self.rows else None

    @property
    def is_ours(self) -> bool:
        """Whether it is of the dataset under review."""
        return bool(self.rows) and not self.rows[self.job_place].folder

    @property
    def failed_items(self) -> tuple[FailedItem, ...]:
        """What failed in it, as far as it is known."""
        return self._known[self.job.id].items if self.job and self.job.failed and self.job.id in self._known else ()

    @property
    def failed_item(self) -> FailedItem | None:
        """The failed item under the cursor; None when the cursor is among the jobs."""
        return self.failed_items[self.failed_place] if self.among_failed and self.failed_items else None

    @property
    def asking(self) -> bool:
        """Whether the screen has asked if the job is to be cancelled."""
        return self.job is not None and self.asked_to_cancel == self.job.id

    @property
    def place(self) -> int:
        """Where the cursor stands in its list."""
        return self.failed_place if self.among_failed else self.job_place

    @property
    def length(self) -> int:
        """How many rows that list has."""
        return len(self.failed_items) if self.among_failed else len(self.rows)

    # --- moving -------------------------------------------------------------------------------------------------

    def go(self, place: int) -> None:
        """Put the cursor somewhere in its list, at most at its ends."""
        place = max(0, min(place, self.length - 1))
        if self.among_failed:
            self.failed_place = place
        elif place != self.job_place:
            self.job_place, self.failed_place = place, 0

    def go_to_new(self, job: JobInfo) -> None:
        """Put the cursor on a job of this dataset that was just started; the next look at the engine tells of it, too."""
        self._heard, self.running = time.monotonic(), True
        self._jobs = (job, *(old for old in self._jobs if old.id != job.id))
        self._arrange()
        self.among_failed = False
        self.go(0)

    # --- news ---------------------------------------------------------------------------------------------------

    def take_news(self, seen: EngineSeen) -> None:
        """Take in what the engine does, unless it was asked before it told us more."""
        if seen.asked >= self._heard:
            self.running, self._problem = seen.running, seen.problem
            self._jobs, self._others = seen.jobs, seen.others
            self._arrange()

    def take_answer(self, answer: JobAnswered) -> None:
        """Take in one job as it is now; with what failed, where that was asked."""
        if answer.what == "failures":
            self._awaited = False
        job = answer.job
        if job is None:
            return
        if answer.what == "failures":
            self._known[job.id] = Known(job.failed, job.ended, job.failures)
        self._heard = answer.answered
        self._jobs = tuple(job if old.id == job.id else old for old in self._jobs)
        self._others = tuple(job if old.id == job.id else old for old in self._others)
        self._arrange()

    def wants_failures_of(self) -> str:
        """Return the job of which it is to be asked what failed; empty while that is known, or asked already."""
        job = self.job
        if job is None or not job.failed or self._awaited or self.offline:
            return ""
        known = self._known.get(job.id)
        if known is not None and (known.failed, known.ended) == (job.failed, job.ended):
            return ""
        self._awaited = True
        return job.id

    def find(self, job_id: str) -> JobInfo | None:
        """Return a job as it is known; None when it is not there."""
        return next((row.job for row in self.rows if row.job.id == job_id), None)

    def _arrange(self) -> None:
        """Make the rows anew; the cursors stay on what they are on."""
        here = self.job.id if self.job else ""
        self.rows = job_rows(self._jobs, self._others, time.time())
        same = next((place for place, row in enumerate(self.rows) if row.job.id == here), None)
        self.job_place = max(0, min(self.job_place, len(self.rows) - 1)) if same is None else same
        self.failed_place = max(0, min(self.failed_place, len(self.failed_items) - 1))
        self.among_failed = self.among_failed and bool(self.failed_items)


def job_rows(jobs: Iterable[JobInfo], others: Iterable[JobInfo], now: float) -> list[JobRow]:
    """Return the rows: jobs of this dataset, then those of others.

    Args:
        jobs: Newest first.
        others: Newest first.
        now: Seconds since the epoch.
    """
    rows = [JobRow(job, age(now - job.created)) for job in jobs]
    for place, job in enumerate(others):
        folder = show(os.fsdecode(from_name(job.root)), one_line=True)
        rows.append(JobRow(job, age(now - job.created), folder, "" if place else "Jobs of other datasets"))
    return rows
