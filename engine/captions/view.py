"""Stored scores and settings give the tags proposed. Pure: moving a threshold runs no model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from engine.captions.caption import join, tag_key
from engine.captions.scores import FULL_SCALE, to_u16

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.captions.scores import TagScore

KAOMOJI = frozenset("0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||".split())  # noqa: SIM905  (reads better than a column)
"""Tags whose underscore is a mouth; the list that the wd14 tagger extension for the SD web UI first published."""

_TO_ESCAPE = re.compile(r"[\\()]")


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
    underscores: Literal["spaces", "keep", "kohya"] = "spaces"
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
    """Return the tags that settings let through, in the order in which they would be written."""
    lowest = _stored(settings.threshold)
    by_category = {category: _stored(cut) for category, cut in settings.categories.items()}
    by_tag = {tag_key(tag): _stored(cut) for tag, cut in settings.tags.items()}
    include, exclude = frozenset(map(tag_key, settings.include)), frozenset(map(tag_key, settings.exclude))
    listed = bool(by_tag or include or exclude)

    taken: list[TagScore] = []
    best_rating: TagScore | None = None
    for scored in scores:
        name, score, category = scored
        cut = by_category.get(category, lowest)
        if listed:
            key = tag_key(name)
            if key in exclude or (include and key not in include and category != "rating"):
                continue
            cut = by_tag.get(key, cut)
        if category == "rating":
            if best_rating is None or score > best_rating.score:
                best_rating = scored
        elif score >= cut:
            taken.append(scored)

    taken.sort(key=lambda scored: (-scored.score, scored.name))
    if settings.top_k:
        del taken[settings.top_k :]
    if settings.order == "name":
        taken.sort(key=lambda scored: scored.name)
    if best_rating is not None and settings.rating != "never":
        taken.insert(0 if settings.rating == "first" else len(taken), best_rating)
    return tuple(ViewedTag(_written(s.name, settings), s.score, s.category, s.name) for s in taken)


def _stored(threshold: float) -> float:
    """Round a threshold as scores are rounded, so that a score equal to it passes."""
    return to_u16(threshold) / FULL_SCALE


def _written(name: str, settings: View) -> str:
    text = name.replace("_", " ") if settings.underscores == "spaces" and name not in KAOMOJI else name
    return _TO_ESCAPE.sub(r"\\\g<0>", text) if settings.escape else text


def text_of(viewed: Iterable[ViewedTag], separator: str = ",") -> str:
    """Write viewed tags as a caption of their own."""
    return join([tag.text for tag in viewed], separator=separator)
