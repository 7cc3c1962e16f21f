"""The lines in view of a text that does not fit: those around one of them, or those that were scrolled to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tui.widgets.paint import Line, Span
from tui.widgets.text_window import Window

PLAIN = Style()


def numbered(count: int) -> list[Line]:
    """Return lines that say their number."""
    return [[Span(str(number), PLAIN)] for number in range(count)]


def said(lines: list[Line]) -> list[str]:
    """Return what lines say."""
    return ["".join(span.text for span in line) for line in lines]


def counts(seen: list[str], count: int) -> bool:
    """Say whether the lines told of and the lines seen are all there are."""
    told = [int(line.split()[1]) for line in seen if line.startswith("…")]
    return sum(told) + len(seen) - len(told) == count


@given(st.integers(1, 60), st.integers(0, 59), st.integers(3, 20))
def test_the_line_is_seen_and_the_rest_is_counted(count: int, at: int, limit: int) -> None:
    """The line is in the window, no line is lost without a word, and no more lines are taken than there are."""
    at %= count
    seen = said(Window().lines(numbered(count), at, limit, PLAIN, "text"))
    assert str(at) in seen
    assert len(seen) == min(count, limit)
    assert counts(seen, count)


@given(st.integers(1, 60), st.integers(0, 59), st.integers(3, 20))
def test_every_line_is_come_to_page_by_page(count: int, at: int, limit: int) -> None:
    """From wherever it began, paging up to the beginning and down to the end shows each line, and ends."""
    window = Window()

    def show() -> list[str]:
        lines = said(window.lines(numbered(count), at % count, limit, PLAIN, "text"))
        assert counts(lines, count)
        assert len(lines) == min(count, limit)
        return lines

    seen = show()
    while window.scroll(-window.page):
        seen = show()
    assert seen[0] == "0"
    passed = set(seen)
    while window.scroll(window.page):
        passed |= set(show())
    assert {str(number) for number in range(count)} <= passed


def test_another_text_is_not_scrolled() -> None:
    """What was scrolled to holds for the same text only; without a text there is nothing to scroll."""
    window, lines = Window(), numbered(20)
    window.lines(lines, 0, 5, PLAIN, "one")
    assert window.scroll(6)
    assert said(window.lines(lines, 0, 5, PLAIN, "one"))[1] == "6"
    assert said(window.lines(lines, 0, 5, PLAIN, "other"))[0] == "0"
    window.close()
    assert not window.scroll(1)


def test_too_few_lines_cannot_be_scrolled() -> None:
    """Where there is no room for a line between the counts the lines are only counted."""
    window = Window()
    assert said(window.lines(numbered(5), 0, 1, PLAIN, "text")) == ["… 5 more lines"]
    assert not window.scroll(1)
