"""From stored scores to proposed tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import tag_key
from engine.captions.viewing.rules import rules_of
from engine.captions.viewing.scores import FULL_SCALE, TagScore, to_u16
from engine.captions.viewing.view import View, text_of, view
from tests.engine.captions.views import CUTS, some_scores, some_views

if TYPE_CHECKING:
    from random import Random

SCORES = (
    TagScore("sensitive", 0.6, "rating"),
    TagScore("1girl", 0.99, "general"),
    TagScore("hatsune_miku", 0.8, "character"),
    TagScore("^_^", 0.7, "general"),
    TagScore("saber_(fate)", 0.5, "character"),
    TagScore("long_hair", 0.4, "general"),
    TagScore("general", 0.3, "rating"),
    TagScore("smile", 0.2, "general"),
)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (View(), "1girl, hatsune miku, ^_^, saber (fate), long hair"),
        (View(threshold=0.45), "1girl, hatsune miku, ^_^, saber (fate)"),
        (View(categories={"character": 0.75}), "1girl, hatsune miku, ^_^, long hair"),
        (View(tags={"Smile": 0.1, "1girl": 1.0}), "hatsune miku, ^_^, saber (fate), long hair, smile"),
        (View(categories={"character": 0.9}, tags={"hatsune miku": 0.1}), "1girl, hatsune miku, ^_^, long hair"),
        (View(top_k=2), "1girl, hatsune miku"),
        (View(top_k=1, rating="first"), "sensitive, 1girl"),
        (View(top_k=1, rating="last", threshold=0.9), "1girl, sensitive"),
        (View(include=("long hair", "smile")), "long hair"),
        (View(include=("smile",), threshold=0.0, rating="last"), "smile, sensitive"),
        (View(exclude=("LONG_HAIR", "sensitive"), rating="first"), "general, 1girl, hatsune miku, ^_^, saber (fate)"),
        (View(underscores="keep"), "1girl, hatsune_miku, ^_^, saber_(fate), long_hair"),
        (View(escape=True, include=("saber (fate)",)), "saber \\(fate\\)"),
        (View(order="name"), "1girl, ^_^, hatsune miku, long hair, saber (fate)"),
        (View(mcut=True), "1girl, hatsune miku, ^_^"),
        (View(mcut=True, tags={"smile": 0.1, "hatsune miku": 0.9}), "1girl, ^_^, smile"),
        (View(mcut=True, threshold=0.9, include=("1girl",)), "1girl"),
        (
            View(replace={"1girl": "woman, person", "^_^": "", "long hair": "woman"}),
            "woman, person, hatsune miku, saber (fate)",
        ),
        (View(replace={"sensitive": "rating_safe"}, rating="first", top_k=1), "rating_safe, 1girl"),
        (View(replace={"1girl": "a_(b)"}, escape=True, top_k=1), "a_(b)"),
        (View(exclude=("1girl", "b"), replace={"1girl": "a", "^_^": "b"}, top_k=1), "a"),
        (View(expand_characters=True), "1girl, hatsune miku, ^_^, saber, fate, long hair"),
        (View(expand_characters=True, escape=True, top_k=4), "1girl, hatsune miku, ^_^, saber"),
        (View(expand_characters=True, exclude=("fate",)), "1girl, hatsune miku, ^_^, saber, long hair"),
        (View(expand_characters=True, exclude=("saber (fate)",)), "1girl, hatsune miku, ^_^, long hair"),
        (
            View(expand_characters=True, replace={"saber (fate)": "artoria"}),
            "1girl, hatsune miku, ^_^, artoria, long hair",
        ),
        (View(underscores="kohya"), "1girl, hatsune miku, ^_^, saber (fate), long hair"),
        (
            View(first=("nobody", "Long_Hair", "^_^"), rating="first"),
            "long hair, ^_^, sensitive, 1girl, hatsune miku, saber (fate)",
        ),
        (View(category_order=("character",)), "hatsune miku, saber (fate), 1girl, ^_^, long hair"),
        (
            View(category_order=("character",), order="name", rating="last"),
            "hatsune miku, saber (fate), 1girl, ^_^, long hair, sensitive",
        ),
        (
            View(implied="drop", implications={"1girl": ("long hair", "person")}),
            "1girl, hatsune miku, ^_^, saber (fate)",
        ),
        (View(implications={"1girl": ("long hair",)}, top_k=9), "1girl, hatsune miku, ^_^, saber (fate), long hair"),
        (View(implied="drop", implications={"1girl": ("hatsune miku",)}, top_k=2), "1girl, ^_^"),
    ],
)
def test_settings(settings: View, text: str) -> None:
    """Each setting does what it says."""
    assert text_of(view(SCORES, settings)) == text


@given(st.integers(0, FULL_SCALE))
def test_a_score_equal_to_the_threshold_passes(threshold: int) -> None:
    """A threshold lets its own value through, although stored scores are rounded."""
    cut = round(threshold / FULL_SCALE, 4)
    stored = TagScore("a", to_u16(cut) / FULL_SCALE, "general")
    assert view([stored], View(threshold=cut))


@given(st.lists(st.tuples(st.text("abc_"), st.floats(0, 1))), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_takes_nothing_in(scored: list[tuple[str, float]], one: float, other: float) -> None:
    """What a higher threshold shows, a lower one shows, too, and in the same order."""
    scores = [TagScore(name, score, "general") for name, score in scored]
    few, many = (view(scores, View(threshold=t)) for t in (max(one, other), min(one, other)))
    assert few == many[: len(few)]


@given(some_scores(), some_views())
def test_no_tag_twice_and_never_too_many(scores: list[TagScore], settings: View) -> None:
    """Whatever the view: no tag stands there twice, `top_k` holds, excluded tags stay out, a rating comes at most once."""
    tags = view(scores, settings)
    keys = [tag_key(tag.text) for tag in tags]
    ratings = [tag for tag in tags if tag.category == "rating"]
    assert len(keys) == len(set(keys))
    assert not {*map(tag_key, settings.exclude)} & set(keys)
    assert len({tag.name for tag in ratings}) <= (settings.rating != "never")
    if settings.top_k:
        assert len(tags) - len(ratings) <= settings.top_k
    assert {(tag.name, tag.score, tag.category) for tag in tags} <= set(scores)


@given(some_scores(), some_views(), st.randoms())
def test_the_order_in_which_scores_arrive_does_not_matter(
    scores: list[TagScore], settings: View, chance: Random
) -> None:
    """The same scores in another order give the same tags in the same order."""
    expected = view(scores, settings)
    chance.shuffle(scores)
    assert view(scores, settings) == expected


@given(some_scores(), some_views())
def test_what_was_seen_is_seen_again(scores: list[TagScore], settings: View) -> None:
    """Tags that passed a view pass it again, where nothing is rewritten and no cut depends on the others."""
    settings = msgspec.structs.replace(
        settings, replace={}, escape=False, expand_characters=False, mcut=False, underscores="keep"
    )
    once = view(scores, settings)
    assert view([TagScore(tag.name, tag.score, tag.category) for tag in once], settings) == once


@given(some_scores(), some_views(), CUTS, CUTS)
def test_lowering_a_threshold_takes_nothing_away(
    scores: list[TagScore], settings: View, one: float, other: float
) -> None:
    """Lists, spelling, replacements: none of it makes a tag go because a threshold went down."""
    settings = msgspec.structs.replace(settings, mcut=False, top_k=0, implied="keep")
    few, many = (
        view(scores, msgspec.structs.replace(settings, threshold=t)) for t in (max(one, other), min(one, other))
    )
    assert {tag_key(tag.text) for tag in few} <= {tag_key(tag.text) for tag in many}
    assert [tag for tag in many if tag in few] == [tag for tag in few if tag in many]


def test_equal_views_are_one() -> None:
    """A view read from the store anew is not worked out anew, and another one never sees the old one's tags."""
    one = View(exclude=("1girl",))
    assert rules_of(one) is rules_of(View(exclude=("1girl",)))
    assert text_of(view(SCORES, View(exclude=("^_^",), top_k=1))) == "1girl"
    assert text_of(view(SCORES, View(exclude=("1girl",), top_k=1))) == "hatsune miku"


def test_equal_scores_are_ordered_by_name() -> None:
    """The order does not depend on the order in which scores arrive."""
    scores = [TagScore(name, 0.5, "general") for name in "cab"]
    assert text_of(view(scores, View())) == "a, b, c"


def test_a_viewed_tag_remembers_its_origin() -> None:
    """A proposed tag keeps score, category and the model's spelling."""
    (tag,) = view(SCORES, View(include=("hatsune miku",)))
    assert tag == ("hatsune miku", 0.8, "character", "hatsune_miku")


def test_a_view_is_stored_whole() -> None:
    """A stored view holds every field, so that a default changed later does not change what was decided."""
    assert msgspec.json.decode(msgspec.json.encode(View())).keys() == set(View.__struct_fields__)
    changed = View(threshold=0.5, exclude=("a",))
    assert msgspec.json.decode(msgspec.json.encode(changed), type=View) == changed
