"""Results in the spool: read from a cursor on, acknowledged by collectors, purged when all of them have them."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import Refused, WrongUsage
from engine.jobs.kept_jobs import UnknownJob

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from engine.jobs.spool import Spool
    from engine.wire.protocol import JobState

KEPT_DAYS = 30
"""Results that nobody will collect (of cancelled jobs, and of jobs that no collector is left of) go so long after
their job ended. All others go only when they were collected."""
PAGE_BYTES = 1 << 17
"""A page ends with the result that reaches so many, so that a reader who stops reading holds little."""
_DAY_SECONDS = 86_400


class Gone(Refused):
    """Start from a later cursor: results before it are no longer kept."""

    code = "gone"


class Page(NamedTuple):
    """The next lines of a results stream."""

    lines: list[bytes]
    """NDJSON, each with its newline; a label table comes before the first result that needs it."""
    labels: frozenset[str]
    """Ids of the label tables among them."""
    through: int
    """The last sequence number among them, or where the reader already was."""
    state: JobState
    last: int
    """The last sequence number of the job."""


def page(spool: Spool, job_id: str, after: int, limit: int, sent: Collection[str] = ()) -> Page:
    """Read the next lines of a results stream.

    Args:
        spool: Where they are.
        job_id: The job.
        after: The last sequence number the reader has.
        limit: How many results at most.
        sent: Ids of label tables the reader has.

    Raises:
        UnknownJob: There is none with this id.
        Gone: Results after `after` have been purged.
        WrongUsage: The job never gave out `after`.
    """
    number, state, last = _at(spool, job_id, after)
    rows, size = [], 0
    # Closed although rows may be left: an open cursor would keep the journal from being taken into the file.
    with closing(
        spool.db.execute(
            "SELECT seq, labels, line FROM results WHERE job = ? AND seq > ? ORDER BY seq LIMIT ?",
            (number, after, limit),
        )
    ) as found:
        for row in found:
            rows.append(row)
            size += len(row[2])
            if size >= PAGE_BYTES:
                break
    new = dict.fromkeys(labels for _, labels, _ in rows if labels and labels not in sent)
    tables = [spool.db.execute("SELECT line FROM labels WHERE id = ?", (key,)).fetchone()[0] for key in new]
    through = rows[-1][0] if rows else after
    return Page([*tables, *(line for _, _, line in rows)], frozenset(new), through, state, last)


def join(spool: Spool, job_id: str, collector: str, after: int) -> None:
    """Register a further collector at its cursor: what it has not acknowledged is kept for it from now on.

    Raises:
        UnknownJob: There is none with this id.
        Gone: Results after `after` have been purged.
        WrongUsage: The job never gave out `after`, or the collector has no name.
    """
    if not collector:
        raise WrongUsage("a collector needs a name", "choose a random one")
    with spool.writing() as db:
        number, _, _ = _at(spool, job_id, after)
        db.execute(
            "INSERT INTO collectors (job, collector, through) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET through = max(through, excluded.through)",
            (number, collector, after),
        )
        _purge_collected(db, number)


def drop(spool: Spool, job_id: str, collector: str) -> None:
    """Keep nothing more for a collector; when none is left, what remains goes by age.

    Raises:
        UnknownJob: There is none with this id.
    """
    with spool.writing() as db:
        if (number := spool.number_of(job_id)) is None:
            raise UnknownJob.named(job_id)
        db.execute("DELETE FROM collectors WHERE job = ? AND collector = ?", (number, collector))
        _purge_collected(db, number)


def collected(spool: Spool, job_id: str, collector: str, through: int) -> None:
    """Note how far a collector has stored results, and purge what all of them have.

    Raises:
        UnknownJob: There is none with this id.
        WrongUsage: The collector is not registered, or `through` was never given out.
    """
    with spool.writing(synced=False) as db:  # what a power cut takes back is kept longer than it need be
        info = db.execute("SELECT number, last FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if info is None:
            raise UnknownJob.named(job_id)
        number, last = info
        if not 0 <= through <= last:
            raise WrongUsage(f"job {job_id} has given out results up to {last}, not {through}", "acknowledge what came")
        known = db.execute(
            "UPDATE collectors SET through = max(through, ?) WHERE job = ? AND collector = ?",
            (through, number, collector),
        )
        if not known.rowcount:
            raise WrongUsage(
                f"{collector} does not collect job {job_id}", "name the collector at submission, or let it join"
            )
        _purge_collected(db, number)


def purge_old(spool: Spool) -> int:
    """Remove results that nobody will collect and whose job ended long ago; say how many."""
    before = time.time() - KEPT_DAYS * _DAY_SECONDS
    with spool.writing() as db:
        numbers = db.execute(
            "SELECT number FROM jobs WHERE ended < ? AND purged < last AND (state = 'cancelled' OR state = 'done'"
            " AND NOT EXISTS (SELECT 1 FROM collectors WHERE collectors.job = jobs.number))",
            (before,),
        ).fetchall()
        db.executemany("UPDATE jobs SET purged = last WHERE number = ?", numbers)
        return db.executemany("DELETE FROM results WHERE job = ?", numbers).rowcount if numbers else 0


def _purge_collected(db: sqlite3.Connection, number: int) -> None:
    """Remove what every registered collector has, inside a transaction; nothing while none is registered."""
    (least,) = db.execute("SELECT min(through) FROM collectors WHERE job = ?", (number,)).fetchone()
    if least is not None:
        db.execute("DELETE FROM results WHERE job = ? AND seq <= ?", (number, least))
        db.execute("UPDATE jobs SET purged = max(purged, ?) WHERE number = ?", (least, number))


def _at(spool: Spool, job_id: str, after: int) -> tuple[int, JobState, int]:
    """Return number, state and last sequence number of a job, or refuse a cursor that it cannot go on from."""
    row = spool.db.execute("SELECT number, state, last, purged FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise UnknownJob.named(job_id)
    number, state, last, purged = row
    if after < purged:
        raise Gone(
            f"results up to {purged} of job {job_id} were collected and are no longer kept",
            f"ask for those after {purged}",
        )
    if after > last:
        raise WrongUsage(f"job {job_id} has given out results up to {last}, not {after}", "ask from a lower number")
    return number, state, last
