"""The state of each image, derived in one pass from the journal and the proposals; nothing of it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.review.image_rows import within
from engine.review.journal import DECISIONS, in_force, steps
from engine.review.records import ImageId, State

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence


MARKS = ("skipped", "flagged", "unreadable")
"""Attributes of an entry that overlap with its state."""


class Entry(msgspec.Struct, gc=False, eq=False):
    """One image of the dataset in memory: what lists, filters and counts need of it.

    The collector of garbage passes it over: it would walk through a hundred thousand of them again and again.
    """

    id: ImageId
    key: bytes
    size: int
    mtime_ns: int
    unreadable: str = ""
    """Why the picture could not be read; empty when it could or nobody tried."""
    open_candidates: int = 0
    """Sources whose newest proposal nobody answered."""
    decided: State | None = None
    """What the last decision in force says; None when there is none."""
    flagged: bool = False
    skipped: bool = False
    """To the end of this session; a decision clears it."""

    def marks(self) -> list[str]:
        """Name the marks it bears, which overlap with its state."""
        if self.skipped or self.flagged or self.unreadable:
            return [name for name in MARKS if getattr(self, name)]
        return []  # nearly all of a hundred thousand

    @property
    def state(self) -> State:
        """pending, accepted, rejected or untouched."""
        if self.open_candidates:
            return "pending"
        return self.decided or "untouched"


def read_entries(db: sqlite3.Connection, only: int | None = None, below: bytes = b"") -> Iterator[Entry]:
    """Yield the entry of every image that was there at the last scan, by key, as if nothing had been decided.

    Args:
        db: The store.
        only: One image; None for all.
        below: Only those in this folder, `sub/`; empty for all.
    """
    one, given = ("AND id = ?", (only,)) if only is not None else ("", ())
    where, ends = within(below)
    rows = db.execute(
        f"SELECT id, key, size, mtime_ns, unreadable FROM images WHERE NOT gone {one} {where} ORDER BY key",
        (*given, *ends),
    )
    return (Entry(*row) for row in rows)


def derive(db: sqlite3.Connection, entries: dict[int, Entry], session: str, only: Sequence[int] | None = None) -> None:
    """Bring entries up to the store.

    Args:
        db: The store.
        entries: By image id; rows of images that are not in it are passed over.
        session: Whose skips count.
        only: The images to look at; None means all.
    """
    for image in only if only is not None else entries:
        entry = entries[image]
        entry.decided, entry.flagged, entry.skipped, entry.open_candidates = None, False, False, 0
    answered = _answered(db, _read_steps(db, entries, session, only), only)
    for image, proposal, inherits in _newest(db, only):
        if (entry_of := entries.get(image)) is not None:
            entry_of.open_candidates += proposal not in answered and inherits not in answered


def _read_steps(
    db: sqlite3.Connection, entries: dict[int, Entry], session: str, only: Sequence[int] | None
) -> set[int]:
    """Set decisions and marks from the journal; return the decisions that are in force."""
    decisions: set[int] = set()
    mark_known: set[int] = set()
    for step in in_force(steps(db, only)):
        entry = entries.get(step.image or 0)
        if step.kind in DECISIONS:
            decisions.add(step.id)
            if entry is not None and entry.decided is None:
                entry.decided = "rejected" if step.kind == "reject" else "accepted"
        elif entry is None:
            continue
        elif step.kind in ("flag", "unflag") and entry.id not in mark_known:
            mark_known.add(entry.id)
            entry.flagged = step.kind == "flag"
        elif step.kind == "skip" and step.session == session and entry.decided is None:
            entry.skipped = True
    return decisions


def _newest(db: sqlite3.Connection, only: Sequence[int] | None) -> Iterator[tuple[int, int, int | None]]:
    """Yield the newest proposal of each image and source, as (image, proposal, the one it inherits from)."""
    where = "WHERE image = ?" if only is not None else ""
    query = f"SELECT image, max(id), inherits FROM proposals {where} GROUP BY image, source"
    for image in only if only is not None else [None]:
        yield from db.execute(query, () if image is None else (image,))


def _answered(db: sqlite3.Connection, decisions: set[int], only: Sequence[int] | None) -> set[int]:
    """Return the proposals that a decision in force speaks about."""
    query = "SELECT decision, proposal FROM verdicts"
    if only is not None:
        query += " JOIN proposals ON proposals.id = proposal WHERE image = ?"
    found: set[int] = set()
    for image in only if only is not None else [None]:
        rows = db.execute(query, () if image is None else (image,))
        found.update(proposal for decision, proposal in rows if decision in decisions)
    return found
