"""What another view would change, in how many images: counted exactly, from the index of scores.

Making the tags of ten thousand images takes a second; here most of it is two comparisons of arrays. An image is looked
at through the plain `view` only where that would not tell: under MCut, and where labels that matter are written alike,
as several tags, or say each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from engine.captions.viewing.cuts import cuts, is_simple
from engine.captions.viewing.view import View, view
from engine.review.label_links import LabelLinks, ScorePairs, label_links, score_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.captions.viewing.scores import TagScore
    from engine.review.score_index import ScoreIndex

AT_ONCE = 64
"""So many images are looked at one by one before the next look whether somebody still waits for the number."""

COMPARED_AT_ONCE = 1 << 17
"""Scores."""


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


class _Before(NamedTuple):
    """The view in force, the same for a run of presses, and what was found out about it."""

    view: View
    scores: NDArray[np.uint16]
    """Of the index, as it was then."""
    lowest: NDArray[np.int32]
    """(labels,) the lowest scores that pass."""
    tags: dict[int, set[str]]
    """Place of an image that was looked at → its tags."""


class ThresholdCounts:
    """Counts over one index; for one thread at a time."""

    def __init__(self, index: ScoreIndex) -> None:
        """Count what is in an index, as it is at each call."""
        self._index = index
        self._before: _Before | None = None
        self._links: tuple[View, int, LabelLinks] | None = None
        self._pairs: tuple[LabelLinks, NDArray[np.uint16], ScorePairs] | None = None

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
        if self._before is None or self._before.scores is not index.scores or self._before.view != before:
            self._before = _Before(before, index.scores, self._lowest(before), {})
        was, will = (self._passing(lowest) for lowest in (self._before.lowest, self._lowest(after)))
        if _without_thresholds(before) != _without_thresholds(after):
            odd = np.ones(len(index.images), np.bool_)
        elif after.mcut:
            odd = self._has(was != will)
        elif is_simple(after):
            odd = self._has((was != will) & self._linked(after).entangled[index.labels])
        else:  # an image in which no score passes in one view only stays as it is, whatever the whole of it says
            odd = self._has(was != will) & self._has((was | will) & self._linked(after).entangled[index.labels])
            was, will = (self._proposed(passing, after) for passing in (was, will))
        flipped = np.flatnonzero(was != will)
        slots = index.slots(flipped)
        plain = ~odd[slots]
        images, more = len(np.unique(slots[plain])), int(np.count_nonzero(will[flipped[plain]]))
        fewer = int(np.count_nonzero(plain)) - more
        looked = np.flatnonzero(odd).tolist()
        for number, (slot, scores) in enumerate(zip(looked, index.tag_scores(looked), strict=True)):
            if number % AT_ONCE == 0 and is_stale():
                return None
            if slot not in self._before.tags:
                self._before.tags[slot] = _texts(scores, before)
            old, new = self._before.tags[slot], _texts(scores, after)
            images, more, fewer = images + (old != new), more + len(new - old), fewer + len(old - new)
        return Counted(images, more, fewer, len(index.images))

    def _lowest(self, settings: View) -> NDArray[np.int32]:
        """Return the lowest score that passes, by label, as if nothing else in the image mattered."""
        alone = msgspec.structs.replace(settings, mcut=False, top_k=0, implied="keep")
        parts = [np.frombuffer(cuts(alone, table), np.int32) for table in self._index.tables]
        return np.concatenate([*parts, np.empty(0, np.int32)])

    def _passing(self, lowest: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return (scores,) which of the scores pass, some at a time: a bound for each takes more memory than they do."""
        index, passing = self._index, np.empty(len(self._index.scores), np.bool_)
        for start in range(0, len(passing), COMPARED_AT_ONCE):
            some = slice(start, start + COMPARED_AT_ONCE)
            passing[some] = index.scores[some] >= lowest[index.labels[some]]
        return passing

    def _has(self, entries: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say of each image whether any of its scores is among these."""
        found = np.zeros(len(self._index.images), np.bool_)
        found[self._index.slots(np.flatnonzero(entries))] = True
        return found

    def _proposed(self, passing: NDArray[np.bool_], settings: View) -> NDArray[np.bool_]:
        """Leave out what is said already, then all but the best; right for images without entangled labels."""
        if settings.implied == "drop":
            pairs, proposed = self._paired(settings), passing.copy()
            proposed[pairs.said[passing[pairs.sayers]]] = False
            passing = proposed
        if settings.top_k:
            sizes, counted = self._index.sizes, np.append(0, np.cumsum(passing))
            above = counted[np.cumsum(sizes) - sizes]  # in the images before
            passing = passing & (counted[1:] - np.repeat(above, sizes) <= settings.top_k)
        return passing

    def _linked(self, settings: View) -> LabelLinks:
        shape, tables = _without_thresholds(settings), self._index.tables
        if self._links is None or self._links[:2] != (shape, len(tables)):
            self._links = (shape, len(tables), label_links(tables, shape))
        return self._links[2]

    def _paired(self, settings: View) -> ScorePairs:
        links, scores = self._linked(settings), self._index.scores
        if self._pairs is None or self._pairs[0] is not links or self._pairs[1] is not scores:
            self._pairs = (links, scores, score_pairs(self._index, links))
        return self._pairs[2]


def _texts(scores: list[TagScore], settings: View) -> set[str]:
    return {tag.text for tag in view(scores, settings)}


def _without_thresholds(settings: View) -> View:
    return msgspec.structs.replace(settings, threshold=0.0, categories={}, tags={})
