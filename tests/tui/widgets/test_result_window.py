"""The lines of a long result that are seen: those around the change under the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from engine.captions.caption import parse
from engine.captions.changes.diff import apply
from engine.captions.changes.hunks import Hunk
from engine.captions.tokens.tokens import BLOCK, Blocks
from tui.widgets.paint import Line, wrap
from tui.widgets.result_line import result_spans, text_of
from tui.widgets.result_window import line_of, place_of

PLAIN, NEW, FAINT = Style(dim=True), Style(color="green"), Style()
CAPTION = parse(b"cat, long hair, hair, dog")
END = len(CAPTION.text)


def said(lines: list[Line]) -> list[str]:
    """Return what lines say."""
    return ["".join(span.text for span in line) for line in lines]


def add(tag: str) -> Hunk:
    """Return a tag put in behind all others."""
    return Hunk("add", "tags", END, END, "", tag)


@pytest.mark.parametrize(
    ("hunks", "hunk", "seen"),
    [
        ([add("sofa"), add("lamp")], add("lamp"), "lamp"),
        ([add("sofa"), add("sofa")], add("sofa"), "sofa"),
        ([Hunk("replace", "tags", 16, 20, "hair", "hat")], Hunk("replace", "tags", 16, 20, "hair", "hat"), "t, dog"),
        ([Hunk("remove", "tags", 5, 14, "long hair", "")], Hunk("remove", "tags", 5, 14, "long hair", ""), "hair, dog"),
        ([Hunk("move", "tags", 0, 3, "cat", "", to=END)], Hunk("move", "tags", 0, 3, "cat", "", to=END), "cat"),
        ([add("sofa")], None, ", sofa"),
    ],
)
def test_where_a_change_is_seen(hunks: list[Hunk], hunk: Hunk | None, seen: str) -> None:
    """A change is seen where the result with it and the result without it part; a moved tag where it goes to."""
    text = text_of(apply(CAPTION, hunks))
    assert text[place_of(CAPTION, hunks, hunk) :].removeprefix(", ") == seen.removeprefix(", ")


def test_what_is_left_out_is_seen_where_it_would_be() -> None:
    """A change that is not chosen has its place, too."""
    assert place_of(CAPTION, [], add("lamp")) == END


@given(
    st.lists(
        st.sampled_from(["cat", "long hair", "x" * 30, "\x1b[2J", "a\nb", "\u6f22\u5b57"]), min_size=1, max_size=40
    ),
    st.integers(0, 39),
    st.integers(8, 40),
    st.lists(st.integers(1, 300), max_size=3, unique=True).map(sorted),
)
def test_the_line_is_the_one_that_holds_the_place(tags: list[str], which: int, width: int, ends: list[int]) -> None:
    """Signs for line ends and blocks, marks of what is new and broken lines count as they are shown."""
    tags[which % len(tags)] = "Q"
    text = ", ".join(tags)
    blocks = Blocks(BLOCK, exact=True, ends=tuple(end for end in ends if end < len(text)))
    spans = result_spans(", ".join(tags[::2]), text.encode(), PLAIN, NEW, FAINT, ends=blocks)
    lines = wrap(spans, width)
    assert "Q" in said(lines)[line_of(spans, text, text.index("Q"), blocks, width)]
