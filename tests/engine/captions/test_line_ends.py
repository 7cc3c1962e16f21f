"""Line ends of both kinds in one text, after an edit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse, with_text
from engine.captions.line_ends import with_ends_of

LINES = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["\n", "\r\n"])), max_size=12)


@pytest.mark.parametrize(
    ("before", "edited", "after"),
    [
        ("a\r\nb\nc\r\n", "a\nB\nc\n", "a\r\nB\r\nc\r\n"),
        ("a\r\nb\nc\n", "a\nb\nnew\nc\n", "a\r\nb\nnew\nc\n"),
        ("a\r\nb\nc\r\nd", "b\nc\nd\ne", "b\nc\r\nd\r\ne"),
        ("a\r\nb\n", "a\nb\nc\n", "a\r\nb\nc\n"),
        ("a\r\nb\nc\r\n", "", ""),
    ],
)
def test_lines_keep_their_ends(before: str, edited: str, after: str) -> None:
    """Lines that stay end as they did, new ones as most do."""
    assert with_ends_of(edited, before) == after


@given(LINES)
def test_nothing_changed_is_nothing_changed(lines: list[tuple[str, str]]) -> None:
    """A text that was not edited gets its own ends again."""
    before = "".join(line + end for line, end in lines)
    assert with_ends_of(before.replace("\r\n", "\n"), before) == before


@given(LINES, st.text("abc\n", max_size=20))
def test_only_ends_are_chosen(lines: list[tuple[str, str]], edited: str) -> None:
    """Whatever was edited, its lines are as they were typed."""
    before = "".join(line + end for line, end in lines)
    assert with_ends_of(edited, before).replace("\r\n", "\n") == edited


def test_a_long_file_of_equal_lines_takes_a_moment() -> None:
    """An edit in the middle of many equal lines is found without comparing each with each."""
    before = "a\r\n" + "x\n" * 50_000
    assert with_ends_of(before.replace("\r\n", "\n") + "y", before) == before + "y"
    with_ends_of("a\n" + "x\n" * 20_000 + "new\n" + "x\n" * 20_000 + "y", before)


def test_a_hand_edit_keeps_the_end_of_each_line_it_leaves_alone() -> None:
    """The file's bytes change only where the person changed a line."""
    assert with_text(parse(b"a, b\r\nc\nd\r\n"), "a, b\nC\nd") == b"a, b\r\nC\r\nd\r\n"
