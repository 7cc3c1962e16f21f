"""How much there is to decide about an image: how far its models disagree, and how much a candidate would change."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from engine.finding.candidates import MERGES, PROSE
from engine.finding.columns import Column

if TYPE_CHECKING:
    import sqlite3

    from numpy.typing import NDArray

    from engine.finding.candidates import Candidates
    from engine.finding.captions import Captions
    from engine.finding.patience import Patience
    from engine.finding.proposed import Proposed

AT_ONCE = 100
NOTHING = -1.0
"""What is known of an image that has nothing to compare."""


class Worth:
    """Two numbers an image, made again where a candidate, a view or a caption changed; for one thread at a time."""

    def __init__(self, captions: Captions, candidates: Candidates, proposed: Proposed) -> None:
        """Know nothing yet; the three are followed by the caller."""
        self._captions, self._candidates, self._proposed = captions, candidates, proposed
        self._disagreements: Column[np.float32] = Column(np.float32, NOTHING)
        self._changes: Column[np.float32] = Column(np.float32, NOTHING)
        self._stale_disagreements: set[int] = set()
        self._stale_changes: set[int] = set()

    def touch(self, slots: set[int]) -> None:
        """Have both made again for some images, where somebody asks."""
        self._stale_disagreements |= slots
        self._stale_changes |= slots

    def disagreements(self, images: int, patience: Patience) -> NDArray[np.float32]:
        """Return how little the tags that two models propose have in common, the most unlike two of each image.

        Args:
            images: How many slots there are.
            patience: Says when to give up.

        Returns:
            (slots,) 1 less the tags of both by those of either, 0 to 1; `NOTHING` where fewer than two propose tags.
        """
        self._collect()
        self._disagreements.grow(images)
        rows = self._rows(self._stale_disagreements)
        for slots in patience.batches([*self._stale_disagreements], AT_ONCE):
            for slot in slots:
                sets = [set(self._proposed.tags.of(r).tolist()) for r in rows.get(slot, ()) if self._table(r) != PROSE]
                apart = [1 - len(a & b) / len(a | b) for a, b in combinations(sets, 2) if a or b]
                self._disagreements.all[slot] = max(apart, default=0.0 if len(sets) > 1 else NOTHING)
            self._stale_disagreements.difference_update(slots)
        return self._disagreements.all

    def changes(self, db: sqlite3.Connection, images: int, patience: Patience) -> NDArray[np.float32]:
        """Return how many tags, or words of prose, the open candidate that changes most would add and take out.

        Args:
            db: The store.
            images: How many slots there are.
            patience: Says when to give up.

        Returns:
            (slots,); `NOTHING` where no candidate is open.
        """
        self._collect()
        self._changes.grow(images)
        rows, is_open = self._rows(self._stale_changes), self._candidates.open
        for slots in patience.batches([*self._stale_changes], AT_ONCE):
            for slot in slots:
                sizes = [self._change(db, slot, row) for row in rows.get(slot, ()) if is_open[row]]
                self._changes.all[slot] = max(sizes, default=NOTHING)
            self._stale_changes.difference_update(slots)
        return self._changes.all

    def _collect(self) -> None:
        self.touch(self._proposed.changed_slots)
        self._stale_changes |= self._captions.changed
        self._proposed.changed_slots.clear()
        self._captions.changed.clear()
        self._stale_changes.discard(-1)
        self._stale_disagreements.discard(-1)

    def _rows(self, slots: set[int]) -> dict[int, list[int]]:
        """Return the rows of some images, by slot."""
        found: dict[int, list[int]] = {}
        wanted = np.zeros(int(self._candidates.slots.all.max(initial=-1)) + 2, np.bool_)
        wanted[[slot for slot in slots if slot < len(wanted) - 1]] = True
        rows = np.flatnonzero(wanted[self._candidates.slots.all])
        for row, slot in zip(rows.tolist(), self._candidates.slots.all[rows].tolist(), strict=True):
            found.setdefault(slot, []).append(row)
        return found

    def _table(self, row: int) -> int:
        return int(self._candidates.table.all[row])

    def _change(self, db: sqlite3.Connection, slot: int, row: int) -> int:
        tags = set(self._captions.tags.of(slot).tolist())
        blank = not tags and not self._captions.has_prose.all[slot]
        replaces = not blank and MERGES[self._candidates.merge.all[row]] in ("fill", "replace")
        if self._table(row) != PROSE:
            offered = set(self._proposed.tags.of(row).tolist())
            if not offered:
                return 0
            prose = bool(self._captions.has_prose.all[slot])
            return len(offered - tags) + (len(tags - offered) + prose if replaces else 0)
        proposal = int(self._candidates.proposals.all[row])
        (text,) = db.execute("SELECT text FROM proposals WHERE id = ?", (proposal,)).fetchone()
        new, old = (Counter(words.split()) for words in ((text or "").casefold(), self._captions.texts.text(slot)))
        added = sum((new - old).values())
        return added + (sum((old - new).values()) if replaces and new else 0)
