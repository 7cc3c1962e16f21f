"""The image a review begins with, found in the store without loading all the others: the first one, or one by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.review.image_rows import within
from engine.review.journal import VOID
from engine.review.states import Entry, derive

if TYPE_CHECKING:
    import sqlite3

_IMAGES = "SELECT id, key, size, mtime_ns, unreadable FROM images WHERE NOT gone"
_NEVER_ANSWERED = """
AND EXISTS (
    SELECT 1 FROM proposals p WHERE p.image = images.id
    AND NOT EXISTS (SELECT 1 FROM proposals q WHERE q.image = p.image AND q.source = p.source AND q.id > p.id)
    AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.proposal = p.id)
    AND (p.inherits IS NULL OR NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.proposal = p.inherits))
)
"""
# An answer counts no more once its step was taken back, or where its write came to nothing.
_PERHAPS_OPEN_AGAIN = f"""
AND id IN (
    SELECT image FROM journal WHERE undoes IS NOT NULL
    UNION SELECT j.image FROM writes w JOIN journal j USING (id) WHERE w.status IN {tuple(sorted(VOID))}
)
"""
_MOST_LOOKED_AT = 200


def first_in_queue(db: sqlite3.Connection, session: str, below: bytes = b"") -> Entry | None:
    """Return the image that stands first in the queue, with its state.

    Args:
        db: The store.
        session: Whose skips count.
        below: Only images in this folder, `sub/`; empty for all.

    Returns:
        None where it takes a look at every image to tell.
    """
    where, ends = within(below)
    never = _first(db, f"{where} {_NEVER_ANSWERED}", ends, session)
    again = db.execute(
        f"{_IMAGES} {where} {_PERHAPS_OPEN_AGAIN} ORDER BY key LIMIT {_MOST_LOOKED_AT + 1}", ends
    ).fetchall()
    for looked_at, row in enumerate(again):
        if looked_at == _MOST_LOOKED_AT:
            return None
        if never is not None and never.key < row[1]:
            break
        entry = _entry(db, row, session)
        if entry.open_candidates:
            return entry
    if never is None and db.execute("SELECT 1 FROM journal WHERE image IS NOT NULL LIMIT 1").fetchone() is None:
        return _first(db, where, ends, session)
    return never


def image_at(db: sqlite3.Connection, key: bytes, session: str, below: bytes = b"") -> Entry | None:
    """Return the image with a key, with its state; None when there is none, or it is elsewhere.

    Args:
        db: The store.
        key: Of the image.
        session: Whose skips count.
        below: Only images in this folder, `sub/`; empty for all.
    """
    return _first(db, "AND key = ?", (key,), session) if key.startswith(below) else None


def _first(db: sqlite3.Connection, where: str, given: tuple[bytes, ...], session: str) -> Entry | None:
    row = db.execute(f"{_IMAGES} {where} ORDER BY key LIMIT 1", given).fetchone()
    return None if row is None else _entry(db, row, session)


def _entry(db: sqlite3.Connection, row: tuple[int, bytes, int, int, str], session: str) -> Entry:
    entry = Entry(*row)
    derive(db, {entry.id: entry}, session, [entry.id])
    return entry
