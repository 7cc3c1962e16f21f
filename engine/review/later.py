"""What stands in the way of taking steps back: later decisions on the same captions; and what took steps back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.view import View
from engine.review.chains import NOT_VOID, chains

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence

    from engine.review.chains import Link

_LATER = f"""
SELECT early.id, w.id, j.undoes FROM writes early
JOIN writes w ON w.caption = early.caption AND w.id > early.id AND {NOT_VOID}
JOIN journal j ON j.id = w.id
WHERE early.id IN (SELECT value FROM json_each(?))
"""


def later_decisions(db: sqlite3.Connection, rows: Sequence[int]) -> list[int]:
    """Return the steps in force that were built on some others, and have to be taken back with them; oldest first.

    Args:
        db: The store.
        rows: Journal ids of what is to be taken back.
    """
    known = chains(db, rows)
    carriers = {known.carrier(row) for row in rows if known.stands(row)}
    found = db.execute(_LATER, (msgspec.json.encode(sorted(carriers)).decode(),)).fetchall()
    # A later step and the one that took it back are none together.
    later = {row for early, row, undoes in found if row not in carriers and (undoes is None or undoes < early)}
    if not later:
        return []
    also = chains(db, later)
    return sorted({also.carrier(row) for row in later if also.stands(row)} - carriers)


def later_write(db: sqlite3.Connection, link: Link, going: Collection[int], places: Iterable[bytes]) -> int | None:
    """Return a later step in force that changed the same caption and is not taken back, too; None if there is none.

    A later step and the one that took it back are none together.
    """
    for caption in dict.fromkeys((link.caption, *places)):
        rows = db.execute(
            f"SELECT w.id, undoes FROM writes w JOIN journal USING (id) WHERE caption = ? AND w.id > ? AND {NOT_VOID}",
            (caption, link.id),
        ).fetchall()
        later = [row for row, undoes in rows if row not in going and (undoes is None or undoes < link.id)]
        if later:
            known = chains(db, later)
            standing = [row for row in later if known.stands(row)]
            if standing:
                return int(standing[0])
    return None


def takers(db: sqlite3.Connection, rows: Sequence[int]) -> list[int]:
    """Return what has to be taken back so that steps stand again; empty where all of them stand, or never can."""
    known = chains(db, rows)
    found = {taker for row in rows if (taker := known.taker(row)) is not None}
    return sorted(known.carrier(taker) for taker in found)


def view_change(db: sqlite3.Connection, row: int) -> tuple[View | None, View] | None:
    """Return the view of a source before and after one was set; None before the first, and for any other step.

    Args:
        db: The store.
        row: Of the step that set it.
    """
    found = db.execute("SELECT source, data FROM journal WHERE id = ? AND kind = 'view'", (row,)).fetchone()
    if found is None:
        return None
    source, data = found
    older = dict(
        db.execute(
            "SELECT id, data FROM journal WHERE image IS NULL AND kind = 'view' AND source = ? AND id < ?",
            (source, row),
        ).fetchall()
    )
    then = chains(db, older).before(row)
    newest = max((step for step in older if then.stands(step)), default=None)
    before = None if newest is None else msgspec.json.decode(older[newest], type=View)
    return before, msgspec.json.decode(data, type=View)
