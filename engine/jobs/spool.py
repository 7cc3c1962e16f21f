"""The engine's memory on disk: jobs, what of them is left to do, and results until they are collected.

One thread of one process writes it, the one that holds the lock beside it. A result counts once: it gets the
next number of its job in the transaction that takes its task off the list.
"""

from __future__ import annotations

import time
from base64 import b64encode
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.scores import to_u16
from engine.jobs.frames import Order, Outcome, Task
from engine.jobs.job_changes import JobChanges
from engine.jobs.kept_jobs import ANSWERED, FAILED, WAITING, UnknownJob
from engine.wire.protocol import (
    FINAL_STATES,
    JobInfo,
    Labels,
    ResolvedStep,
    Result,
    ScoresOutput,
    TextOutput,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.jobs.scheduler import Lane

__all__ = ["Spool", "UnknownJob"]

_encoder = msgspec.json.Encoder()


class Spool(JobChanges):
    """The spool, open; used from one thread. This part speaks of work and what comes of it."""

    def order(self, lane: Lane, limit: int) -> Order:
        """Take the next waiting tasks of a lane; the first ones set its job running.

        Raises:
            NotWritable: The disk is full; nothing is taken.
        """
        kept = self.head(lane.job)
        rows = self.db.execute(
            "SELECT place, path FROM work JOIN items USING (job, place)"
            " WHERE work.state = 0 AND job = ? AND step = ? AND place > ? ORDER BY place LIMIT ?",
            (lane.job, lane.step, lane.given, limit if self._runs(lane.job) else 0),
        ).fetchall()
        if rows and lane.given < 0:
            with self.writing() as db:
                db.execute(
                    "UPDATE jobs SET state = 'running', started = coalesce(started, ?)"
                    " WHERE number = ? AND state = 'queued'",
                    (time.time(), lane.job),
                )
        step = kept.steps[lane.step]
        return Order(
            job=lane.job,
            step=lane.step,
            model=lane.model,
            device=lane.device,
            options=step.options,
            prompt=kept.request.steps[lane.step].prompt,
            floor=to_u16(step.floor or 0.0),
            urgent=lane.urgent,
            tasks=tuple(Task(place, b"%s/%s" % (kept.folders[0], path)) for place, path in rows),
            folders=kept.folders,
            by_name=kept.request.device != "auto",
            fingerprint=step.fingerprint,
        )

    def commit(self, outcomes: Iterable[Outcome], tables: Iterable[Labels] = ()) -> tuple[JobInfo, ...]:
        """Store outcomes, each once, in one transaction, together with the label tables they are the first to name.

        What an urgent job learned about a picture is the answer of every other job that asks the same about it.

        Returns:
            The jobs they belong to, as they are now.

        Raises:
            NotWritable: The disk is full; nothing is stored, and the same can be committed again.
        """
        changed: dict[int, None] = {}
        with self.writing() as db:
            db.executemany("INSERT OR IGNORE INTO labels VALUES (?, ?)", ((t.id, _line(t)) for t in tables))
            for number, group in _by_job(outcomes):
                stored = self._store(number, group)
                if stored is None:
                    continue
                changed[number] = None
                if self.head(number).request.priority == "urgent":
                    for twin, same in _by_job(outcome for one in stored for outcome in self._twins(one)):
                        self._store(twin, same)
                        changed[twin] = None
        return tuple(map(self.job, changed))

    def _store(self, number: int, outcomes: Sequence[Outcome]) -> list[Outcome] | None:
        """Store outcomes of one job, inside a transaction; return the new ones, None when the job wants no more."""
        db, kept = self.db, self.head(number)
        row = db.execute("SELECT state, last FROM jobs WHERE number = ?", (number,)).fetchone()
        if row is None or row[0] in FINAL_STATES:
            return None
        last: int = row[1]
        stored, rows = [], []
        done = failed = 0
        for outcome in outcomes:
            where = (number, outcome.place, outcome.step)
            failure = None if outcome.error is None else _encoder.encode(outcome.error)
            taken = db.execute(
                "UPDATE work SET state = ?, attempts = attempts + ?, failure = ?"
                " WHERE job = ? AND place = ? AND step = ? AND state = 0",
                (FAILED if failure else ANSWERED, failure is not None, failure, *where),
            )
            if not taken.rowcount:
                continue  # it had been answered before
            last += 1
            (item,) = db.execute("SELECT item FROM items WHERE job = ? AND place = ?", where[:2]).fetchone()
            result = _result(last, item, outcome, kept.steps[outcome.step])
            rows.append((number, last, outcome.labels or None, _line(result)))
            stored.append(outcome)
            least, most = db.execute(
                "SELECT min(state), max(state) FROM work WHERE job = ? AND place = ?", where[:2]
            ).fetchone()
            if least != WAITING:  # no step of this picture is left
                failed += most == FAILED
                done += most == ANSWERED
        db.executemany("INSERT INTO results VALUES (?, ?, ?, ?)", rows)
        db.execute(
            "UPDATE jobs SET last = ?, done = done + ?, failed = failed + ? WHERE number = ?",
            (last, done, failed, number),
        )
        db.execute(
            "UPDATE jobs SET state = 'done', message = '', ended = ? WHERE number = ? AND done + failed = items",
            (time.time(), number),
        )
        return stored

    def _twins(self, answer: Outcome) -> Iterator[Outcome]:
        """Yield the same answer for every other task that asks the same model the same about the same picture."""
        if answer.error is not None:
            return
        mine = self.head(answer.job)
        (path,) = self.db.execute(
            "SELECT path FROM items WHERE job = ? AND place = ?", (answer.job, answer.place)
        ).fetchone()
        open_jobs = self.db.execute(
            "SELECT number FROM jobs WHERE state NOT IN ('done', 'cancelled') AND number != ?", (answer.job,)
        ).fetchall()
        for (number,) in open_jobs:
            theirs = self.head(number)
            alike = [
                place
                for place, step in enumerate(theirs.steps)
                if step.fingerprint == mine.steps[answer.step].fingerprint
            ]
            if theirs.folders[0] != mine.folders[0] or not alike:
                continue
            for (place,) in self.db.execute("SELECT place FROM items WHERE job = ? AND path = ?", (number, path)):
                for step in alike:
                    yield msgspec.structs.replace(answer, job=number, place=place, step=step)


def _by_job(outcomes: Iterable[Outcome]) -> list[tuple[int, list[Outcome]]]:
    ordered = sorted(outcomes, key=lambda outcome: outcome.job)
    return [(number, list(group)) for number, group in groupby(ordered, lambda outcome: outcome.job)]


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
