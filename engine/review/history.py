"""The journal as people read it: row by row, or step by step with a group as one step, newest first and in pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from engine.review import aside
from engine.review.chains import AGAIN, BACK, NOT_VOID, OPEN, chains
from engine.review.chosen_steps import UNDOABLE
from engine.review.image_rows import name, within
from engine.review.records import JournalRow, Verdict

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

_AFTER_ALL = 2**63 - 1
MOVING = frozenset({aside.KIND, BACK, AGAIN})
"""Kinds of rows that may have moved an image out of the dataset, or back."""
PAGE = 1_000
"""Rows that are in memory together while all of them are read."""

_ROWS = """
SELECT j.id, j.grp, j.time, j.session, j.kind, j.image, i.key, j.undoes,
       w.caption, t.before, t.after, w.status, coalesce(nullif(w.reason, ''), j.source), j.data
FROM journal j LEFT JOIN images i ON i.id = j.image LEFT JOIN writes w ON w.id = j.id LEFT JOIN texts t ON t.id = j.id
"""


class HistoryStep(msgspec.Struct, frozen=True):
    """One step of the journal: a row, or a group of them."""

    id: int
    """Its newest row, by which steps are in order."""
    group: int | None
    """None when it is a single row."""
    time: float
    """Seconds since the epoch, of its newest row."""
    session: str
    kinds: tuple[str, ...]
    """What was done: accept, edit, undo, ..., each once, the most frequent first."""
    of: tuple[str, ...]
    """Of an undo or a redo: what the steps taken back had been at first; else empty."""
    rows: int
    """Of the journal."""
    images: int
    """How many it concerns; 0 when it is about the dataset as a whole."""
    image_key: bytes | None
    """Of the first image; None when there is none."""
    standing: int
    """How many of the rows are in force."""
    failed: int
    """How many came to nothing: the caption could not be written."""
    note: str
    """The source of a view, and the like; else empty."""
    told: str = ""
    """Of a group: what it was asked to do, one edit a line; empty where nobody said."""

    @property
    def undone(self) -> bool:
        """Whether all that came of it was taken back."""
        return not self.standing and self.failed < self.rows

    @property
    def partly_undone(self) -> bool:
        """Whether some of it was taken back, and some stands."""
        return 0 < self.standing < self.rows - self.failed

    @property
    def can_be_taken_back(self) -> bool:
        """Whether an undo, or for an undo a redo, has something to do here."""
        return self.standing > 0 and not {*UNDOABLE, BACK}.isdisjoint(self.kinds)


def steps(db: sqlite3.Connection, limit: int, before: int | None = None, below: bytes = b"") -> list[HistoryStep]:
    """Return the newest steps, newest first.

    Args:
        db: The store.
        limit: How many at most.
        before: Only steps whose newest row is older than this; None for all.
        below: Only rows about images in this folder, `sub/`, or about none; empty for all.
    """
    found = _newest_steps(db, limit, _AFTER_ALL if before is None else before, below)
    singles = _singles(db, [row for row, group in found if group is None])
    return [singles[row] if group is None else _group(db, row, group) for row, group in found]


def rows(
    db: sqlite3.Connection, image: int | None = None, newest: int | None = None, after: int = 0
) -> Iterator[JournalRow]:
    """Yield the journal, oldest first, a page of it in memory at a time.

    Args:
        db: The store.
        image: Only what concerns this image.
        newest: Only so many rows, the newest; None for all.
        after: Only rows newer than this.
    """
    where, given = ("AND j.image = ?", [image]) if image is not None else ("", [])
    at = after
    if newest is not None:
        found = db.execute(
            f"SELECT j.id FROM journal j WHERE TRUE {where} ORDER BY j.id DESC LIMIT 1 OFFSET ?", (*given, newest)
        ).fetchone()
        at = max(found[0], after) if found else after
    while page := _page(db, f"WHERE j.id > ? {where} ORDER BY j.id LIMIT {PAGE}", (at, *given)):
        yield from page
        at = page[-1].id


def rows_of(db: sqlite3.Connection, step: HistoryStep, limit: int, after: int = 0) -> list[JournalRow]:
    """Return the rows of one step, oldest first.

    Args:
        db: The store.
        step: Which.
        limit: How many at most.
        after: Only rows newer than this.
    """
    where, which = ("j.id = ?", step.id) if step.group is None else ("j.grp = ?", step.group)
    return _page(db, f"WHERE {where} AND j.id > ? ORDER BY j.id LIMIT ?", (which, after, limit))


def rows_named(db: sqlite3.Connection, numbers: Sequence[int]) -> list[JournalRow]:
    """Return rows by their ids, oldest first."""
    return _page(
        db,
        "WHERE j.id IN (SELECT value FROM json_each(?)) ORDER BY j.id",
        (msgspec.json.encode(list(numbers)).decode(),),
    )


def names(db: sqlite3.Connection, step: HistoryStep) -> Iterator[bytes]:
    """Yield the key of each image that a step concerns."""
    where, which = ("j.id = ?", step.id) if step.group is None else ("j.grp = ?", step.group)
    query = f"SELECT DISTINCT i.key FROM journal j JOIN images i ON i.id = j.image WHERE {where}"
    yield from (name(key) for (key,) in db.execute(query, (which,)))


def _page(db: sqlite3.Connection, where: str, given: Sequence[Any]) -> list[JournalRow]:
    found = db.execute(f"{_ROWS} {where}", given).fetchall()
    numbers = [row[0] for row in found]
    known, said = chains(db, numbers), _verdicts(db, numbers)
    page = []
    for row in found:
        number, group, when, session, kind, owner, key, undoes, caption, before, after, status, note, data = row
        page.append(
            JournalRow(
                id=number,
                group=group,
                time=when,
                session=session,
                kind=kind,
                image=owner,
                image_key=None if key is None else name(key),
                undoes=undoes,
                undone_by=known.taker(number),
                caption=caption,
                # Saved bytes of somebody else stand where a write has what it replaced.
                before=data if kind == "offered" else before,
                after=after,
                status=status,
                note=note or (aside.told(data or b"") if kind in MOVING else ""),
                verdicts=tuple(said.get(number, ())),
            )
        )
    return page


def _verdicts(db: sqlite3.Connection, decisions: list[int]) -> dict[int, list[Verdict]]:
    """Return what some decisions said about each candidate."""
    found: dict[int, list[Verdict]] = {}
    query = "SELECT * FROM verdicts WHERE decision IN (SELECT value FROM json_each(?)) ORDER BY decision, proposal"
    for decision, proposal, answer, hunks, view in db.execute(query, (msgspec.json.encode(decisions).decode(),)):
        verdict = Verdict(proposal, answer, tuple(msgspec.json.decode(hunks, type=list[str])), view)
        found.setdefault(decision, []).append(verdict)
    return found


def _newest_steps(db: sqlite3.Connection, limit: int, before: int, below: bytes) -> list[tuple[int, int | None]]:
    """Return the newest row of each step, and its group, newest first."""
    where, ends = _in_folder(below)
    found: list[tuple[int, int | None]] = []
    passed: set[int] = set()
    query = f"SELECT j.id, j.grp FROM journal j {where} AND j.id < ? ORDER BY j.id DESC"
    for row, group in db.execute(query, (*ends, before)):
        if len(found) == limit:
            break
        if group is None:
            found.append((row, None))
        elif group not in passed:
            passed.add(group)
            if row == _newest_of(db, group, below):  # else it came already, on an earlier page
                found.append((row, group))
    return found


def _newest_of(db: sqlite3.Connection, group: int, below: bytes) -> int:
    where, ends = _in_folder(below)
    query = f"SELECT max(j.id) FROM journal j {where} AND j.grp = ?"
    (newest,) = db.execute(query, (*ends, group)).fetchone()
    return int(newest)


def _in_folder(below: bytes) -> tuple[str, tuple[bytes, ...]]:
    where, ends = within(below)
    if not below:
        return "WHERE TRUE", ()
    return f"LEFT JOIN images i ON i.id = j.image WHERE (j.image IS NULL OR (TRUE {where}))", ends


def _singles(db: sqlite3.Connection, rows: list[int]) -> dict[int, HistoryStep]:
    """Return steps of one row each, by that."""
    known = chains(db, rows)
    found = db.execute(
        f"SELECT j.id, j.time, j.session, j.kind, j.image, i.key, j.source, NOT ({NOT_VOID})"
        " FROM journal j LEFT JOIN images i ON i.id = j.image LEFT JOIN writes w ON w.id = j.id"
        " WHERE j.id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(rows).decode(),),
    )
    steps = {}
    for row, when, session, kind, image, key, note, failed in found:
        root = known.root(row)
        steps[row] = HistoryStep(
            id=row,
            group=None,
            time=when,
            session=session,
            kinds=(kind,),
            of=(root.kind,) if root.id != row else (),
            rows=1,
            images=int(image is not None),
            image_key=None if key is None else name(key),
            standing=int(known.stands(row)),
            failed=int(failed),
            note=note or root.source,
        )
    return steps


def _group(db: sqlite3.Connection, newest: int, group: int) -> HistoryStep:
    when, session, note = db.execute("SELECT time, session, source FROM journal WHERE id = ?", (newest,)).fetchone()
    kinds = Counter(dict(db.execute("SELECT kind, count(*) FROM journal WHERE grp = ? GROUP BY kind", (group,))))
    rows_, images, first, failed, open_ = db.execute(
        f"SELECT count(*), count(DISTINCT j.image), min(j.id), sum(NOT ({NOT_VOID})), sum({OPEN})"
        " FROM journal j LEFT JOIN writes w USING (id) WHERE j.grp = ?",
        (group,),
    ).fetchone()
    (told,) = db.execute("SELECT coalesce(max(told), '') FROM groups WHERE id = ?", (group,)).fetchone()
    (key,) = db.execute(
        "SELECT key FROM journal j LEFT JOIN images i ON i.id = j.image WHERE j.id = ?", (first,)
    ).fetchone()
    standing, of = open_, tuple[str, ...]()
    if open_ + failed < rows_ or BACK in kinds or AGAIN in kinds:  # something came of it later, or is what it is about
        numbers = [row for (row,) in db.execute("SELECT id FROM journal WHERE grp = ?", (group,))]
        known = chains(db, numbers)
        standing = sum(map(known.stands, numbers))
        roots = Counter(known.root(row).kind for row in numbers if known.links[row].undoes is not None)
        of = tuple(kind for kind, _ in roots.most_common())
    return HistoryStep(
        id=newest,
        group=group,
        time=when,
        session=session,
        kinds=tuple(kind for kind, _ in kinds.most_common()),
        of=of,
        rows=rows_,
        images=images,
        image_key=None if key is None else name(key),
        standing=standing,
        failed=failed,
        note=note,
        told=told,
    )
