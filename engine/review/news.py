"""How far somebody has followed the store, and which images were touched since; what is not told by newer rows is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3

    from engine.review.records import ImageId


class Mark(NamedTuple):
    """The newest row of three tables, and what stands about unwritten rows."""

    journal: int
    proposals: int
    images: int
    unfinished: int


def mark_now(db: sqlite3.Connection) -> Mark:
    """Return where the store stands."""
    row = db.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM journal), (SELECT coalesce(max(id), 0) FROM proposals),"
        " (SELECT coalesce(max(id), 0) FROM images),"
        " (SELECT cast(total(length(status)) AS INTEGER) FROM writes WHERE status <> 'written')"
    ).fetchone()
    return Mark(*row)


def touched_since(db: sqlite3.Connection, mark: Mark) -> set[ImageId]:
    """Return the images that newer rows speak of."""
    found = db.execute(
        "SELECT image FROM journal WHERE id > ? AND image IS NOT NULL"
        " UNION SELECT image FROM proposals WHERE id > ? UNION SELECT id FROM images WHERE id > ? AND NOT gone",
        mark[:3],
    )
    return {image for (image,) in found}


def moved_since(db: sqlite3.Connection, mark: Mark) -> set[ImageId]:
    """Return the images that got another key."""
    found = db.execute("SELECT image FROM journal WHERE id > ? AND kind = 'moved'", (mark.journal,))
    return {image for (image,) in found}
