"""The rows of a candidate: one change each, with its box, sign, text, and score as a number and a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style

from engine.captions.display import show
from tui.widgets.paint import STRUCK, Span, spread, width_of, wrap
from tui.widgets.signs import CHOSEN, LEFT_OUT, OPERATIONS, bar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.captions.diff import Hunk
    from tui.widgets.paint import Line

BARS = ((78, 12), (54, 8), (36, 5))
"""From which width of the panel a bar is how long, in cells; a narrower panel shows scores without bars."""
QUIET_CATEGORIES = frozenset({"", "general"})
CURSOR = "▸"


class HunkRow(NamedTuple):
    """One line of one change."""

    hunk: int
    line: Line


def hunk_rows(
    hunks: Sequence[Hunk], chosen: frozenset[int], cursor: int, width: int, ink: Callable[[str], Style]
) -> list[HunkRow]:
    """Return the rows of all changes, in order; a long one takes several.

    Args:
        hunks: The changes of one candidate.
        chosen: Which of them are chosen.
        cursor: The one the cursor is at; -1 for none.
        width: In cells.
        ink: Gives the styles.
    """
    rows = []
    for place, hunk in enumerate(hunks):
        ground = Style(bgcolor=ink("cursor").bgcolor) if place == cursor else Style()
        for line in _rows_of(hunk, place in chosen, place == cursor, width, ink):
            full = spread(line, [], width, ink("text"))
            rows.append(HunkRow(place, [Span(text, style + ground) for text, style in full]))
    return rows


def _rows_of(hunk: Hunk, is_chosen: bool, at_cursor: bool, width: int, ink: Callable[[str], Style]) -> list[Line]:  # noqa: FBT001
    sign, box = OPERATIONS[hunk.op], CHOSEN if is_chosen else LEFT_OUT
    head = [
        Span(f"{CURSOR if at_cursor else ' '} ", ink("accent")),
        Span(f"{box.glyph} ", ink(box.ink)),
        Span(f"{sign.glyph} ", ink(sign.ink) if is_chosen else ink("muted")),
    ]
    tail = _score(hunk, is_chosen, width, ink)
    room = width - width_of(head) - width_of(tail)
    first, *more = wrap(_text(hunk, is_chosen, ink), room)
    indent = Span(" " * width_of(head), ink("text"))
    return [spread([*head, *first], tail, width, ink("text")), *([indent, *line] for line in more)]


def _text(hunk: Hunk, is_chosen: bool, ink: Callable[[str], Style]) -> Line:  # noqa: FBT001
    new = ink("add") if is_chosen else ink("muted")
    old = (ink("remove") + STRUCK) if is_chosen else ink("muted")
    was, becomes = show(hunk.old.strip(), one_line=True), show(hunk.new.strip(), one_line=True)
    if hunk.op == "add":
        text = [Span(becomes, new)]
    elif hunk.op == "remove":
        text = [Span(was, old)]
    else:
        text = [Span(was, old), Span(" → ", ink("faint")), Span(becomes, new)]
    if hunk.category not in QUIET_CATEGORIES:
        text.append(Span(f" {show(hunk.category, one_line=True)}", ink("faint")))
    return text


def _score(hunk: Hunk, is_chosen: bool, width: int, ink: Callable[[str], Style]) -> Line:  # noqa: FBT001
    if hunk.score is None:
        return []
    number = Span(f" {hunk.score:.2f}", ink("score") if is_chosen else ink("muted"))
    cells = next((cells for room, cells in BARS if width >= room), 0)
    if not cells:
        return [number]
    filled, empty = bar(hunk.score, cells)
    return [number, Span(f" {filled}", ink("score") if is_chosen else ink("faint")), Span(f"{empty} ", ink("track"))]
