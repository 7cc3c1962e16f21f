"""Thresholds as one table of numbers, label by label: for counting over many images without making their tags."""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.captions.caption import tag_key
from engine.captions.viewing.rules import NEVER, rules_of
from engine.captions.viewing.scores import FULL_SCALE

if TYPE_CHECKING:
    from engine.captions.viewing.scores import LabelTable
    from engine.captions.viewing.view import View

NEVER_U16 = FULL_SCALE + 1
"""What no u16 score reaches."""


def is_simple(settings: View) -> bool:
    """Say whether each label is proposed by its own score alone, whatever else the image holds."""
    return not settings.mcut and not settings.top_k and settings.implied == "keep"


def cuts(settings: View, labels: LabelTable) -> array[int]:
    """Return for each label the lowest u16 score with which it is proposed, `NEVER_U16` for never; int32.

    Right for views that are simple. Ratings have `NEVER_U16`: not their score proposes one, but being the best.
    Two labels that are written alike make one tag; here both have their cut.
    """
    rules = rules_of(settings)
    by_category = {category: _u16(rules.cut_of(category)) for category in {*labels.categories}}
    return array(
        "i",
        [
            by_category[category] if rules.is_plain(key, category) else _u16(rules[name, category].cut)
            for name, category, key in zip(labels.names, labels.categories, _keys(labels.names), strict=True)
        ],
    )


def _u16(cut: float) -> int:
    return NEVER_U16 if cut == NEVER else round(cut * FULL_SCALE)


@lru_cache(maxsize=4)
def _keys(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(tag_key, names))
