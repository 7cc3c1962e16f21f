"""The line with the names of the candidates and of the ways to merge them, the one in view marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
SHORT_NAME = 6
"""Cells of the name of a candidate that is not in view, where not all names fit."""
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
    for short in (False, True):
        found = [*_candidates(card, width, ink, short=short), *_blends(card, ink, merge_key)]
        if sum(width_of(tab.spans) for tab in found) <= room:
            break
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


def _candidates(card: Card, width: int, ink: Callable[[str], Style], *, short: bool) -> list[Tab]:
    candidates, found = card.frame.candidates, []
    for place, shown in enumerate(candidates):
        in_view = place == card.shown
        name = clip(show(shown.proposal.source, one_line=True), SHORT_NAME if short and not in_view else width // 2)
        if short and card.blend:
            name = ""  # its number says which it is
        spans = [
            Span(f"{place + 1}{' ' * bool(name)}", ink("key" if len(candidates) > 1 else "faint")),
            Span(name, ink("name") + UNDERLINED if in_view else ink("muted")),
            Span(_standing(card, place, shown), ink("warning" if shown.stale else "muted")),
            Span("   ", ink("text")),
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
