"""Which candidates of a dataset are open: for commands that decide many images without looking at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.review.journal import DECISIONS, in_force, steps

if TYPE_CHECKING:
    import sqlite3

    from engine.review.records import ImageId


class Newest(NamedTuple):
    """The newest proposal of one source for one image."""

    image: ImageId
    proposal: int
    source: str
    digest: bytes
    """sha256 of the picture the model saw."""


def newest_candidates(db: sqlite3.Connection) -> list[Newest]:
    """Return what every source proposes for each image, answered or not."""
    return [Newest(*row[:4]) for row in _rows(db)]


def open_candidates(db: sqlite3.Connection) -> list[Newest]:
    """Return what every source proposes for each image and nobody answered."""
    decisions = {step.id for step in in_force(steps(db)) if step.kind in DECISIONS}
    said = db.execute("SELECT decision, proposal FROM verdicts")
    answered = {proposal for decision, proposal in said if decision in decisions}
    return [Newest(*row[:4]) for row in _rows(db) if row[1] not in answered and row[4] not in answered]


def sources(db: sqlite3.Connection) -> list[str]:
    """Return every source that ever proposed anything, by name."""
    return [source for (source,) in db.execute("SELECT DISTINCT source FROM proposals ORDER BY 1")]


def _rows(db: sqlite3.Connection) -> list[tuple[int, int, str, bytes, int | None]]:
    return db.execute(
        "SELECT image, max(id), source, digest, inherits FROM proposals GROUP BY image, source ORDER BY image, 2"
    ).fetchall()
