"""From stored scores to proposed tags."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.scores import FULL_SCALE, TagScore, to_u16
from engine.captions.view import View, text_of, view

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
