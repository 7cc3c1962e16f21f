"""How many images have each tag: of all images, and of some of them. Weights count for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.captions.caption import tag_key
from engine.captions.weights import split_weight
from engine.finding.columns import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from engine.finding.index import Index
    from engine.finding.patience import Patience
    from engine.review.records import ImageId


class TagUse(NamedTuple):
    """One tag, and how many images have it."""

    name: str
    """As it is written where it was first met, without a weight."""
    key: str
    """What makes it the same tag in any spelling."""
    here: int
    """Of the images that were asked about."""
    total: int
    """Of all images."""
    written: tuple[str, ...]
    """The keys under which a filter finds it: its own, and those with weights."""


class Named(NamedTuple):
    """A tag without its weight."""

    name: str
    key: str
    written: list[str]
    """The keys of its forms in captions."""


def tag_uses(index: Index, images: Iterable[ImageId], patience: Patience) -> list[TagUse]:
    """Return every tag of the captions, the most frequent first.

    Args:
        index: Its captions followed.
        images: Which of them count as here.
        patience: Asked now and then.

    Raises:
        GivenUp: Nobody waits.
    """
    names, group_of = _groups(index, patience)
    asked = np.zeros(len(index.rows), np.bool_)
    asked[index.rows.slots_of([*images])] = True
    lists = index.captions.tags
    owners, numbers = lists.owners.all, lists.numbers.all
    there = (numbers != EMPTY) & index.rows.present[owners]
    patience.look()
    # A tag that stands twice in a caption, or with two weights, counts once. numpy lets go of the interpreter meanwhile.
    pairs = np.unique(owners[there].astype(np.int64) * len(names) + group_of[numbers[there]])
    slots, groups = pairs // len(names), pairs % len(names)
    total = np.bincount(groups, minlength=len(names))
    here = np.bincount(groups[asked[slots]], minlength=len(names))
    order = np.lexsort((-total, -here))
    counts = zip(order.tolist(), here[order].tolist(), total[order].tolist(), strict=True)
    return [
        TagUse(names[group].name, names[group].key, of_these, of_all, tuple(names[group].written))
        for group, of_these, of_all in counts
        if of_all
    ]


def _groups(index: Index, patience: Patience) -> tuple[list[Named], NDArray[np.int64]]:
    """Return the name and key of each tag without its weight, and by number which of these it is."""
    group_of = np.zeros(len(index.names), np.int64)
    groups: dict[str, int] = {"": 0}
    named = [Named("", "", [])]
    for some in patience.batches([*index.names.items()], 1_000):
        for key, number in some:
            written = index.captions.spellings.get(number, key)
            bare = split_weight(written).name
            name, bare_key = (bare, tag_key(bare)) if bare and bare != written else (written, key)
            if bare_key not in groups:
                groups[bare_key] = len(named)
                named.append(Named(name, bare_key, []))
            group_of[number] = group = groups[bare_key]
            named[group].written.append(key)
    return named, group_of
