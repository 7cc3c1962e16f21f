"""Wrapping and cutting text by the cells it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from engine.captions.display import show
from tui.widgets.paint import Span, clip, clip_start, graphemes, spread, strip_of, width_of, wrap
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


WHOLE = {
    "a letter with its mark": "e\u0301",
    "a letter with many marks": "z" + "\u0334\u0351" * 6,
    "a family": "👩\u200d👩\u200d👧",
    "a tone of skin": "👍🏽",
    "a flag": "🇩🇪",
    "a flag of tags": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a sign as an emoji": "❤\ufe0f",
    "a key cap": "1\ufe0f\u20e3",
    "a syllable of jamo": "\u1112\u1161\u11ab",
    "a vowel sign": "நி",
}
"""What a person sees as one character, of several code points."""
PARTS = st.lists(
    st.sampled_from([*WHOLE.values(), "猫", "a", " ", "ﬁ", "\u0301", "\u200b", "\u200d", "ไ", "ﷺ"]), max_size=30
)


@pytest.mark.parametrize("one", WHOLE.values(), ids=WHOLE)
def test_a_character_is_never_cut(one: str) -> None:
    """Clipped at either end or wrapped at any width, text keeps each character whole or leaves all of it out."""
    text = f"a{one}" * 6
    assert graphemes(text) == ["a", one] * 6
    for width in range(1, cell_len(text) + 2):
        for cut in (clip(text, width), clip_start(text, width), *wrapped(text, width)):
            assert set(graphemes(cut)) <= {"a", one, "…"}
            assert cell_len(cut) <= max(width, cell_len(one))


@pytest.mark.parametrize("one", [*WHOLE.values(), "猫", "é"], ids=[*WHOLE, "a wide sign", "a narrow one"])
def test_the_end_of_a_path_keeps_its_order(one: str) -> None:
    """Text cut at its beginning ends as the whole text does, marks on their own letters."""
    text = f"a long folder/{one}{one}b.png"
    for width in range(2, cell_len(text)):
        cut = clip_start(text, width)
        assert cut[0] == "…"
        assert text.endswith(cut[1:])
        assert width - cell_len(one) <= cell_len(cut) <= width


@given(PARTS, st.integers(1, 40))
def test_columns_never_shift(parts: list[str], width: int) -> None:
    """A row of a clipped name and a number is exactly as wide as asked for, and its number ends at the right edge."""
    name = show("".join(parts), one_line=True)
    for cut in (clip, clip_start):
        line = spread([Span(cut(name, width), PLAIN)], [Span("12", PLAIN)], width + 4, PLAIN)
        strip = strip_of(line, width + 4, PLAIN)
        assert sum(cell_len(part) for part in graphemes(strip.text)) == strip.cell_length == width + 4
        assert strip.text.endswith(" 12")


@given(PARTS, st.integers(2, 20))
def test_wrapped_lines_fill_no_more_than_the_width(parts: list[str], width: int) -> None:
    """Wrapped text loses only white space at breaks, and no line is drawn wider than asked."""
    text = show("".join(parts))
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert sum(cell_len(part) for part in graphemes(line)) <= width


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
    assert bar(0.62, 4) == ("━━╾", "━")


@pytest.mark.parametrize(
    ("text", "seen"), [("exactly ten", "exactly t…"), ("ten cells ", "ten cells "), ("猫" * 6, "猫猫猫猫 …")]
)
def test_a_line_that_is_cut_says_so(text: str, seen: str) -> None:
    """A line that is too long ends in an ellipsis; white space that is lost is no loss."""
    assert strip_of([Span(text, PLAIN)], 10, PLAIN).text.rstrip() == seen.rstrip()
    assert strip_of([Span("ten cells!   ", PLAIN)], 10, PLAIN).text == "ten cells!"
