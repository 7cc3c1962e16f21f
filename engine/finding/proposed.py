"""What every candidate proposes now, kept up with the views in force; what decisions saw, where that was otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.captions.viewing.view import View
from engine.finding.candidates import PROSE
from engine.finding.columns import Column, Lists
from engine.finding.seeing import NO_DOUBT, Eye

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.finding.candidates import Candidates
    from engine.finding.patience import Patience

NOT_SEEN = -1


class Proposed:
    """One row for each row of the candidates; for one thread at a time."""

    def __init__(self, candidates: Candidates, names: dict[str, int], view_of: Callable[[str], View]) -> None:
        """See nothing yet.

        Args:
            candidates: Whose tags; followed by the caller.
            names: `tag_key` → number; filled with the tags that are met.
            view_of: The view in force of a source.
        """
        self._candidates, self._names, self._view_of = candidates, names, view_of
        self._eyes: dict[int, tuple[int, Eye]] = {}
        self._made = 0
        self._then: dict[int, Eye] = {}
        self._start()

    def _start(self) -> None:
        self.tags = Lists()
        """By row, the numbers of the tags proposed; none for prose."""
        self.doubts: Column[np.float32] = Column(np.float32, NO_DOUBT)
        """(rows,) how near the nearest score is to its threshold, 0 to 1."""
        self._prints: Column[np.uint64] = Column(np.uint64)
        self._seen_with: Column[np.int32] = Column(np.int32, NOT_SEEN)
        self._then_prints: Column[np.uint64] = Column(np.uint64)
        self._then_seen: Column[np.bool_] = Column(np.bool_)
        self.changed_slots: set[int] = set()
        """Images of which a candidate was seen anew, for those who build on it; they empty it."""

    def follow(self, patience: Patience) -> None:
        """See what is new, and what another view is in force for.

        Raises:
            GivenUp: Nobody waits; what was seen stays.
        """
        candidates = self._candidates
        if len(candidates.slots) < len(self.doubts):  # they were read anew
            self._start()
        for column in (self.tags, self.doubts, self._prints, self._seen_with, self._then_prints, self._then_seen):
            column.grow(len(candidates.slots))
        for name, source in candidates.sources.items():
            number, eye = self._eye(source, self._view_of(name))
            waiting = (candidates.source.all == source) & (self._seen_with.all != number) & (candidates.slots.all >= 0)
            prose = waiting & (candidates.table.all == PROSE)
            self._seen_with.all[prose] = number
            self.changed_slots.update(candidates.slots.all[prose].tolist())
            rows = np.flatnonzero(waiting & ~prose)
            for some, seen in eye.see(candidates, rows, patience):
                self.tags.replace(some, seen.sizes, seen.tags)
                self.doubts.all[some], self._prints.all[some] = seen.doubts, seen.prints
                self._seen_with.all[some] = number
                self.changed_slots.update(candidates.slots.all[some].tolist())

    def _eye(self, source: int, settings: View) -> tuple[int, Eye]:
        """Return what a source is seen with, and its number: another one where the view is another one."""
        known = self._eyes.get(source)
        if known is None or known[1].settings != settings:
            self._made += 1
            known = self._eyes[source] = (self._made, Eye(settings, self._names))
        return known

    def looked_otherwise(self, patience: Patience) -> NDArray[np.bool_]:
        """Say of each row whether it was answered when it proposed other tags than it would now.

        Raises:
            GivenUp: Nobody waits; what was seen stays.
        """
        candidates = self._candidates
        answered = (candidates.seen.all >= 0) & (candidates.slots.all >= 0) & (candidates.table.all >= 0)
        otherwise = np.zeros(len(answered), np.bool_)
        for data, number in candidates.views.items():
            of_view = answered & (candidates.seen.all == number)
            if not data or not of_view.any():
                continue
            if number not in self._then:
                self._then[number] = Eye(msgspec.json.decode(data, type=View), self._names)
            eye = self._then[number]
            for source, (_, now) in self._eyes.items():
                if now.settings == eye.settings:
                    of_view &= candidates.source.all != source
            waiting = np.flatnonzero(of_view & ~self._then_seen.all)
            for some, seen in eye.see(candidates, waiting, patience):
                self._then_prints.all[some], self._then_seen.all[some] = seen.prints, True
            otherwise |= of_view & (self._then_prints.all != self._prints.all)
        return otherwise
