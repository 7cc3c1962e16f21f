"""The rows of changes: which are in view, and what is said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from engine.captions.changes.agreement import Agreement
from engine.captions.changes.diff import Candidate, Hunk, Kept
from engine.captions.viewing.view import ViewedTag
from engine.finding.highlights import Highlights
from engine.finding.language import parse
from tests.tui.trial import HOSTILE
from tui.widgets.hunk_rows import HunkRow, Look, column_heads, kept_lines, rows_in_view

if TYPE_CHECKING:
    from tui.widgets.paint import Line


def look(width: int = 40) -> Look:
    """Return a way to paint in one style."""
    return Look(width, lambda _: Style())


def text(line: Line) -> str:
    """Return what a line says."""
    return "".join(span.text for span in line)


def said(rows: list[HunkRow]) -> list[str]:
    """Return what rows say, without the space at their end."""
    return [text(row.line).rstrip() for row in rows]


def add(new: str, score: float | None = None) -> Hunk:
    """Return an addition."""
    return Hunk("add", "tags", 0, 0, "", new, score)


def tags(**scores: float) -> Candidate:
    """Return a tagger's candidate."""
    return Candidate(1, "tags", tuple(ViewedTag(name, score, "", name) for name, score in scores.items()))


@given(
    st.lists(st.sampled_from([1, 1, 1, 2, 4]), min_size=1, max_size=30),
    st.integers(0),
    st.integers(0),
    st.integers(4, 20),
)
def test_the_cursor_is_in_view(heights: list[int], cursor: int, first: int, space: int) -> None:
    """Wherever the view was, the change at the cursor is in it whole; no line is left free that a change could have."""
    hunks = [add(" ".join(["x" * 30] * height)) for height in heights]
    cursor, first = cursor % len(hunks), first % len(hunks)
    seen = rows_in_view(hunks, frozenset(), cursor, look(), first, space)
    places = [row.hunk for row in seen.rows]
    assert places == sorted(places)
    assert places.count(cursor) == heights[cursor]
    assert len(places) <= space
    assert seen.below == sum(
        places.count(place) < height for place, height in enumerate(heights) if place >= seen.first
    )
    if seen.first <= first <= cursor and first in places:
        assert seen.first == first or not seen.below
    if seen.first and not seen.below:
        assert len(places) + heights[seen.first - 1] > space


def test_a_change_that_stays_in_view_scrolls_nothing() -> None:
    """Going down and up within what is seen leaves the first row where it is."""
    hunks = [add(f"tag{number}") for number in range(50)]
    assert rows_in_view(hunks, frozenset(), 20, look(), 15, 10).first == 15
    assert rows_in_view(hunks, frozenset(), 25, look(), 15, 10).first == 16
    assert rows_in_view(hunks, frozenset(), 3, look(), 15, 10).first == 3


def test_who_agrees() -> None:
    """Beside others a tag says how many propose it; together, where there is room, what each of them gives it."""
    agreement = Agreement([tags(sofa=0.9), tags(sofa=0.8, lamp=0.7)], ",")
    narrow, wide = look(36).beside(agreement, together=True), look(60).beside(agreement, together=True)
    hunks = [add("sofa", 0.9), add("lamp", 0.7)]
    assert said(rows_in_view(hunks, frozenset({0}), 0, narrow, 0, 9).rows)[1].split()[:5] == [
        "□",
        "+",
        "lamp",
        "1/2",
        "0.70",
    ]
    assert column_heads((0, 2), narrow) == []
    assert text(column_heads((0, 2), wide)[0]).split() == ["1", "3"]
    assert said(rows_in_view(hunks, frozenset({0}), 0, wide, 0, 9).rows)[1].split()[-3:] == ["1/2", "·", "0.70"]
    assert look(99).beside(agreement, together=False).columns is False
    assert look(100).beside(agreement, together=False).columns is True


def test_what_was_looked_for_is_marked() -> None:
    """In the text of a change, whatever it does, and whatever a terminal would obey in it."""
    highlights = Highlights(parse("tag:red_sofa OR caption:la"))
    marking = Look(60, lambda _: Style(), highlights.spans)
    hunks = [add("red sofa", 0.9), Hunk("replace", "tags", 0, 4, "la\x1bmp", "lamp"), add("dog")]
    rows = rows_in_view(hunks, frozenset({0}), 2, marking, 0, 9).rows
    marks = ["".join(span.text for span in row.line if span.style.underline) for row in rows]
    assert marks == ["red sofa", "lala", ""]
    assert said(rows)[1].split() == ["□", "~", "la␛mp", "→", "lamp"]


def test_every_row_is_as_wide_as_the_panel() -> None:
    """Whatever the text, a row fills its line and holds nothing that a terminal obeys."""
    hunks = [
        add(HOSTILE, 0.5),
        add("黑猫" * 20),
        Hunk("move", "tags", 0, 3, HOSTILE, HOSTILE),
        Hunk("remove", "prose", 0, 1, "e\u0301" * 60, ""),
    ]
    for row in rows_in_view(hunks, frozenset({0}), 1, look(33), 0, 60).rows:
        assert cell_len(text(row.line)) == 33
        assert "\x1b" not in text(row.line)


def test_what_is_kept_takes_no_more_than_its_room() -> None:
    """Tags that stay are told with scores, as many as fit."""
    kept = [Kept(f"long name {number}", 0.5, "") for number in range(100)]
    assert [text(line) for line in kept_lines(kept[:1], look(), 2)] == ["kept  long\u00a0name\u00a00\u00a00.50"]
    lines = kept_lines(kept, look(), 2)
    assert len(lines) == 2
    assert text(lines[1]).endswith("…")
    assert kept_lines(kept, look(), 0) == []
