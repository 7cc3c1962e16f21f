"""Stored scores and settings give the tags proposed. Pure: moving a threshold runs no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from engine.captions.caption import join
from engine.captions.viewing.mcut import mcuts
from engine.captions.viewing.rules import RATING, rules_of
from engine.captions.viewing.spelling import Underscores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.captions.viewing.rules import Rules
    from engine.captions.viewing.scores import TagScore


class View(msgspec.Struct, frozen=True):
    """How stored scores become proposed tags. Tag names in it match any spelling: case, underscores, escapes."""

    threshold: float = 0.35
    """The lowest score proposed, 0 to 1; itself included."""
    categories: dict[str, float] = msgspec.field(default_factory=dict)
    """Thresholds of single categories, before `threshold`."""
    tags: dict[str, float] = msgspec.field(default_factory=dict)
    """Thresholds of single tags, before both."""
    mcut: bool = False
    """In place of `threshold` and `categories`: in each category, the middle of the widest gap between its scores."""
    top_k: int = 0
    """At most so many tags, the best; 0 for all. The rating does not count."""
    include: tuple[str, ...] = ()
    """Only these tags, and the rating; empty for all."""
    exclude: tuple[str, ...] = ()
    """Never these tags."""
    replace: dict[str, str] = msgspec.field(default_factory=dict)
    """Tag → what is written in its place: one tag, several with commas, or nothing."""
    implied: Literal["keep", "drop"] = "keep"
    """`drop` leaves out what another proposed tag says already: `long hair` beside `very long hair`, and `implications`."""
    implications: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Tag → tags that follow from it."""
    underscores: Underscores = "spaces"
    """`spaces` turns underscores into spaces, but not in kaomoji such as `^_^`; `kohya` in all tags longer than 3."""
    escape: bool = False
    r"""Whether `(`, `)` and `\` get a backslash, as prompts of the SD web UI need."""
    expand_characters: bool = False
    """Whether a character's series becomes a tag of its own: `saber (fate)` → `saber`, `fate`."""
    first: tuple[str, ...] = ()
    """These stand first when they are proposed, in this order."""
    category_order: tuple[str, ...] = ()
    """Categories that stand before all others, in this order."""
    order: Literal["score", "name"] = "score"
    """Highest score first, or by name; within a category where those are ordered."""
    rating: Literal["never", "first", "last"] = "never"
    """Where the best of the tags of category `rating` goes; it has no threshold."""


class ViewedTag(NamedTuple):
    """One tag as proposed."""

    text: str
    """As it would be written."""
    score: float
    """From 0 to 1."""
    category: str
    name: str
    """As the model spells it."""


def view(scores: Sequence[TagScore], settings: View) -> tuple[ViewedTag, ...]:
    """Return the tags that settings let through, in the order in which they would be written, none twice.

    What passes its threshold and the lists is replaced and spelled; then what is implied is dropped, then all but the
    best `top_k`; then the rest is ordered. The order of `scores` does not matter.
    """
    rules = rules_of(settings)
    passed = _passed(scores, rules, mcuts(scores) if settings.mcut else {})
    tags: dict[str, ViewedTag] = {}
    for falling, name, category, written in passed:
        for text, key in written:
            if key not in tags:
                tags[key] = ViewedTag(text, -falling, category, name)
    rating = {} if settings.rating == "never" else _rating(scores, rules)
    for key in rating:
        tags.pop(key, None)
    if settings.implied == "drop":
        for key in rules.implied.said_already([*tags]):
            del tags[key]
    return _ordered(tags, rating, settings, rules)


def _passed(
    scores: Sequence[TagScore], rules: Rules, moved: Mapping[str, float]
) -> list[tuple[float, str, str, tuple[tuple[str, str], ...]]]:
    """Return what passes, best first, equal ones by name: minus the score, name, category, what is written.

    Args:
        scores: All that are stored.
        rules: What the view says of labels.
        moved: Cuts of categories that hold in place of the view's.
    """
    least = min([rules.least, *moved.values()])
    passed = []
    for name, score, category in scores:
        if score < least:  # most are, and need no rule
            continue
        cut, fixed, written = rules[name, category]
        if moved and not fixed:
            cut = moved.get(category, cut)
        if score >= cut:
            passed.append((-score, name, category, written))
    passed.sort()
    return passed


def _rating(scores: Sequence[TagScore], rules: Rules) -> dict[str, ViewedTag]:
    """Return what is written of the best rating that is not excluded, by key; of equal ones the first by name."""
    found = [(-s.score, s.name) for s in scores if s.category == RATING and rules[s.name, RATING].written]
    if not found:
        return {}
    falling, name = min(found)
    return {key: ViewedTag(text, -falling, RATING, name) for text, key in rules[name, RATING].written}


def _ordered(
    tags: dict[str, ViewedTag], rating: dict[str, ViewedTag], settings: View, rules: Rules
) -> tuple[ViewedTag, ...]:
    """Take the best tags, and put all in order.

    Args:
        tags: By key, best first.
        rating: What is written of the rating, by key.
        settings: The view.
        rules: What it says of labels.
    """
    found = list(tags.items())
    if settings.top_k:
        del found[settings.top_k :]
    if settings.order == "name":
        found.sort(key=lambda pair: pair[1].text)
    if order := rules.category_order:
        found.sort(key=lambda pair: order.get(pair[1].category, len(order)))
    if rating:
        at = 0 if settings.rating == "first" else len(found)
        found[at:at] = rating.items()
    if first := rules.first:
        found.sort(key=lambda pair: first.get(pair[0], len(first)))
    return tuple([tag for _, tag in found])


def text_of(viewed: Iterable[ViewedTag], separator: str = ",") -> str:
    """Write viewed tags as a caption of their own."""
    return join([tag.text for tag in viewed], separator=separator)
