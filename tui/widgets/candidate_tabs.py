"""The line with the names of the candidates and of the ways to merge them, the one in view marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from engine.captions.display import show
from tui.widgets.paint import UNDERLINED, Line, Span, clip, spread, width_of
from tui.widgets.signs import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from engine.review.frames import Shown
    from tui.course.card import Card

NARROW = 48
"""Cells; below, words are left out that a wide panel has room for."""
SHORT_NAME, LEAST_NAME = 6, 3
"""Cells that the name of a candidate keeps that is not in view, where not all names fit; and beside a blend."""
BEFORE = "‹ "
"""Stands where candidates before the first one shown are left out."""


class Tab(NamedTuple):
    """One candidate or blend in the line."""

    place: int
    spans: Line


class Tabs(NamedTuple):
    """The line, and what is where in it."""

    line: Line
    ends: list[tuple[int, int]]
    """For each candidate or blend the cell behind it, and its place."""


def tabs(card: Card, width: int, ink: Callable[[str], Style], merge_key: str) -> Tabs:
    """Paint the names; where not all fit, what is in view stays whole.

    Args:
        card: With at least one candidate.
        width: In cells.
        ink: Gives the styles.
        merge_key: The key that goes from blend to blend.
    """
    chosen, total = len(card.chosen(card.shown)), len(card.hunks)
    label = f"{chosen} of {total} chosen" if width >= NARROW else f"{chosen}/{total}"
    room = width - len(label) - 1
    longest = width // 2
    found = [*_candidates(card, longest, longest, ink), *_blends(card, ink, merge_key)]
    if (over := sum(width_of(tab.spans) for tab in found) - room) > 0:
        cells = _name_cells(card, longest, over - len(card.frame.candidates))
        found[: len(card.frame.candidates)] = _candidates(card, longest, cells, ink)
    left_out = False
    while len(found) > 1 and found[0].place < card.shown and _end_of(card.shown, found) > room - len(BEFORE):
        del found[0]
        left_out = True
    line: Line = [Span(BEFORE, ink("muted"))] if left_out else []
    ends = []
    for tab in found:
        line += tab.spans
        ends.append((width_of(line), tab.place))
    return Tabs([*spread(line, [Span(label, ink("muted"))], width, ink("text"))], ends)


def _end_of(place: int, found: list[Tab]) -> int:
    return sum(width_of(tab.spans) for tab in found if tab.place <= place)


def _name_cells(card: Card, longest: int, over: int) -> int:
    """Return how many cells a name has at most that is not in view, where the names take so many cells too much.

    Beside a blend, which is of all candidates, all are to be seen: there a name gets as short as it can be read, and
    at last 0 leaves the number alone.
    """
    names = [
        cell_len(_name(card, place, longest)) for place in range(len(card.frame.candidates)) if place != card.shown
    ]
    least, otherwise = (LEAST_NAME, 0) if card.blend else (SHORT_NAME, SHORT_NAME)
    fitting = (
        cells for cells in range(longest - 1, least - 1, -1) if sum(min(cells, n) for n in names) <= sum(names) - over
    )
    return next(fitting, otherwise)


def _name(card: Card, place: int, cells: int) -> str:
    return clip(show(card.frame.candidates[place].proposal.source, one_line=True), cells)


def _candidates(card: Card, longest: int, cells: int, ink: Callable[[str], Style]) -> list[Tab]:
    """Paint the candidates: that in view with its name of at most `longest` cells, the others, closer, with `cells`."""
    candidates, found = card.frame.candidates, []
    for place, shown in enumerate(candidates):
        in_view = place == card.shown
        name = _name(card, place, longest if in_view else cells)
        spans = [
            Span(f"{place + 1}{' ' * bool(name)}", ink("key" if len(candidates) > 1 else "faint")),
            Span(name, ink("name") + UNDERLINED if in_view else ink("muted")),
            Span(_standing(card, place, shown), ink("warning" if shown.stale else "muted")),
            Span("   " if cells == longest else "  ", ink("text")),
        ]
        found.append(Tab(place, spans))
    return found


def _blends(card: Card, ink: Callable[[str], Style], merge_key: str) -> list[Tab]:
    found = []
    for number, way in enumerate(card.blends):
        style = ink("name") + UNDERLINED if way is card.blend else ink("muted")
        head = [Span(f"{merge_key} ", ink("key"))] if not number else []
        found.append(Tab(len(card.frame.candidates) + number, [*head, Span(way.name, style), Span(" ", ink("text"))]))
    return found


def _standing(card: Card, place: int, shown: Shown) -> str:
    """Return what was said of a candidate, or how much of it is chosen while another is in view."""
    if shown.answer is not None:
        return f" {ANSWERS[shown.answer]}"
    if shown.stale:
        return " ! stale"
    chosen = len(card.chosen(place)) if place != card.shown else 0
    return f" +{chosen}" if chosen else ""
