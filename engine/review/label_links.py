"""How labels bear on each other in a view: which are written alike, and which says what another one says.

What a view drops as implied depends on pairs of scores in one image. They are found once; every threshold after that
is a few looks into arrays.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.captions.viewing.rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from engine.captions.viewing.scores import LabelTable
    from engine.captions.viewing.view import View
    from engine.review.score_index import ScoreIndex


class LabelLinks(NamedTuple):
    """What a view says of labels beside their thresholds; places count through all tables."""

    entangled: NDArray[np.bool_]
    """(labels,) whether it takes more than its own score, and what says it, to know what becomes of it."""
    sayers: NDArray[np.int64]
    """(pairs,) labels that say another one, rising."""
    said: NDArray[np.int64]
    """(pairs,) the labels that they say."""


class ScorePairs(NamedTuple):
    """Pairs of scores of one image of which the one's label says the other's; places in the index."""

    sayers: NDArray[np.int64]
    said: NDArray[np.int64]


def label_links(tables: Iterable[LabelTable], settings: View) -> LabelLinks:
    """Work out how the labels of some tables bear on each other; the thresholds of the view do not matter."""
    rules = rules_of(settings)
    entangled: list[bool] = []
    says: list[tuple[int, int]] = []
    for table in tables:
        labels = zip(table.names, table.categories, strict=True)
        written = [[key for _, key in rules[label].written] for label in labels]
        often = Counter(key for keys in written for key in keys)
        start = len(entangled)
        entangled += [len(keys) != 1 or often[keys[0]] > 1 for keys in written]
        if settings.implied == "drop":
            places = {keys[0]: at for at, keys in enumerate(written, start) if not entangled[at]}
            says += [
                (at, places[key]) for own, at in places.items() for key in rules.implied.says(own) if key in places
            ]
    sayers, said = np.array(says, np.int64).reshape(-1, 2).T
    links = LabelLinks(np.array(entangled, np.bool_), sayers, said)
    links.entangled[_on_circles(sayers, said)] = True
    return links


def _on_circles(sayers: NDArray[np.int64], said: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the labels that say each other, if need be by way of others: of those, it is the best score that stays.

    Also those between two circles.
    """
    while not (inner := np.isin(sayers, said) & np.isin(said, sayers)).all():
        sayers, said = sayers[inner], said[inner]
    return sayers


def score_pairs(index: ScoreIndex, links: LabelLinks) -> ScorePairs:
    """Find the scores of each image of which one's label says the other's."""
    count = len(links.entangled)
    starts = np.searchsorted(links.sayers, np.arange(count + 1))  # where in the links what a label says begins
    many = np.diff(starts)[index.labels]
    sayers = np.repeat(np.arange(len(many)), many)
    nth = np.arange(len(sayers)) - np.repeat(np.cumsum(many) - many, many)
    said = links.said[starts[index.labels[sayers]] + nth]
    can_be_said = np.zeros(count, np.bool_)
    can_be_said[links.said] = True
    candidates = np.flatnonzero(can_be_said[index.labels])
    there = index.slots(candidates) * count + index.labels[candidates]
    order = np.argsort(there)
    candidates, there = candidates[order], there[order]
    wanted = index.slots(sayers) * count + said
    at = np.searchsorted(there, wanted)
    met = np.flatnonzero(np.append(there, -1)[at] == wanted)
    return ScorePairs(sayers[met], candidates[at[met]])
