"""How far somebody has followed the store, and which images were touched since; what is not told by newer rows is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    import sqlite3

    from engine.review.records import ImageId


class Mark(NamedTuple):
    """The newest row of three tables, and the steps whose caption is being written."""

    journal: int
    proposals: int
    images: int
    unmarked: frozenset[int]
    """Their rows in the journal; hardly ever one."""


def mark_now(db: sqlite3.Connection) -> Mark:
    """Return where the store stands."""
    journal, proposals, images = db.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM journal), (SELECT coalesce(max(id), 0) FROM proposals),"
        " (SELECT coalesce(max(id), 0) FROM images)"
    ).fetchone()
    unmarked = db.execute("SELECT id FROM writes WHERE status = 'unmarked'")
    return Mark(journal, proposals, images, frozenset(row for (row,) in unmarked))


def touched_since(db: sqlite3.Connection, mark: Mark, now: Mark) -> set[ImageId]:
    """Return the images that newer rows speak of, and those of steps that have come to an end since, good or bad."""
    ended = msgspec.json.encode(sorted(mark.unmarked - now.unmarked)).decode()
    found = db.execute(
        "SELECT image FROM journal WHERE id > ? AND image IS NOT NULL"
        " UNION SELECT image FROM proposals WHERE id > ? UNION SELECT id FROM images WHERE id > ? AND NOT gone"
        " UNION SELECT image FROM journal WHERE id IN (SELECT value FROM json_each(?)) AND image IS NOT NULL",
        (*mark[:3], ended),
    )
    return {image for (image,) in found}


def moved_since(db: sqlite3.Connection, mark: Mark) -> set[ImageId]:
    """Return the images that got another key."""
    found = db.execute("SELECT image FROM journal WHERE id > ? AND kind = 'moved'", (mark.journal,))
    return {image for (image,) in found}
