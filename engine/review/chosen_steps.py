"""Which rows an undo or a redo is about: the last step of a session, the newest ones, a group, all since a step.

What these cost does not grow with the journal, but for `rows_since`, which goes through all that it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.review import journal
from engine.review.chains import AGAIN, BACK, OPEN, chains
from engine.review.image_rows import within

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

UNDOABLE = ("accept", "approve", "aside", "edit", "extension", "flag", "reject", "skip", "unflag", "view", AGAIN)
"""Kinds that an undo takes back; a redo takes back `undo`."""

_NEWEST = """
SELECT j.id, j.grp, j.kind FROM journal j LEFT JOIN writes w USING (id) {images}
WHERE j.kind IN ({kinds}) AND j.id > ? AND {open} {where} ORDER BY j.id DESC
"""
# What the dataset was opened with is no step: cutline found it out, nobody decided it.
_DECIDED = "AND (j.kind <> 'extension' OR j.source = '')"


def last_step(db: sqlite3.Connection, session: str, since: int = 0) -> list[int]:
    """Return the rows of a session's newest step that can still be taken back; empty when there is none.

    Args:
        db: The store.
        session: Whose. What another session took back and brought again is that session's.
        since: A row that is older than the session; it spares a look at what is older.
    """
    found = db.execute(_newest(UNDOABLE, f"AND j.session = ? {_DECIDED}"), (since, session)).fetchone()
    return [] if found is None else _whole(db, *found[:2])


def last_undo(db: sqlite3.Connection, session: str | None = None, since: int = 0) -> list[int]:
    """Return the rows of the newest undo that still holds; empty where there is none, or a step was made since.

    Args:
        db: The store.
        session: Whose; None for all sessions.
        since: A row that is older than the session; it spares a look at what is older.
    """
    where, given = ("AND j.session = ?", [session]) if session is not None else ("", [])
    steps = ", ".join(f"'{kind}'" for kind in UNDOABLE if kind != AGAIN)
    step = db.execute(
        f"SELECT j.id FROM journal j WHERE j.id > ? AND j.kind IN ({steps}) {where} {_DECIDED} ORDER BY j.id DESC LIMIT 1",
        (since, *given),
    ).fetchone()
    found = db.execute(_newest((BACK,), where), (step[0] if step else since, *given)).fetchone()
    return [] if found is None else _whole(db, *found[:2])


def newest_steps(db: sqlite3.Connection, count: int, below: bytes = b"") -> list[int]:
    """Return the rows of the newest steps of all sessions: decisions, flags, views; a group counts as one step.

    The first view of a source is no step: there is none to go back to, it came with the model.

    Args:
        db: The store.
        count: How many steps.
        below: Only steps on images in this folder, `sub/`; empty for all.
    """
    kinds = tuple(kind for kind in UNDOABLE if kind != "skip")
    where, ends = within(below)
    return list(_steps(db, _newest(kinds, f"{_DECIDED} {where}", images=bool(below)), (0, *ends), count))


def newest_undos(db: sqlite3.Connection, count: int) -> list[int]:
    """Return the rows of the newest undos of all sessions that still hold; a group counts as one."""
    return list(_steps(db, _newest((BACK,), ""), (0,), count))


def rows_of_group(db: sqlite3.Connection, group: int) -> list[int]:
    """Return the journal rows of one bulk step."""
    return [row for (row,) in db.execute("SELECT id FROM journal WHERE grp = ? ORDER BY id", (group,))]


def has_steps(db: sqlite3.Connection, group: int) -> bool:
    """Say whether a group holds anything but undos."""
    return db.execute("SELECT 1 FROM journal WHERE grp = ? AND kind <> 'undo'", (group,)).fetchone() is not None


def undos_of_group(db: sqlite3.Connection, group: int) -> list[int]:
    """Return the undos in force that are in a group, or that took its steps back."""
    rows = rows_of_group(db, group)
    known = chains(db, rows)
    takers = (known.taker(row) for row in rows)
    own = (row for row in rows if known.links[row].kind == BACK and known.stands(row))
    return sorted({*own, *(taker for taker in takers if taker is not None and known.links[taker].kind == BACK)})


def rows_since(db: sqlite3.Connection, row: int) -> list[int]:
    """Return the rows to take back so that every step stands as it stood before a step was taken, oldest first."""
    rows = [found for (found,) in db.execute("SELECT id FROM journal WHERE id >= ? ORDER BY id", (row,))]
    now = chains(db, rows)
    then = now.before(row)
    chosen = set()
    for root in {now.root(found).id for found in rows}:
        if now.stands(root) and not then.stands(root):
            chosen.add(now.carrier(root))
        elif then.stands(root) and (taker := now.taker(root)) is not None:
            chosen.add(now.carrier(taker))
    return sorted(chosen)


def _newest(kinds: tuple[str, ...], where: str, *, images: bool = False) -> str:
    """Return a query for the newest steps of some kinds that stand; `where` may speak of their images."""
    named = ", ".join(f"'{kind}'" for kind in kinds)
    joined = "JOIN images i ON i.id = j.image" if images else ""
    return _NEWEST.format(kinds=named, open=OPEN, where=where, images=joined)


def _steps(db: sqlite3.Connection, query: str, given: tuple[object, ...], count: int) -> Iterator[int]:
    """Yield the rows of as many steps."""
    left_out = _first_views(db)
    groups: set[int] = set()
    for row, group, _ in db.execute(query, given):
        if row in left_out or group in groups:
            continue
        if not count:
            return
        count -= 1
        if group is not None:
            groups.add(group)
        yield from _whole(db, row, group)


def _whole(db: sqlite3.Connection, row: int, group: int | None) -> list[int]:
    return [row] if group is None else rows_of_group(db, group)


def _first_views(db: sqlite3.Connection) -> set[int]:
    """Return the views in force that came in place of none."""
    kept = {step.id for step in journal.in_force(journal.steps_without_image(db)) if step.kind == "view"}
    first: dict[str, int] = {}
    for row, source in db.execute("SELECT id, source FROM journal WHERE image IS NULL ORDER BY id"):
        if row in kept:
            first.setdefault(source, row)
    return set(first.values())
