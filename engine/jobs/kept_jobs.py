"""The jobs in the spool: kept from their submission on, and described."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from engine.errors import WrongUsage
from engine.jobs.scheduler import Lane
from engine.jobs.spool_file import SpoolFile
from engine.wire.protocol import (
    FailedItem,
    Failure,
    Job,
    JobInfo,
    JobState,
    ResolvedStep,
    from_name,
    to_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

WAITING, ANSWERED, FAILED = 0, 1, 2
"""The states of one step of one item, as `work.state` has them; written out where an index is to be used."""
_TOLD = (
    *("id", "state", "items", "done", "failed", "last"),
    *("created", "started", "ended", "worked", "message", "warning"),
)
"""Columns of a job's row that `JobInfo` has under the same name."""
_FORGOTTEN = Failure("unknown", "why it failed was not kept", "run it again: cutline jobs retry", recoverable=True)
"""Of failures that were stored before their reasons were."""
_encoder = msgspec.json.Encoder()


class UnknownJob(WrongUsage):
    """Ask for a job that this spool knows."""

    code = "unknown-job"

    @classmethod
    def named(cls, job_id: str) -> UnknownJob:
        """Say which."""
        return cls(f"the engine knows no job {job_id}", "see: cutline jobs list")


class Kept(NamedTuple):
    """What never changes about a job."""

    request: Job
    """Without its items."""
    steps: tuple[ResolvedStep, ...]
    folders: tuple[bytes, ...]
    """The root first, then where else symbolic links below it may lead."""


class KeptJobs(SpoolFile):
    """The part of the spool that speaks of whole jobs."""

    def __init__(self, path: Path) -> None:
        """Open the file, making or upgrading it.

        Raises:
            TooNew: A newer cutline wrote it.
            Unreadable: It is no spool, or cannot be opened.
        """
        super().__init__(path)
        self._heads: dict[int, Kept] = {}

    # --- taking on and describing -----------------------------------------------------------------------------------

    def add(self, job: Job, steps: Sequence[ResolvedStep]) -> tuple[JobInfo, list[Lane]]:
        """Keep a new job, or find the one with the same id.

        Returns:
            The job as it is now, and its lanes; none when it was known already.

        Raises:
            NotWritable: The disk is full; nothing of the job is kept.
        """
        with self.writing() as db:
            if self.number_of(job.id) is not None:
                return self.job(job.id), []
            state: JobState = "queued" if job.items else "done"
            now = time.time()
            (number,) = db.execute(
                "INSERT INTO jobs (id, request, steps, state, items, created, ended)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
                (
                    job.id,
                    _encoder.encode(msgspec.structs.replace(job, items=())),
                    _encoder.encode(tuple(steps)),
                    state,
                    len(job.items),
                    now,
                    None if job.items else now,
                ),
            ).fetchone()
            db.executemany(
                "INSERT INTO items (job, place, item, path, key, blob, texts, have) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        number,
                        place,
                        item.item,
                        from_name(item.key if item.path is None else item.path),
                        None if item.path is None else from_name(item.key),
                        item.blob,
                        _encoder.encode(item.texts) if item.texts else None,
                        _encoder.encode(item.have) if item.have else None,
                    )
                    for place, item in enumerate(job.items)
                ),
            )
            db.executemany(
                "INSERT INTO work (job, place, step) VALUES (?, ?, ?)",
                ((number, place, step) for place in range(len(job.items)) for step in range(len(steps))),
            )
            if job.collector:
                db.execute("INSERT INTO collectors (job, collector) VALUES (?, ?)", (number, job.collector))
        return self.job(job.id), self._lanes_of(number) if job.items else []

    def job(self, ref: int | str) -> JobInfo:
        """Describe one job.

        Args:
            ref: Its id, or the spool's own number of it.

        Raises:
            UnknownJob: There is none.
        """
        (info,) = self._infos("WHERE number = ?", self._number(ref))
        return info

    def jobs(self) -> tuple[JobInfo, ...]:
        """Describe all jobs, newest first."""
        return self._infos("ORDER BY number DESC")

    def counts(self) -> dict[str, int]:
        """Count jobs by state."""
        return dict(self.db.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state"))

    def lanes(self) -> list[Lane]:
        """List what is left to do in all jobs that may run."""
        rows = self.db.execute("SELECT number FROM jobs WHERE state IN ('queued', 'running') ORDER BY number")
        return [lane for (number,) in rows.fetchall() for lane in self._lanes_of(number)]

    def number_of(self, job_id: str) -> int | None:
        """Return the spool's own number of a job, None when there is no such job."""
        row = self.db.execute("SELECT number FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else int(row[0])

    def failures(self, ref: int | str) -> tuple[FailedItem, ...]:
        """List what failed in a job and was not retried, in the order of its items.

        Raises:
            UnknownJob: There is none.
        """
        number = self._number(ref)
        steps = self.head(number).steps
        rows = self.db.execute(
            "SELECT item, coalesce(key, path), step, failure FROM work JOIN items USING (job, place)"
            " WHERE job = ? AND state = 2 ORDER BY place, step",
            (number,),
        )
        return tuple(
            FailedItem(
                item,
                to_name(key),
                steps[step].name,
                _FORGOTTEN if failure is None else msgspec.json.decode(failure, type=Failure),
            )
            for item, key, step, failure in rows
        )

    # --- for the other parts ------------------------------------------------------------------------------------------

    def head(self, number: int) -> Kept:
        """Return what never changes about a job; read once, and kept: a forgotten one may still be in flight."""
        if number not in self._heads:
            request, steps = self.db.execute("SELECT request, steps FROM jobs WHERE number = ?", (number,)).fetchone()
            job = msgspec.json.decode(request, type=Job)
            resolved = msgspec.json.decode(steps, type=tuple[ResolvedStep, ...])
            self._heads[number] = Kept(job, resolved, tuple(map(from_name, (job.root, *job.folders))))
        return self._heads[number]

    def _number(self, ref: int | str) -> int:
        """Return the number of a job that is there."""
        where = "id" if isinstance(ref, str) else "number"
        row = self.db.execute(f"SELECT number FROM jobs WHERE {where} = ?", (ref,)).fetchone()
        if row is None:
            raise UnknownJob.named(str(ref))
        return int(row[0])

    def _state(self, number: int) -> str:
        (state,) = self.db.execute("SELECT state FROM jobs WHERE number = ?", (number,)).fetchone()
        return str(state)

    def _runs(self, number: int) -> bool:
        return bool(
            self.db.execute(
                "SELECT 1 FROM jobs WHERE number = ? AND state IN ('queued', 'running')", (number,)
            ).fetchone()
        )

    def _lanes_of(self, number: int) -> list[Lane]:
        kept = self.head(number)
        urgent, device = kept.request.priority == "urgent", kept.request.device
        return [Lane(number, place, step.model, device, urgent) for place, step in enumerate(kept.steps)]

    def _infos(self, where: str, *values: object) -> tuple[JobInfo, ...]:
        rows: Iterable[Any] = self.db.execute(f"SELECT number, {', '.join(_TOLD)} FROM jobs {where}", values).fetchall()
        return tuple(self._info(*row) for row in rows)

    def _info(self, number: int, *told: Any) -> JobInfo:
        job, steps, _ = self.head(number)
        known = dict(zip(_TOLD, told, strict=True))
        return JobInfo(root=job.root, source=job.source, steps=steps, device=job.device, **known)
