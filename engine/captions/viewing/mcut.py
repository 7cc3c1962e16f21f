"""MCut: a threshold for each image and category, in the middle of the widest gap between its scores.

Largeron, Moulin, Géry, "MCut: a thresholding strategy for multi-label classification", 2012; the lowest threshold
for characters is what imgutils adds to it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.captions.viewing.scores import TagScore

LEAST = {"character": 0.15}
"""Category → what its threshold is at least, 0 to 1."""

EQUAL = 1e-9
"""Gaps that differ by less are equal: scores are kept in steps of 1/65535."""


def mcuts(scores: Iterable[TagScore]) -> dict[str, float]:
    """Return the threshold of each category that has two scores or more, 0 to 1; of equal gaps the uppermost counts.

    Scores below the floor of the store are not there, so they open no gap.
    """
    stored: dict[str, list[float]] = {}
    for _, score, category in scores:
        if category in stored:
            stored[category].append(score)
        else:
            stored[category] = [score]
    return {
        category: max(_middle(values), LEAST.get(category, 0.0)) for category, values in stored.items() if values[1:]
    }


def _middle(values: list[float]) -> float:
    values.sort(reverse=True)
    middle, widest = values[0], 0.0
    for above, below in pairwise(values):
        if above - below > widest + EQUAL:
            middle, widest = (above + below) / 2, above - below
    return middle
