"""The rows of what is proposed: one change each, with its box, sign, text, who agrees on it, and its score.

Where several candidates have a voice, a row says how many of them propose its tag; where there is room, or they are
looked at together, it gives the score of each in a column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style

from engine.captions.display import show, show_space
from engine.captions.weights import name_key
from tui.widgets.marks import marked
from tui.widgets.paint import STRUCK, Span, spread, width_of, wrap
from tui.widgets.signs import CHOSEN, LEFT_OUT, OPERATIONS, bar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.captions.changes.agreement import Agreement
    from engine.captions.changes.diff import Hunk, Kept
    from engine.captions.changes.spaces import Spaced
    from tui.widgets.marks import Spans
    from tui.widgets.paint import Line

BARS = ((78, 12), (54, 8), (36, 5))
"""From which width of the panel a bar is how long, in cells; a narrower panel shows scores without bars."""
COLUMN = 6
"""Cells of the score of one candidate beside those of others."""
TEXT_BESIDE_COLUMNS = 26
"""Cells that the text of a change has at least beside columns; where it has less, there are none."""
WIDE = 100
"""Width of the panel, in cells, from which there are columns, too, when one candidate is in view."""
QUIET_CATEGORIES = frozenset({"", "general"})
CURSOR = "▸"


class HunkRow(NamedTuple):
    """One line of one change."""

    hunk: int
    line: Line


class Look(NamedTuple):
    """How rows are painted."""

    width: int
    """In cells."""
    ink: Callable[[str], Style]
    """Gives the styles."""
    marks: Spans | None = None
    """Says what of a change's text was looked for; None marks nothing."""
    agreement: Agreement | None = None
    """Who proposes what; None where nobody else has a voice."""
    columns: bool = False
    """Whether the score of each candidate has a column."""

    def beside(self, agreement: Agreement, *, together: bool) -> Look:
        """Return the same with what candidates agree on, where there are several.

        Args:
            agreement: What they say.
            together: Whether they are looked at together.
        """
        if agreement.voices <= 1:
            return self
        room = self.width >= COLUMN * agreement.voices + TEXT_BESIDE_COLUMNS and (together or self.width >= WIDE)
        return self._replace(agreement=agreement, columns=room)


class InView(NamedTuple):
    """What of the changes fits."""

    rows: list[HunkRow]
    first: int
    """The change at the top."""
    below: int
    """How many changes lie below, wholly or in part."""


def rows_in_view(
    hunks: Sequence[Hunk], chosen: frozenset[int], cursor: int, look: Look, first: int, space: int
) -> InView:
    """Return the rows that fit, that of the cursor among them, scrolled no more than it needs; paints no others.

    Args:
        hunks: The changes, at least one.
        chosen: Which of them are chosen.
        cursor: The one the cursor is at.
        look: How they are painted.
        first: The change at the top the last time.
        space: How many lines there are, at least 1.
    """
    made = {cursor: _rows(hunks[cursor], cursor, chosen, cursor, look)}
    used, top, end = len(made[cursor]), cursor, cursor + 1

    def paint(place: int) -> int:
        made[place] = _rows(hunks[place], place, chosen, cursor, look)
        return len(made[place])

    while top > first and used < space:
        used += paint(top - 1)
        top -= 1
    while used > space and top < cursor:
        used -= len(made[top])
        top += 1
    while end < len(hunks) and used < space:
        used += paint(end)
        end += 1
    while top and end == len(hunks) and used < space:
        if used + paint(top - 1) > space:
            break
        used += len(made[top - 1])
        top -= 1
    rows = [row for place in range(top, end) for row in made[place]]
    whole = end if used <= space else end - 1
    return InView(rows[:space], top, len(hunks) - whole)


def _rows(hunk: Hunk, place: int, chosen: frozenset[int], cursor: int, look: Look) -> list[HunkRow]:
    text = look.ink("text")
    ground = Style(bgcolor=look.ink("cursor").bgcolor) if place == cursor else None
    rows = []
    for line in _rows_of(hunk, place in chosen, place == cursor, look):
        full = spread(line, [], look.width, text)
        rows.append(HunkRow(place, full if ground is None else [Span(part, style + ground) for part, style in full]))
    return rows


def column_heads(places: Sequence[int], look: Look) -> list[Line]:
    """Return the line over the columns, with the numbers of the candidates; none where there are no columns."""
    if not look.columns:
        return []
    heads = Span("".join(f"{place + 1:>{COLUMN}}" for place in places), look.ink("key"))
    return [spread([], [heads], look.width, look.ink("text"))]


def kept_lines(kept: Sequence[Kept], look: Look, limit: int) -> list[Line]:
    """Return what the caption has already, with scores, in at most so many lines; none where that is nothing."""
    if not kept or limit < 1:
        return []
    spans = [Span("kept  ", look.ink("faint"))]
    for place, one in enumerate(kept[: limit * look.width // 6 + 1]):  # more than fit
        name = show(one.text, one_line=True).replace(" ", "\u00a0")
        spans += [
            Span(" · " if place else "", look.ink("faint")),
            Span(f"{name}\u00a0{one.score:.2f}", look.ink("muted")),
        ]
    lines = wrap(spans, look.width)
    return lines if len(lines) <= limit else [*lines[: limit - 1], [*lines[limit - 1], Span(" …", look.ink("faint"))]]


def _rows_of(hunk: Hunk, is_chosen: bool, at_cursor: bool, look: Look) -> list[Line]:  # noqa: FBT001
    width, ink = look.width, look.ink
    sign, box = OPERATIONS[hunk.op], CHOSEN if is_chosen else LEFT_OUT
    head = [
        Span(f"{CURSOR if at_cursor else ' '} ", ink("accent")),
        Span(f"{box.glyph} ", ink(box.ink)),
        Span(f"{sign.glyph} ", ink(sign.ink) if is_chosen else ink("muted")),
    ]
    tail = (
        _columns(hunk, is_chosen, look) if look.columns else [*_mark(hunk, look), *_score(hunk, is_chosen, width, ink)]
    )
    room = width - width_of(head) - width_of(tail)
    first, *more = wrap(_text(hunk, is_chosen, look), room)
    indent = Span(" " * width_of(head), ink("text"))
    return [spread([*head, *first], tail, width, ink("text")), *([indent, *line] for line in more)]


def _mark(hunk: Hunk, look: Look) -> Line:
    """Return how many candidates propose the tag that a change is about."""
    if look.agreement is None or hunk.part != "tags":
        return []
    tag = hunk.tag_added or name_key(hunk.old)
    unanimous = look.agreement.count(tag) == look.agreement.voices
    return [Span(f" {look.agreement.mark(tag)}", look.ink("text" if unanimous else "muted"))]


def _columns(hunk: Hunk, is_chosen: bool, look: Look) -> Line:  # noqa: FBT001
    """Return how many candidates propose the tag, and each one's score."""
    if look.agreement is None or hunk.part != "tags":
        return []
    scores = look.agreement.scores(hunk.tag_added or name_key(hunk.old))
    style = look.ink("score") if is_chosen else look.ink("muted")
    cells = [
        Span(f"{score:{COLUMN}.2f}", style) if score is not None else Span(f"{'·':>{COLUMN}}", look.ink("faint"))
        for score in scores
    ]
    return [*_mark(hunk, look), *cells]


def _text(hunk: Hunk, is_chosen: bool, look: Look) -> Line:  # noqa: FBT001
    ink = look.ink
    new = ink("add") if is_chosen else ink("muted")
    old = (ink("remove") + STRUCK) if is_chosen else ink("muted")
    goes, comes = hunk.sides
    if hunk.op == "add":
        text = _marked(comes, new, look)
    elif hunk.op == "move":
        text = [*_marked(goes, new, look), Span(" moved", ink("faint"))]
    elif hunk.op == "remove":
        text = _marked(goes, old, look)
    else:
        text = [*_marked(goes, old, look), Span(" → ", ink("faint")), *_marked(comes, new, look)]
    if hunk.edited:
        text.append(Span(" edited", ink("faint")))
    if hunk.category not in QUIET_CATEGORIES:
        text.append(Span(f" {show(hunk.category, one_line=True)}", ink("faint")))
    return text


def _marked(side: Spaced, style: Style, look: Look) -> Line:
    """Return what stands in the caption, or would, with what was looked for marked; changed white space as signs."""
    found = look.marks(side.text) if look.marks else ()
    words = [Span(show(part, one_line=True), style) for part, style in marked(side.text, found, style)]
    return [Span(show_space(side.before), style), *words, Span(show_space(side.behind), style)]


def _score(hunk: Hunk, is_chosen: bool, width: int, ink: Callable[[str], Style]) -> Line:  # noqa: FBT001
    if hunk.score is None:
        return []
    number = Span(f" {hunk.score:.2f}", ink("score") if is_chosen else ink("muted"))
    cells = next((cells for room, cells in BARS if width >= room), 0)
    if not cells:
        return [number]
    filled, empty = bar(hunk.score, cells)
    return [number, Span(f" {filled}", ink("score") if is_chosen else ink("faint")), Span(f"{empty} ", ink("track"))]
