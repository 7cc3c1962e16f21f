"""Scores and views for property tests: few words, so that they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from engine.captions.viewing.scores import FULL_SCALE, LabelTable, TagScore
from engine.captions.viewing.view import View

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

LABELS = LabelTable(
    (
        *("general", "sensitive", "explicit"),
        *(
            "hair",
            "long_hair",
            "very_long_hair",
            "hair_ornament",
            "long",
            "^_^",
            "o_o",
            "Smile",
            "eyes_(closed)",
            "fate",
        ),
        *("saber_(fate)", "saber_(alter)_(fate)", "archer_(fate)", "miku"),
        *("fate/zero", "fate_zero", "miku", "hair"),
    ),
    (*("rating",) * 3, *("general",) * 10, *("character",) * 4, *("copyright",) * 4),
)
NAMES = LABELS.names
CATEGORIES = ("general", "character", "copyright", "rating")

CUTS = st.one_of(st.floats(0, 1), st.integers(0, FULL_SCALE).map(lambda u: u / FULL_SCALE))
SOME_NAMES = st.lists(st.sampled_from([*NAMES, "long hair", "saber", "Fate", "nobody"]), max_size=4).map(tuple)
TEXTS = st.sampled_from(["", "hair", "long hair, smile", "woman", " a_b , ,woman", "saber"])


@st.composite
def some_scores(draw: st.DrawFn) -> list[TagScore]:
    """Give scores of some labels, highest first, as they are stored; equal ones are frequent."""
    places = draw(st.lists(st.integers(0, len(NAMES) - 1), unique=True))
    stored = [
        draw(st.one_of(st.sampled_from([0, 3277, 20000, 40000, FULL_SCALE]), st.integers(0, FULL_SCALE)))
        for _ in places
    ]
    pairs = sorted(zip(stored, places, strict=True), key=lambda pair: (-pair[0], pair[1]))
    return [TagScore(NAMES[place], score / FULL_SCALE, LABELS.categories[place]) for score, place in pairs]


def some_views(*, simple: bool = False) -> SearchStrategy[View]:
    """Give views with every field in use; simple ones leave out what looks at the whole image."""
    return st.builds(
        View,
        threshold=CUTS,
        categories=st.dictionaries(st.sampled_from(CATEGORIES), CUTS, max_size=2),
        tags=st.dictionaries(st.sampled_from(NAMES), CUTS, max_size=3),
        mcut=st.just(value=False) if simple else st.booleans(),
        top_k=st.just(0) if simple else st.integers(0, 4),
        include=st.one_of(st.just(()), SOME_NAMES),
        exclude=SOME_NAMES,
        replace=st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=3),
        implied=st.just("keep") if simple else st.sampled_from(["keep", "drop"]),
        implications=st.dictionaries(st.sampled_from(NAMES), SOME_NAMES, max_size=3),
        underscores=st.sampled_from(["spaces", "keep", "kohya"]),
        escape=st.booleans(),
        expand_characters=st.booleans(),
        first=SOME_NAMES,
        category_order=st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
        order=st.sampled_from(["score", "name"]),
        rating=st.sampled_from(["never", "first", "last"]) if not simple else st.just("never"),
    )
