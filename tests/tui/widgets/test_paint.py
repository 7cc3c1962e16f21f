"""Wrapping and cutting text by the cells it takes."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.style import Style

from tui.widgets.paint import Span, clip, clip_start, spread, strip_of, width_of, wrap
from tui.widgets.signs import bar

PLAIN = Style()


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a wrapped text."""
    return ["".join(span.text for span in line) for line in wrap([Span(text, PLAIN)], width)]


def test_lines_break_between_words() -> None:
    """Words stay whole where they fit; a newline ends a line."""
    assert wrapped("a cat on a sofa\nlooks up", 8) == ["a cat on", "a sofa", "looks up"]


@pytest.mark.parametrize("text", ["x" * 50, "猫の写真がここにあります" * 4, "a 👩‍👩‍👧 b " * 9, "e\u0301" * 40, ""])
@pytest.mark.parametrize("width", [1, 2, 7, 20])
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    """Long words and wide signs are broken by cells; nothing but white space is lost."""
    lines = wrapped(text, width)
    assert all(cell_len(line) <= max(width, 2) for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["short", "a long name.png", "猫の写真.png"])
def test_clipped_text_fits(text: str) -> None:
    """Cut text has an ellipsis and fits; at the start or at the end."""
    for width in range(1, 20):
        for cut in (clip, clip_start):
            assert cell_len(cut(text, width)) <= max(width, 1)
    assert clip_start("a long name.png", 9) == "…name.png"


def test_spread_fills_the_width() -> None:
    """A line has its left part cut before its right part, and exactly the width asked for."""
    line = spread([Span("a long name", PLAIN)], [Span("1/2", PLAIN)], 10, PLAIN)
    assert "".join(span.text for span in line) == "a lon… 1/2"
    assert width_of(line) == strip_of(line, 10, PLAIN).cell_length == 10


def test_bar_is_as_long_as_its_share() -> None:
    """A bar fills its cells to a half; the rest is its track."""
    assert bar(0.0, 4) == ("", "━━━━")
    assert bar(0.5, 4) == ("━━", "━━")
    assert bar(1.0, 4) == ("━━━━", "")
    assert bar(0.62, 4) == ("━━╸", "━")
