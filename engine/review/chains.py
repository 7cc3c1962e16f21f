"""Chains of steps: what was decided, what took that back, what brought it again; and which of them stand.

A step's *carrier* is the newest step on its chain that makes it stand: taking that one back takes the step back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.review.journal import VOID

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.review.records import ImageId

BACK, AGAIN = "undo", "redo"
"""Kinds of steps that take another back: a decision, or an undo."""

_VOID_LIST = "', '".join(sorted(VOID))
_VOID = f"('{_VOID_LIST}')"

NOT_VOID = f"(w.status IS NULL OR w.status NOT IN {_VOID})"
"""SQL: the write `w` of a step came to something, or there was none."""

OPEN = f"""{NOT_VOID} AND NOT EXISTS (
    SELECT 1 FROM journal x LEFT JOIN writes v ON v.id = x.id
    WHERE x.undoes = j.id AND (v.status IS NULL OR v.status NOT IN {_VOID})
)"""
"""SQL: the step `j` with its write `w` stands, and nothing ever took it back: every carrier is like that."""

_CHAINS = """
WITH RECURSIVE up (id, undoes) AS (
    SELECT id, undoes FROM journal WHERE id IN (SELECT value FROM json_each(?))
    UNION SELECT j.id, j.undoes FROM up JOIN journal j ON j.id = up.undoes AND j.id < up.id
), down (id) AS (
    SELECT id FROM up WHERE undoes IS NULL
    UNION SELECT j.id FROM down JOIN journal j ON j.undoes = down.id AND j.id > down.id
)
SELECT j.id, j.kind, j.undoes, j.grp, j.image, j.source, w.caption, w.status
FROM down JOIN journal j USING (id) LEFT JOIN writes w USING (id) ORDER BY j.id DESC
"""


class Link(NamedTuple):
    """One step of a chain."""

    id: int
    kind: str
    undoes: int | None
    group: int | None
    image: ImageId | None
    """None for a view."""
    source: str
    caption: bytes | None
    """Key of the caption file it wrote; None when it wrote none."""
    status: str | None
    """Of its write."""


class Chains:
    """All steps that some steps hang together with."""

    def __init__(self, newest_first: Iterable[Link]) -> None:
        """Work out which of them stand."""
        self.links: dict[int, Link] = {}
        self._takers: dict[int, list[int]] = {}
        """What took a step back at some time, newest first."""
        self._standing: set[int] = set()
        for link in newest_first:
            self.links[link.id] = link
            if link.status in VOID:
                continue
            if self._standing.isdisjoint(self._takers.get(link.id, ())):
                self._standing.add(link.id)
            if link.undoes is not None:
                self._takers.setdefault(link.undoes, []).append(link.id)

    def stands(self, step: int) -> bool:
        """Say whether a step is in force."""
        return step in self._standing

    def carrier(self, step: int) -> int:
        """Return what has to be taken back so that a step in force is not any more; itself where it never was."""
        while takers := self._takers.get(step):
            step = next(again for again in self._takers[takers[0]] if again in self._standing)
        return step

    def taker(self, step: int) -> int | None:
        """Return what holds a step back; None where it stands, or where it came to nothing by itself."""
        return next((taker for taker in self._takers.get(step, ()) if taker in self._standing), None)

    def root(self, step: int) -> Link:
        """Return the step at the beginning of a chain: a decision, a mark, a view."""
        link = self.links[step]
        while link.undoes in self.links:
            link = self.links[link.undoes]
        return link

    def before(self, step: int) -> Chains:
        """Return these chains as they were before a step was taken."""
        return Chains(link for link in self.links.values() if link.id < step)


def chains(db: sqlite3.Connection, steps: Iterable[int]) -> Chains:
    """Read the whole chains that some steps are on; steps that do not exist are passed over."""
    return Chains(map(Link._make, db.execute(_CHAINS, (msgspec.json.encode(list(steps)).decode(),))))


def is_open(db: sqlite3.Connection, step: int) -> bool:
    """Say whether a step stands and nothing ever took it back; one look at two indexes."""
    query = f"SELECT 1 FROM journal j LEFT JOIN writes w USING (id) WHERE j.id = ? AND {OPEN}"
    return db.execute(query, (step,)).fetchone() is not None
