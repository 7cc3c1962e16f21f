"""The newest proposal of each source for each image, answered or open, with all its scores; follows the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from engine.captions.viewing.scores import LabelTable, sections
from engine.errors import Unreadable
from engine.finding.columns import Column, ragged
from engine.review.journal import DECISIONS, Step, in_force

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from engine.finding.patience import Patience
    from engine.finding.rows import Rows

AT_ONCE = 200
"""Images read between two looks whether anybody still waits."""
PROSE = -1
NOT_ANSWERED = -1
MERGES = ("append", "prepend", "fill", "replace")

_NEWEST = """
SELECT p.image, p.id, p.source, p.merge, p.inherits, p.digest IS NOT i.digest, a.labels, a.scores
FROM (SELECT max(id) AS id FROM proposals WHERE image IN (SELECT value FROM json_each(:images)) GROUP BY image, source) n
JOIN proposals p ON p.id = n.id JOIN images i ON i.id = p.image
JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer
WHERE NOT i.gone ORDER BY p.image, p.id
"""
_STEPS = """
SELECT j.id, j.kind, j.image, j.undoes, j.session, w.status FROM journal j LEFT JOIN writes w USING (id)
WHERE j.image IN (SELECT value FROM json_each(:images)) ORDER BY j.id DESC
"""
_VERDICTS = """
SELECT v.decision, v.proposal, v.view FROM verdicts v JOIN proposals p ON p.id = v.proposal
WHERE p.image IN (SELECT value FROM json_each(:images)) ORDER BY v.decision
"""


class _New(NamedTuple):
    """One candidate as it was read."""

    slot: int
    proposal: int
    source: int
    merge: int
    stale: int
    seen: int
    table: int
    labels: bytes
    scores: bytes
    width: int


class Candidates:
    """One row a candidate; rows of images that were read again stay behind, without a slot. For one thread at a time."""

    def __init__(self, rows: Rows) -> None:
        """Start with nothing read.

        Args:
            rows: The slots of the images.
        """
        self._rows = rows
        self.sources: dict[str, int] = {}
        """Name → number."""
        self.tables: list[LabelTable] = []
        """The label tables met, by number."""
        self._table_numbers: dict[int, int] = {}
        self.views: dict[bytes, int] = {}
        """JSON of a view through which a decision saw a candidate → number."""
        self._clear()
        self._stale: set[int] = set()
        self._read_images = 0
        self.done = 0
        """Images read of those that are being read."""
        self.total = 0

    def _clear(self) -> None:
        self.slots: Column[np.int32] = Column(np.int32)
        """(rows,) the image's; -1 where the row counts no more."""
        self.proposals: Column[np.int64] = Column(np.int64)
        self.source: Column[np.int32] = Column(np.int32)
        self.merge: Column[np.int8] = Column(np.int8)
        """(rows,) places in `MERGES`."""
        self.stale: Column[np.bool_] = Column(np.bool_)
        self.seen: Column[np.int32] = Column(np.int32)
        """(rows,) the number of the view through which it was answered; `NOT_ANSWERED` while it is open."""
        self.table: Column[np.int32] = Column(np.int32)
        """(rows,) of its labels; `PROSE` where it has none."""
        self._begins: Column[np.int64] = Column(np.int64)
        self.sizes: Column[np.int32] = Column(np.int32)
        """(rows,) how many scores each has; they lie one row after the other, best first."""
        self.labels: Column[np.uint16] = Column(np.uint16)
        """(scores,) places in the row's label table; of 4 bytes each where a table is that long."""
        self.scores: Column[np.uint16] = Column(np.uint16)
        """(scores,) as they are stored."""

    @property
    def open(self) -> NDArray[np.bool_]:
        """(rows,) whether nobody answered it."""
        is_open: NDArray[np.bool_] = (self.seen.all == NOT_ANSWERED) & (self.slots.all >= 0)
        return is_open

    @property
    def size(self) -> int:
        """Memory in bytes of the scores."""
        return self.labels.size + self.scores.size

    def touch(self, slots: Iterable[int]) -> None:
        """Have the candidates of some images read again."""
        self._stale.update(slot for slot in slots if slot < self._read_images)

    def follow(self, db: sqlite3.Connection, patience: Patience) -> None:
        """Read what is new or was touched.

        Raises:
            GivenUp: Nobody waits; what was read stays.
            Unreadable: Stored scores are broken.
        """
        again = sorted(self._stale)
        self.done, self.total = 0, len(again) + len(self._rows) - self._read_images
        for slots in patience.batches(again, AT_ONCE):
            self._forget(slots)
            self._read(db, slots)
            self._stale.difference_update(slots)
            self.done += len(slots)
        for slots in patience.batches(range(self._read_images, len(self._rows)), AT_ONCE):
            self._read(db, slots)
            self._read_images = slots[-1] + 1
            self.done += len(slots)
        gone = int(np.count_nonzero(self.slots.all < 0))
        if gone > AT_ONCE and 2 * gone > len(self.slots):  # read all anew, without what counts no more
            self._clear()
            self._read_images = 0
            self.follow(db, patience)

    def _forget(self, slots: Sequence[int]) -> None:
        self.slots.all[np.isin(self.slots.all, slots)] = -1

    def _read(self, db: sqlite3.Connection, slots: Sequence[int]) -> None:
        ids = self._rows.ids.all[slots[0] : slots[-1] + 1] if isinstance(slots, range) else self._rows.ids.all[[*slots]]
        given = {"images": msgspec.json.encode(ids.tolist()).decode()}
        seen = self._seen(db, given)
        found: list[_New] = []
        for image, proposal, source, merge, inherits, stale, labels, scores in db.execute(_NEWEST, given):
            parts = None if scores is None else sections(scores)
            view = seen.get(proposal, seen.get(inherits, NOT_ANSWERED))
            found.append(
                _New(
                    self._rows.slots[image],
                    proposal,
                    self.sources.setdefault(source, len(self.sources)),
                    MERGES.index(merge),
                    stale,
                    view,
                    PROSE if parts is None else self._table(db, labels),
                    parts.indices if parts else b"",
                    parts.scores if parts else b"",
                    parts.width if parts else 2,
                )
            )
        self._add(found)

    def _seen(self, db: sqlite3.Connection, given: dict[str, str]) -> dict[int | None, int]:
        """Return the proposals that a decision in force speaks about, each with the view it was seen through."""
        kept = {step.id for step in in_force(map(Step._make, db.execute(_STEPS, given))) if step.kind in DECISIONS}
        return {
            proposal: self.views.setdefault(view, len(self.views))
            for decision, proposal, view in db.execute(_VERDICTS, given)
            if decision in kept
        }

    def _add(self, found: list[_New]) -> None:
        if not found:
            return
        sizes = np.array([len(new.scores) // 2 for new in found], np.int64)
        self._begins.append(len(self.scores) + np.cumsum(sizes) - sizes)
        self.sizes.append(sizes)
        for column, at in (
            (self.slots, 0),
            (self.proposals, 1),
            (self.source, 2),
            (self.merge, 3),
            (self.stale, 4),
            (self.seen, 5),
            (self.table, 6),
        ):
            column.append([new[at] for new in found])
        if any(new.width > self.labels.all.itemsize for new in found):
            self.labels.put(self.labels.all.astype(np.uint32))
        wide = any(new.width > 2 for new in found)  # noqa: PLR2004  (bytes of a plain label)
        if wide:
            parts = [np.frombuffer(new.labels, f"<u{new.width}").astype(np.uint32) for new in found]
            self.labels.append(np.concatenate(parts))
        else:
            self.labels.append(np.frombuffer(b"".join(new.labels for new in found), "<u2"))
        self.scores.append(np.frombuffer(b"".join(new.scores for new in found), "<u2"))
        self._refuse_wrong_labels(len(found))

    def _refuse_wrong_labels(self, added: int) -> None:
        rows = np.arange(len(self.slots) - added, len(self.slots))
        for number, table in enumerate(self.tables):
            labels = self.labels.all[self.entries(rows[self.table.all[rows] == number])]
            if labels.size and int(labels.max()) >= len(table.names):
                raise Unreadable("stored tag scores name labels that are not there", "tag the images with --again")

    def _table(self, db: sqlite3.Connection, row: int) -> int:
        if row not in self._table_numbers:
            (body,) = db.execute("SELECT body FROM labels WHERE id = ?", (row,)).fetchone()
            self.tables.append(msgspec.json.decode(body, type=LabelTable))
            self._table_numbers[row] = len(self.tables) - 1
        return self._table_numbers[row]

    # --- questions --------------------------------------------------------------------------------------------

    def entries(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of the scores of some rows, row after row."""
        return ragged(self._begins.all[rows], self.sizes.all[rows].astype(np.int64))

    def rows_of(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows that scores belong to."""
        return np.searchsorted(self._begins.all + self.sizes.all, entries, side="right")

    def images_of(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say of each slot whether one of these rows is its own.

        Args:
            rows: (rows,)
        """
        found = np.zeros(len(self._rows) + 1, np.bool_)
        found[self.slots.all[rows]] = True  # rows that count no more say it of the last, which is none
        return found[:-1]
