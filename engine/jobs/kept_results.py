"""Results in the spool: read from a cursor on, acknowledged by collectors, purged when all of them have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.errors import Refused, WrongUsage
from engine.jobs.spool import UnknownJob

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.jobs.spool import Spool
    from engine.wire.protocol import JobState


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
    number = spool.number_of(job_id)
    row = spool.db.execute("SELECT state, last, purged FROM jobs WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise UnknownJob.named(job_id)
    state, last, purged = row
    if after < purged:
        raise Gone(
            f"results up to {purged} of job {job_id} were collected and are no longer kept",
            f"ask for those after {purged}",
        )
    if after > last:
        raise WrongUsage(f"job {job_id} has given out results up to {last}, not {after}", "ask from a lower number")
    rows = spool.db.execute(
        "SELECT seq, labels, line FROM results WHERE job = ? AND seq > ? ORDER BY seq LIMIT ?", (number, after, limit)
    ).fetchall()
    new = dict.fromkeys(labels for _, labels, _ in rows if labels and labels not in sent)
    tables = [spool.db.execute("SELECT line FROM labels WHERE id = ?", (key,)).fetchone()[0] for key in new]
    through = rows[-1][0] if rows else after
    return Page([*tables, *(line for _, _, line in rows)], frozenset(new), through, state, last)


def collected(spool: Spool, job_id: str, collector: str, through: int) -> None:
    """Note how far a collector has stored results, and purge what all of them have.

    Raises:
        UnknownJob: There is none with this id.
        WrongUsage: The collector is not registered, or `through` was never given out.
    """
    last = spool.job(job_id).last
    number = spool.number_of(job_id)
    if not 0 <= through <= last:
        raise WrongUsage(f"job {job_id} has given out results up to {last}, not {through}", "acknowledge what came")
    with spool.db as db:
        db.execute("BEGIN IMMEDIATE")
        known = db.execute(
            "UPDATE collectors SET through = max(through, ?) WHERE job = ? AND collector = ?",
            (through, number, collector),
        )
        if not known.rowcount:
            raise WrongUsage(f"{collector} does not collect job {job_id}", "the collector is named at submission")
        (least,) = db.execute("SELECT min(through) FROM collectors WHERE job = ?", (number,)).fetchone()
        db.execute("DELETE FROM results WHERE job = ? AND seq <= ?", (number, least))
        db.execute("UPDATE jobs SET purged = max(purged, ?) WHERE number = ?", (least, number))
