"""What a view says of each label, worked out once: the lowest score that passes, and what is written then."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import tag_key
from engine.captions.viewing.implied import Implied
from engine.captions.viewing.scores import FULL_SCALE, to_u16
from engine.captions.viewing.spelling import character_and_series, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.captions.viewing.view import View

NEVER = (FULL_SCALE + 1) / FULL_SCALE
"""A score that no label reaches."""

RATING = "rating"
"""The category of which only the best is proposed, whatever its score."""

KEPT = 8
"""So many views stay worked out."""


class Rule(NamedTuple):
    """What a view says of one label."""

    cut: float
    """The lowest score that passes, as scores are rounded; `NEVER` when none does, as for ratings."""
    fixed: bool
    """Whether the cut is this label's own, so that MCut does not move it."""
    written: tuple[tuple[str, str], ...]
    """What is proposed of it: each tag as it is written, and its `tag_key`."""


class Rules(dict[tuple[str, str], Rule]):
    """(name, category) of a label → its rule; made when it is first asked for."""

    def __init__(self, settings: View) -> None:
        """Read the settings that hold for every label."""
        self._settings = settings
        self._lowest = _rounded(settings.threshold)
        self._by_category = {category: _rounded(cut) for category, cut in settings.categories.items()}
        self._by_tag = {tag_key(tag): _rounded(cut) for tag, cut in settings.tags.items()}
        self._include = frozenset(map(tag_key, settings.include))
        self._exclude = frozenset(map(tag_key, settings.exclude))
        self._replace = {tag_key(tag): text for tag, text in settings.replace.items()}
        self.least = min([self._lowest, *self._by_category.values(), *self._by_tag.values()])
        """No tag with a lower score is proposed, but where MCut says so."""
        self.implied = Implied(settings.implications)
        self.first = {key: place for place, key in enumerate(dict.fromkeys(map(tag_key, settings.first)))}
        """Key of a tag that stands first → its place among those."""
        self.category_order = {name: place for place, name in enumerate(dict.fromkeys(settings.category_order))}

    def __missing__(self, label: tuple[str, str]) -> Rule:
        """Make the rule of one label."""
        name, category = label
        key = tag_key(name)
        replaced = self._replace.get(key)
        unwanted = (replaced is None and key in self._exclude) or (
            bool(self._include) and key not in self._include and category != RATING
        )
        written = () if unwanted else tuple(self._written(name, key, category, replaced))
        if not written or category == RATING:
            rule = Rule(NEVER, True, written)
        elif key in self._by_tag:
            rule = Rule(self._by_tag[key], True, written)
        else:
            rule = Rule(self.cut_of(category), False, written)
        self[label] = rule
        return rule

    def cut_of(self, category: str) -> float:
        """Return the cut of a category's labels that no list names."""
        return self._by_category.get(category, self._lowest)

    def is_plain(self, key: str, category: str) -> bool:
        """Say whether nothing but its category's cut decides about a label; cheaper than its rule.

        Args:
            key: Its `tag_key`.
            category: Its category.
        """
        return not (
            category == RATING
            or key in self._by_tag
            or key in self._exclude
            or key in self._replace
            or (self._include and key not in self._include)
            or (self._exclude and self._settings.expand_characters and category == "character")
        )

    def _written(self, name: str, key: str, category: str, replaced: str | None) -> Iterator[tuple[str, str]]:
        """Yield what is written of a label, without what is excluded: a replacement is judged by what it says."""
        settings = self._settings
        pieces: tuple[str, ...] = (name,)
        if replaced is not None:
            texts = [text for piece in replaced.split(",") if (text := piece.strip())]
        else:
            if settings.expand_characters and category == "character":
                pieces = character_and_series(name)
            texts = [spelled(piece, settings.underscores, escape=settings.escape) for piece in pieces]
            if len(texts) == 1:  # however it is spelled, it is the same tag
                yield texts[0], key
                return
        for text in texts:
            if (key := tag_key(text)) not in self._exclude:
                yield text, key


class _Same:
    """A view as a key: views hold tables, which have no hash of their own."""

    __slots__ = ("view",)

    def __init__(self, view: View) -> None:
        self.view = view

    def __hash__(self) -> int:
        v = self.view
        return hash((v.threshold, v.mcut, v.top_k, len(v.include), len(v.exclude), len(v.replace), v.underscores))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and (self.view is other.view or self.view == other.view)


def rules_of(settings: View) -> Rules:
    """Return what a view says of labels; the last few views stay worked out."""
    return _rules(_Same(settings))


@lru_cache(maxsize=KEPT)
def _rules(same: _Same) -> Rules:
    return Rules(same.view)


def _rounded(threshold: float) -> float:
    """Round a threshold as scores are rounded, so that a score equal to it passes."""
    return to_u16(threshold) / FULL_SCALE
