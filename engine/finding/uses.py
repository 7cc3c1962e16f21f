"""How many images have each tag: of all images, and of some of them. Weights count for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.captions.weights import split_weight
from engine.finding.columns import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.finding.index import Index
    from engine.finding.patience import Patience
    from engine.review.records import ImageId


class TagUse(NamedTuple):
    """One tag, and how many images have it."""

    name: str
    """As it is written where it was first met, without a weight."""
    key: str
    """What makes it the same tag in any spelling and weight; a filter finds it by that."""
    here: int
    """Of the images that were asked about."""
    total: int
    """Of all images."""


def tag_uses(index: Index, images: Iterable[ImageId], patience: Patience) -> list[TagUse]:
    """Return every tag of the captions, the most frequent first.

    Args:
        index: Its captions followed.
        images: Which of them count as here.
        patience: Asked now and then.

    Raises:
        GivenUp: Nobody waits.
    """
    keys = {number: key for key, number in index.names.items()}
    count = max(keys) + 1
    asked = np.zeros(len(index.rows), np.bool_)
    asked[index.rows.slots_of([*images])] = True
    lists = index.captions.tags
    owners, numbers = lists.owners.all, lists.numbers.all
    there = (numbers != EMPTY) & index.rows.present[owners]
    patience.look()
    # A tag that stands twice in a caption, or with two weights, counts once. numpy lets go of the interpreter meanwhile.
    pairs = np.unique(owners[there].astype(np.int64) * count + numbers[there])
    slots, tags = pairs // count, pairs % count
    total = np.bincount(tags, minlength=count)
    here = np.bincount(tags[asked[slots]], minlength=count)
    order = np.lexsort((-total, -here))
    uses = []
    for some in patience.batches(
        [*zip(order.tolist(), here[order].tolist(), total[order].tolist(), strict=True)], 1_000
    ):
        for number, of_these, of_all in some:
            if of_all:
                written = index.captions.spellings.get(number, keys[number])
                name = split_weight(written).name or written
                uses.append(TagUse(name, keys[number], of_these, of_all))
    return uses
