"""What another view would change, in how many images: counted exactly, from the index of scores.

Making the tags of ten thousand images takes a second; here most of it is two comparisons of arrays. An image is looked
at through the plain `view` only where its labels do not tell by themselves: where several are written alike or one as
several tags, and where the view looks at the whole image (`top_k`, implied tags, MCut).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from engine.captions.cuts import cuts, is_simple
from engine.captions.rules import rules_of
from engine.captions.view import View, view

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from engine.captions.scores import LabelTable
    from engine.review.score_index import ScoreIndex

AT_ONCE = 64
"""So many images are looked at one by one before the next look whether somebody still waits for the number."""


class Counted(NamedTuple):
    """What another view would change."""

    images: int
    """Those with other tags than before."""
    more: int
    """Tags proposed then and not before, over all images."""
    fewer: int
    """Tags proposed before and not then."""
    waiting: int
    """Images with an open candidate of the source."""


class ThresholdCounts:
    """Counts over one index; for one thread at a time."""

    def __init__(self, index: ScoreIndex) -> None:
        """Count what is in an index, as it is at each call."""
        self._index = index
        self._before: tuple[View, int, NDArray[np.int32]] | None = None
        self._known: tuple[View, int, NDArray[np.bool_]] | None = None

    def count(self, before: View, after: View, is_stale: Callable[[], bool] = lambda: False) -> Counted | None:
        """Say what putting another view in force would change.

        Args:
            before: The view in force.
            after: The other one.
            is_stale: Asked now and then whether nobody waits for the number any more.

        Returns:
            Exact numbers; None where nobody waits for them.
        """
        index = self._index
        if self._before is None or self._before[:2] != (before, len(index.tables)):  # the same for a run of presses
            self._before = (before, len(index.tables), self._lowest(before))
        was, will = (index.scores >= lowest[index.labels] for lowest in (self._before[2], self._lowest(after)))
        flipped = np.flatnonzero(was != will)
        slots = np.searchsorted(np.cumsum(index.sizes), flipped, side="right")
        if _without_thresholds(before) != _without_thresholds(after):
            odd = np.arange(len(index.images))
        elif is_simple(after):
            odd = np.unique(slots[self._is_entangled(after)[index.labels[flipped]]])
        else:  # MCut, too, leaves an image alone where no score would pass in one view only
            odd = np.unique(slots)
        plain = ~np.isin(slots, odd)
        images, more = len(np.unique(slots[plain])), int(np.count_nonzero(will[flipped[plain]]))
        fewer = int(np.count_nonzero(plain)) - more
        for number, scores in enumerate(index.tag_scores(odd.tolist())):
            if number % AT_ONCE == 0 and is_stale():
                return None
            old, new = ({tag.text for tag in view(scores, settings)} for settings in (before, after))
            images, more, fewer = images + (old != new), more + len(new - old), fewer + len(old - new)
        return Counted(images, more, fewer, len(index.images))

    def _lowest(self, settings: View) -> NDArray[np.int32]:
        """Return the lowest score that passes, by label, as if nothing else in the image mattered."""
        alone = msgspec.structs.replace(settings, mcut=False, top_k=0, implied="keep")
        parts = [np.frombuffer(cuts(alone, table), np.int32) for table in self._index.tables]
        return np.concatenate([*parts, np.empty(0, np.int32)])

    def _is_entangled(self, settings: View) -> NDArray[np.bool_]:
        """Say of each label whether it is not written as exactly one tag that no other label is written as."""
        shape, tables = _without_thresholds(settings), self._index.tables
        if self._known is None or self._known[:2] != (shape, len(tables)):
            found = [entangled for table in tables for entangled in _entangled(table, shape)]
            self._known = (shape, len(tables), np.array(found, np.bool_))
        return self._known[2]


def _without_thresholds(settings: View) -> View:
    return msgspec.structs.replace(settings, threshold=0.0, categories={}, tags={})


def _entangled(table: LabelTable, shape: View) -> Sequence[bool]:
    rules = rules_of(shape)
    written = [[key for _, key in rules[label].written] for label in zip(table.names, table.categories, strict=True)]
    often = Counter(key for keys in written for key in keys)
    return [len(keys) != 1 or often[keys[0]] > 1 for keys in written]
