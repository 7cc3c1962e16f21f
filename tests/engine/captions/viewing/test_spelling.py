"""How a model's tag is spelled in a caption."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import tag_key
from engine.captions.viewing.spelling import KAOMOJI, character_and_series, spelled


@pytest.mark.parametrize(
    ("name", "spaces", "kohya"),
    [
        ("long_hair", "long hair", "long hair"),
        ("^_^", "^_^", "^_^"),
        ("(o)_(o)", "(o)_(o)", "(o) (o)"),  # kohya's rule breaks the long ones
        ("a_b", "a b", "a_b"),
        ("a_bc", "a bc", "a bc"),
        ("smile", "smile", "smile"),
    ],
)
def test_underscores(name: str, spaces: str, kohya: str) -> None:
    """Spaces but in kaomoji, or kohya's rule by length, or as the model has it."""
    assert spelled(name, "spaces", escape=False) == spaces
    assert spelled(name, "kohya", escape=False) == kohya
    assert spelled(name, "keep", escape=False) == name


def test_the_list_of_kaomoji_is_whole() -> None:
    """Nineteen tags, all of which keep their underscore under both names of the rule that knows them."""
    assert len(KAOMOJI) == 19
    assert all("_" in name and spelled(name, "spaces", escape=False) == name for name in KAOMOJI)


def test_escapes() -> None:
    """Brackets and backslashes get a backslash, others do not."""
    assert spelled(r"a_\_(b)_[c]", "spaces", escape=True) == r"a \\ \(b\) [c]"


@given(st.text("ab_()", min_size=1), st.sampled_from(["spaces", "keep", "kohya"]), st.booleans())
def test_no_spelling_makes_another_tag(name: str, underscores: str, escape: bool) -> None:  # noqa: FBT001  (drawn)
    """However a tag is spelled, it is the same tag to whoever compares captions."""
    assert tag_key(spelled(name, underscores, escape=escape)) == tag_key(name)  # type: ignore[arg-type]  # drawn


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("saber_(fate)", ("saber", "fate")),
        ("saber (fate)", ("saber", "fate")),
        ("saber_(alter)_(fate)", ("saber_(alter)", "fate")),
        ("x_(y_(z))", ("x", "y_(z)")),
        ("a_(b)_c", ("a_(b)_c",)),
        ("hatsune_miku", ("hatsune_miku",)),
        ("(fate)", ("(fate)",)),
        ("saber_()", ("saber_()",)),
        ("saber_(fate", ("saber_(fate",)),
        ("saber)_(fate)", ("saber)_(fate)",)),
        (":)", (":)",)),
        ("", ("",)),
    ],
)
def test_characters_and_their_series(name: str, pieces: tuple[str, ...]) -> None:
    """The last bracket is the series; what has none, or brackets that do not pair, stays whole."""
    assert character_and_series(name) == pieces
