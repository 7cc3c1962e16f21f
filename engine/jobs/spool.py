"""The engine's memory on disk: jobs, what of them is left to do, and results until they are collected.

One thread of one process writes it, the one that holds the lock beside it. A result counts once: it gets the
next number of its job in the transaction that takes its task off the list.
"""

from __future__ import annotations

import os
import sqlite3
import time
from base64 import b64encode
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from engine.captions.scores import to_u16
from engine.errors import TooNew, Unreadable, WrongUsage
from engine.jobs.frames import Order, Outcome, Task
from engine.jobs.migrations import migrate
from engine.jobs.scheduler import Lane
from engine.wire.protocol import (
    FINAL_STATES,
    Job,
    JobInfo,
    JobState,
    Labels,
    ResolvedStep,
    Result,
    ScoresOutput,
    TextOutput,
    from_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_ANSWERED, _FAILED = 1, 2
_TOLD = ("id", "state", "items", "done", "failed", "last", "created", "started", "ended", "message")
"""Columns of a job's row that `JobInfo` has under the same name."""
_encoder = msgspec.json.Encoder()


class UnknownJob(WrongUsage):
    """Ask for a job that this spool knows."""

    code = "unknown-job"

    @classmethod
    def named(cls, job_id: str) -> UnknownJob:
        """Say which."""
        return cls(f"the engine knows no job {job_id}", "see: cutline jobs list")


class _Kept(NamedTuple):
    """What never changes about a job."""

    request: Job
    steps: tuple[ResolvedStep, ...]
    root: bytes


class Spool:
    """The spool, open; used from one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, making or upgrading it.

        Raises:
            TooNew: A newer cutline wrote it.
            Unreadable: It is no spool, or cannot be opened.
        """
        self.db = sqlite3.connect(path, isolation_level=None)
        """For `engine.jobs.kept_results`, the other half of the spool."""
        self._kept: dict[int, _Kept] = {}
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "trusted_schema = OFF"):
                self.db.execute(f"PRAGMA {pragma}")
            migrate(self.db, os.fspath(path))
        except sqlite3.Error as error:
            self.db.close()
            raise Unreadable(f"{path} cannot be opened: {error}", "move it away; its jobs are lost then") from error
        except TooNew:
            self.db.close()
            raise
        (self.id,) = self.db.execute("SELECT value FROM meta WHERE key = 'spool'").fetchone()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    # --- jobs ---------------------------------------------------------------------------------------------------

    def add(self, job: Job, steps: Sequence[ResolvedStep]) -> tuple[JobInfo, list[Lane]]:
        """Keep a new job, or find the one with the same id.

        Returns:
            The job as it is now, and its lanes; none when it was known already.
        """
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            if self.number_of(job.id) is not None:
                return self.job(job.id), []
            state: JobState = "queued" if job.items else "done"
            now = time.time()
            head = msgspec.structs.replace(job, items=())
            (number,) = self.db.execute(
                "INSERT INTO jobs (id, request, steps, state, items, created, ended)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
                (
                    job.id,
                    _encoder.encode(head),
                    _encoder.encode(tuple(steps)),
                    state,
                    len(job.items),
                    now,
                    None if job.items else now,
                ),
            ).fetchone()
            self.db.executemany(
                "INSERT INTO items (job, place, item, path, blob, texts, have) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        number,
                        place,
                        item.item,
                        from_name(item.path or item.key),
                        item.blob,
                        *_asked(item.texts, item.have),
                    )
                    for place, item in enumerate(job.items)
                ),
            )
            self.db.executemany(
                "INSERT INTO work (job, place, step) VALUES (?, ?, ?)",
                ((number, place, step) for place in range(len(job.items)) for step in range(len(steps))),
            )
            if job.collector:
                self.db.execute("INSERT INTO collectors (job, collector) VALUES (?, ?)", (number, job.collector))
        return self.job(job.id), self._lanes_of(number) if job.items else []

    def job(self, job_id: str) -> JobInfo:
        """Describe one job.

        Raises:
            UnknownJob: There is none with this id.
        """
        return self._infos("WHERE id = ?", (job_id,), job_id)[0]

    def jobs(self) -> tuple[JobInfo, ...]:
        """Describe all jobs, newest first."""
        return self._infos("ORDER BY number DESC")

    def counts(self) -> dict[str, int]:
        """Count jobs by state."""
        return dict(self.db.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state"))

    def lanes(self) -> list[Lane]:
        """List what is left to do in all open jobs."""
        rows = self.db.execute("SELECT number FROM jobs WHERE state IN ('queued', 'running') ORDER BY number")
        return [lane for (number,) in rows.fetchall() for lane in self._lanes_of(number)]

    def _lanes_of(self, number: int) -> list[Lane]:
        kept = self._head(number)
        urgent, device = kept.request.priority == "urgent", kept.request.device
        return [Lane(number, place, step.model, device, urgent) for place, step in enumerate(kept.steps)]

    def number_of(self, job_id: str) -> int | None:
        """Return the spool's own number of a job, None when there is no such job."""
        row = self.db.execute("SELECT number FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else int(row[0])

    def _head(self, number: int) -> _Kept:
        if number not in self._kept:
            request, steps = self.db.execute("SELECT request, steps FROM jobs WHERE number = ?", (number,)).fetchone()
            job = msgspec.json.decode(request, type=Job)
            resolved = msgspec.json.decode(steps, type=tuple[ResolvedStep, ...])
            self._kept[number] = _Kept(job, resolved, from_name(job.root))
        return self._kept[number]

    def _infos(self, where: str, values: tuple[object, ...] = (), job_id: str = "") -> tuple[JobInfo, ...]:
        rows = self.db.execute(f"SELECT number, {', '.join(_TOLD)} FROM jobs {where}", values).fetchall()
        if job_id and not rows:
            raise UnknownJob.named(job_id)
        return tuple(self._info(*row) for row in rows)

    def _info(self, number: int, *told: Any) -> JobInfo:
        job, steps, _ = self._head(number)
        return JobInfo(root=job.root, source=job.source, steps=steps, **dict(zip(_TOLD, told, strict=True)))

    # --- work ---------------------------------------------------------------------------------------------------

    def order(self, lane: Lane, limit: int) -> Order:
        """Take the next waiting tasks of a lane; the first ones set its job running."""
        kept = self._head(lane.job)
        rows = self.db.execute(
            "SELECT place, path FROM work JOIN items USING (job, place)"
            " WHERE work.state = 0 AND job = ? AND step = ? AND place > ? ORDER BY place LIMIT ?",
            (lane.job, lane.step, lane.given, limit),
        ).fetchall()
        if rows and lane.given < 0:
            self.db.execute(
                "UPDATE jobs SET state = 'running', started = coalesce(started, ?) WHERE number = ? AND state = 'queued'",
                (time.time(), lane.job),
            )
        step = kept.steps[lane.step]
        return Order(
            lane.job,
            lane.step,
            lane.model,
            lane.device,
            step.options,
            kept.request.steps[lane.step].prompt,
            to_u16(step.floor or 0.0),
            lane.urgent,
            tuple(Task(place, b"%s/%s" % (kept.root, path)) for place, path in rows),
        )

    def commit(self, outcomes: Iterable[Outcome], tables: Iterable[Labels] = ()) -> tuple[JobInfo, ...]:
        """Store outcomes, each once, in one transaction, together with the label tables they are the first to name.

        Returns:
            The jobs they belong to, as they are now.
        """
        by_job = sorted(outcomes, key=lambda outcome: outcome.job)
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany("INSERT OR IGNORE INTO labels VALUES (?, ?)", ((t.id, _line(t)) for t in tables))
            numbers = [number for number, group in groupby(by_job, lambda o: o.job) if self._store(number, list(group))]
        return tuple(info for number in numbers for info in self._infos("WHERE number = ?", (number,)))

    def _store(self, number: int, outcomes: list[Outcome]) -> bool:
        """Store outcomes of one job, inside a transaction; say whether the job is still wanted."""
        db, kept = self.db, self._head(number)
        state, last = db.execute("SELECT state, last FROM jobs WHERE number = ?", (number,)).fetchone()
        if state in FINAL_STATES:
            return False
        rows = []
        done = failed = 0
        for outcome in outcomes:
            where = (number, outcome.place, outcome.step)
            taken = db.execute(
                "UPDATE work SET state = ?, attempts = attempts + ? WHERE job = ? AND place = ? AND step = ? AND state = 0",
                (_FAILED if outcome.error else _ANSWERED, outcome.error is not None, *where),
            )
            if not taken.rowcount:
                continue  # it had been answered before
            last += 1
            (item,) = db.execute("SELECT item FROM items WHERE job = ? AND place = ?", where[:2]).fetchone()
            result = _result(last, item, outcome, kept.steps[outcome.step])
            rows.append((number, last, outcome.labels or None, _line(result)))
            least, most = db.execute(
                "SELECT min(state), max(state) FROM work WHERE job = ? AND place = ?", where[:2]
            ).fetchone()
            if least:  # no step of this picture is left
                failed += most == _FAILED
                done += most == _ANSWERED
        db.executemany("INSERT INTO results VALUES (?, ?, ?, ?)", rows)
        db.execute(
            "UPDATE jobs SET last = ?, done = done + ?, failed = failed + ? WHERE number = ?",
            (last, done, failed, number),
        )
        db.execute(
            "UPDATE jobs SET state = 'done', ended = ? WHERE number = ? AND done + failed = items",
            (time.time(), number),
        )
        return True


def _asked(texts: dict[str, str], have: dict[str, str]) -> tuple[bytes | None, bytes | None]:
    """Encode what an item brings along; None for nothing, as most do."""
    return _encoder.encode(texts) if texts else None, _encoder.encode(have) if have else None


def _result(seq: int, item: int, outcome: Outcome, step: ResolvedStep) -> Result:
    output: ScoresOutput | TextOutput | None = None
    if outcome.scores is not None:
        output = ScoresOutput(outcome.labels, b64encode(outcome.scores).decode())
    elif outcome.text is not None:
        output = TextOutput(outcome.text)
    return Result(
        seq, item, step.name, step.fingerprint, outcome.digest, output, outcome.error, round(outcome.seconds, 6)
    )


def _line(line: Result | Labels) -> bytes:
    return _encoder.encode(line) + b"\n"
