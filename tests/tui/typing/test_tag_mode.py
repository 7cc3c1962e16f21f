"""Tags under the cursor: completing, moving and deleting them; `|` marks the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.captions.weighted import CAPTIONS as WEIGHTED
from tests.engine.captions.weighted import weights
from tui.typing import tag_mode

CAPTIONS = st.lists(
    st.sampled_from(
        ["solo", "(long hair:1.2)", "[x]", "(a", "b:1.1)", "<lora:x:1>", "café", "1girl", "A cat sits here."]
    ),
    max_size=6,
).flatmap(lambda tags: st.sampled_from([", ", ",", " ,\n", ",  "]).map(lambda gap: gap.join(tags)))


def _split(marked: str) -> tuple[str, int]:
    return marked.replace("|", "", 1), marked.index("|")


def _marked(text: str, change: tag_mode.Change | None) -> str:
    """Return the text after a change, with the cursor in it; the same text where there is none."""
    if change is None:
        return text
    after = change.applied(text)
    return f"{after[: change.cursor]}|{after[change.cursor :]}"


@pytest.mark.parametrize(
    ("marked", "typed", "after"),
    [
        ("|", "", "TAG, |"),
        ("1girl, lo|", "lo", "1girl, TAG, |"),
        ("1girl, lo|, x", "lo", "1girl, TAG|, x"),
        ("1girl,lo|", "lo", "1girl,TAG,|"),
        ("1girl, long| hair", "long", "1girl, TAG, |"),
        ("1girl, long |", "long ", "1girl, TAG, |"),
        ("a, | ,b", "", "a, TAG| ,b"),
        ("solo, (lo|:1.2), x", "lo", "solo, (TAG|:1.2), x"),
        ("solo, (lo|", "lo", "solo, (TAG|"),
        ("(solo, lo|", "lo", "(solo, TAG|"),
        ("(solo:1.2), lo|", "lo", "(solo:1.2), TAG, |"),
        (":(, lo|", "lo", ":(, TAG, |"),
        ("(lo|, solo:1.2)", "lo", "(TAG|, solo:1.2)"),
        ("solo\nlo|", "lo", "solo\nTAG\n|"),
        ("lo|||| x", "lo", "TAG|||| x"),
        ("lo|, A cat sits on the mat.", "lo", "TAG|, A cat sits on the mat."),
    ],
)
def test_a_tag_is_completed(marked: str, typed: str, after: str) -> None:
    """What was typed is replaced, weights stay; at the end of the tags a separator follows, but not in an open bracket."""
    text, cursor = _split(marked)
    word = tag_mode.word_at(text, cursor, ",")
    assert word is not None
    assert (word.typed, word.in_prose) == (typed, False)
    done = tag_mode.completed(text, word, "TAG", ",")
    assert _marked(text, done) == after


@pytest.mark.parametrize("marked", ["<lora:st|yle:1>", "(long hair:1.|2)"])
def test_where_no_tag_can_be_typed(marked: str) -> None:
    """A network and the number of a weight are completed by no tag."""
    assert tag_mode.word_at(*_split(marked), ",") is None


def test_prose_is_told_from_tags() -> None:
    """In a sentence the word alone is what is typed, and no separator follows it."""
    text, cursor = _split("solo, A cat sits on the mat. It is bl|ue.")
    word = tag_mode.word_at(text, cursor, ",")
    assert word is not None
    assert (word.typed, word.in_prose) == ("bl", True)
    assert _marked(text, tag_mode.completed(text, word, "black", ",")) == "solo, A cat sits on the mat. It is black|."


@pytest.mark.parametrize(
    ("marked", "left", "right"),
    [
        ("a, b|, c", "b|, a, c", "a, c, b|"),
        ("|a, b", "a, b", "b, |a"),
        ("(a:1.2), [b|], c", "[b|], (a:1.2), c", "(a:1.2), c, [b|]"),
        ("(a, b|:1.2), c", "(b|, a:1.2), c", "(a:1.2), c, (b|:1.2)"),
        ("(a|, b:1.2), c", "(a, b:1.2), c", "(b, a|:1.2), c"),
        ("a, (b, c:1.2)|", "a, (c|, b:1.2)", "a, (b, c:1.2)"),
        ("w, (a|, b:1.2)", "(a|:1.2), w, (b:1.2)", "w, (b, a|:1.2)"),
        ("(x,y:1.3) ,\nz|, w", "z| ,\n(x,y:1.3), w", "(x,y:1.3) ,\nw, z|"),
        ("(long hair:1.2)|, (x, y:1.3), z", "(long hair:1.2), (x, y:1.3), z", "(x, y:1.3), (long hair:1.2)|, z"),
        ("((a, b|:1.2), c:1.1), d", "((b|, a:1.2), c:1.1), d", "((a:1.2), c, (b|:1.2):1.1), d"),
        ("a,  b|,c", "b|,  a,c", "a,  c,b|"),
        ("a |, b", "b, a |", "b, a |"),
        ("a, A cat s|its on the mat.", "a, A cat sits on the mat.", "a, A cat sits on the mat."),
    ],
)
def test_a_tag_is_moved(marked: str, left: str, right: str) -> None:
    """A tag passes its neighbour, or all of one bracket at once; at the edge of its own it takes one like that along."""
    text, cursor = _split(marked)
    if marked == "a |, b":
        left = right = text  # the cursor is at no tag
    assert _marked(text, tag_mode.moved(text, cursor, -1, ",")) == left
    assert _marked(text, tag_mode.moved(text, cursor, 1, ",")) == right


@given(WEIGHTED, st.integers(0, 60), st.sampled_from([-1, 1]))
def test_moving_changes_no_weight(text: str, cursor: int, by: int) -> None:
    """Wherever a tag is moved, it and all others weigh what they did, and no half of a bracket comes of it."""
    change = tag_mode.moved(text, min(cursor, len(text)), by, ",")
    before, halves = weights(text)
    after, halves_after = weights(change.applied(text) if change else text)
    assert halves_after <= halves
    assert halves or before == after


@given(CAPTIONS, st.integers(0, 60), st.sampled_from([-1, 1]))
def test_moving_there_and_back(text: str, cursor: int, by: int) -> None:
    """No tag is lost and the cursor stays in its tag; where all brackets are what they were, the way back restores the text.

    Two halves that come to stand together are one bracket.
    """
    cursor = min(cursor, len(text))
    there = tag_mode.moved(text, cursor, by, ",")
    if there is None:
        return
    after = there.applied(text)
    back = tag_mode.moved(after, there.cursor, -by, ",")
    if tag_mode.read(after, ",").prose is None:  # next to other tags a long one may read like prose
        assert back is not None
        if sorted(after) == sorted(text) and weights(after)[1] == weights(text)[1]:
            assert back.applied(after) == text


@pytest.mark.parametrize(
    ("marked", "after"),
    [
        ("a, b|, c", "a, |c"),
        ("a, b, c|", "a, b|"),
        ("|a", "|"),
        ("(a:1.2)|, b", "|b"),
        ("(a, b|:1.2), c", "(a|:1.2), c"),
        ("(a|, b:1.2), c", "(|b:1.2), c"),
        ("a, b| ||| c", "a| ||| c"),
    ],
)
def test_a_tag_is_deleted(marked: str, after: str) -> None:
    """A gap goes with the tag; a bracket around several tags stays, and so does kohya's fence."""
    text, cursor = _split(marked)
    assert _marked(text, tag_mode.deleted(text, cursor, ",")) == after


def test_tags_that_stand_twice_are_found_where_they_stand() -> None:
    """Places are those of the editor's text, also behind signs that a terminal could obey."""
    text = "\U000fd001, long hair, solo, (Long_Hair:1.2)"
    (places,) = tag_mode.twice(text, ",")
    assert [text[start:end] for start, end in places] == ["long hair", "(Long_Hair:1.2)"]


@pytest.mark.parametrize(
    ("text", "before", "written"),
    [
        ("solo, long hair, ", "solo", "solo, long hair"),
        ("solo,", "solo, ", "solo,"),
        ("solo", "solo", "solo"),
        (", ", "", ""),
    ],
)
def test_the_separator_that_waits_for_a_tag_is_not_written(text: str, before: str, written: str) -> None:
    """One that the caption had already stays."""
    assert tag_mode.without_open_end(text, before, ",") == written


@pytest.mark.parametrize("odd", [0xFEFF, 0xD800, 0xDCE9])
def test_places_are_right_in_odd_text(odd: int) -> None:
    """A byte order mark and halves of characters are one sign each."""
    text = f"{chr(odd)}a, b{chr(odd)}"
    assert [text[tag.start : tag.end] for tag in tag_mode.read(text, ",").tags] == text.split(", ")
