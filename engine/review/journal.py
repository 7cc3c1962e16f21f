"""The journal: every step anybody took, appended, and which of them are in force."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from engine.review.records import Answer, Verdict

DECISIONS = frozenset({"accept", "approve", "edit", "reject"})
VOID = frozenset({"withdrawn", "conflict"})
"""States of a write whose step does not count: the file never became what the row says, or nobody knows."""


class Step(NamedTuple):
    """What is needed of a journal row to say whether it is in force."""

    id: int
    kind: str
    image: int | None
    undoes: int | None
    session: str
    status: str | None


def append(  # noqa: PLR0913  (the columns of a row, by name)
    db: sqlite3.Connection,
    kind: str,
    *,
    session: str,
    image: int | None = None,
    group: int | None = None,
    undoes: int | None = None,
    source: str = "",
    data: bytes | None = None,
    when: float | None = None,
) -> int:
    """Add one row inside the caller's transaction and return its id; `when` is for what happened earlier elsewhere."""
    row = db.execute(
        "INSERT INTO journal (time, session, grp, kind, image, undoes, source, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (time.time() if when is None else when, session, group, kind, image, undoes, source, data),
    )
    assert row.lastrowid is not None
    return row.lastrowid


def append_verdicts(db: sqlite3.Connection, decision: int, verdicts: Iterable[Verdict]) -> None:
    """Store what a decision said about each candidate, inside the caller's transaction."""
    db.executemany(
        "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?)",
        [
            (decision, v.proposal, v.answer, msgspec.json.encode([_readable(h) for h in v.hunks]), v.view)
            for v in verdicts
        ],
    )


def _readable(hunk: str) -> str:
    r"""Write bytes that are not UTF-8 as `\xff`: hunks are kept to be read by people; the file's bytes are elsewhere."""
    return hunk.encode(errors="surrogateescape").decode(errors="backslashreplace")


def steps(db: sqlite3.Connection, images: Sequence[int] | None = None) -> Iterator[Step]:
    """Yield the steps of some images, or all that concern an image, newest first."""
    one = "j.image = ?" if images is not None else "j.image IS NOT NULL"
    query = (
        "SELECT j.id, j.kind, j.image, j.undoes, j.session, w.status FROM journal j LEFT JOIN writes w USING (id)"
        f" WHERE {one} ORDER BY j.id DESC"
    )
    for image in images if images is not None else [None]:
        yield from map(Step._make, db.execute(query, () if image is None else (image,)))


def steps_without_image(db: sqlite3.Connection) -> Iterator[Step]:
    """Yield the steps that concern no image, such as views, newest first."""
    query = "SELECT id, kind, image, undoes, session, NULL FROM journal WHERE image IS NULL ORDER BY id DESC"
    yield from map(Step._make, db.execute(query))


def in_force(newest_first: Iterable[Step]) -> Iterator[Step]:
    """Leave out steps that were taken back or never happened; an undo that was itself undone takes nothing back.

    Args:
        newest_first: All steps of the images they concern, so that every undo comes before what it undoes.
    """
    taken_back: set[int] = set()
    for step in newest_first:
        if step.id in taken_back or step.status in VOID:
            continue
        if step.undoes is not None:
            taken_back.add(step.undoes)
        yield step


def views(db: sqlite3.Connection) -> dict[str, bytes]:
    """Return the view in force of each source, as JSON."""
    kept = {step.id for step in in_force(steps_without_image(db)) if step.kind == "view"}
    rows = db.execute("SELECT id, source, data FROM journal WHERE image IS NULL AND kind = 'view' ORDER BY id")
    return {source: data for row, source, data in rows if row in kept}  # of several the newest stays


def newest_without_image(db: sqlite3.Connection) -> int:
    """Return the newest step that concerns no image: what is in force of the dataset is as it was while this stays."""
    (row,) = db.execute("SELECT coalesce(max(id), 0) FROM journal WHERE image IS NULL").fetchone()
    return int(row)


def answers_in_force(db: sqlite3.Connection, image: int) -> dict[int, tuple[int, Answer]]:
    """Return, for one image, what was last said about each proposal: (decision, answer), by proposal."""
    kept = {step.id for step in in_force(steps(db, [image]))}
    said: dict[int, tuple[int, Answer]] = {}
    rows = db.execute(
        "SELECT v.decision, v.proposal, v.answer FROM verdicts v JOIN proposals p ON p.id = v.proposal"
        " WHERE p.image = ? ORDER BY v.decision",
        (image,),
    )
    for decision, proposal, answer in rows:
        if decision in kept:
            said[proposal] = (decision, answer)
    return said
