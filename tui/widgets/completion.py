"""The list of tags that may be meant, beside the cursor of the caption editor; keys stay with the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Offset

from engine.captions.display import show
from tui.widgets.paint import Line, Painted, Span, clip, spread, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events

    from engine.captions.known.suggestion import Suggestion

MOST_ROWS = 8
LEAST_CELLS, MOST_CELLS = 24, 60
_INKS = {"character": "add", "copyright": "score", "artist": "warning", "meta": "muted", "rating": "muted"}
"""Categories that are told apart by colour, too."""


class CompletionList(Painted):
    """Suggestions with their category and count, the alias that was typed before its tag."""

    DEFAULT_CSS = """
    CompletionList {
        overlay: screen;
        constrain: inside inside;
        display: none;
        background: $panel;
    }
    """

    def __init__(self, picked: Callable[[], None], *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start closed.

        Args:
            picked: Called when a suggestion was clicked, and is the chosen one.
            id: As widgets have one.
        """
        super().__init__(id=id)
        self._picked = picked
        self._found: list[Suggestion] = []
        self._place: int | None = None
        self._top = 0

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self.display

    @property
    def place(self) -> int | None:
        """Where in the list the person is, from 0; None before they went into it."""
        return self._place

    @property
    def entered(self) -> bool:
        """Whether the person went into it: then enter takes what is under its cursor."""
        return self.display and self._place is not None

    @property
    def chosen(self) -> Suggestion | None:
        """The suggestion under its cursor, else the first; None while it is closed."""
        return self._found[self._place or 0] if self.display and self._found else None

    def show_found(self, found: Sequence[Suggestion], cursor: Offset, *, above: bool = False) -> None:
        """Open on suggestions, or close where there are none.

        Args:
            found: The best first; where they only grew, the cursor stays.
            cursor: Of the editor, on the screen: the list stands below it, or above where there is more room.
            above: Whether it stands above in any case.
        """
        if not found:
            self.close()
            return
        if self._found != list(found[: len(self._found)]):
            self._place, self._top = None, 0
        self._found = list(found)
        room = self.screen.size
        rows = min(MOST_ROWS, len(found), max(cursor.y, room.height - cursor.y - 1))
        width = min(MOST_CELLS, room.width, max(LEAST_CELLS, *(_width(one) + 2 for one in found)))
        below = cursor.y + 1 + rows <= room.height and not above
        self.absolute_offset = Offset(
            max(0, min(cursor.x, room.width - width)), cursor.y + 1 if below else cursor.y - rows
        )
        self.styles.width, self.styles.height = width, rows
        self.display = True
        self.refresh(layout=True)  # the place alone is nothing that Textual watches
        self.renew()

    def close(self) -> None:
        """Leave the screen."""
        self._found, self._place, self._top = [], None, 0
        self.display = False

    def move(self, by: int) -> None:
        """Go into the list, to another suggestion, or above the first out of it again."""
        place = (-1 if self._place is None else self._place) + by
        self._place = None if place < 0 else min(place, len(self._found) - 1)
        here, rows = self._place or 0, max(1, self.size.height)
        self._top = min(max(self._top, here - rows + 1), here)
        self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Return the suggestions in view."""
        shown = range(self._top, min(len(self._found), self._top + height))
        return [self._row(place, width) for place in shown]

    def _row(self, place: int, width: int) -> Line:
        one = self._found[place]
        ground, text = self.ink("ground"), self.ink(_INKS.get(one.category, "text"))
        name = Span(show(one.tag, one_line=True), text)
        left = [Span(show(f"{one.alias} → ", one_line=True), self.ink("muted")), name] if one.alias else [name]
        told = " ".join(part for part in (show(one.category, one_line=True), _count(one)) if part)
        told = clip(told, max(0, width - width_of(left) - 4))
        # A sign that tab takes the first one, until the person has gone into the list.
        sign = Span("⇥", self.ink("key")) if self._place is None and place == 0 else Span(" ", ground)
        line = [sign, *spread(left, [Span(told, self.ink("muted"))], width - 2, ground), Span(" ", ground)]
        if place != self._place:
            return line
        shade = Style(reverse=True)
        return [Span(text, style + shade) for text, style in line] + [Span(" " * (width - width_of(line)), shade)]

    def on_click(self, event: events.Click) -> None:
        """Take the suggestion that was clicked."""
        event.stop()
        if self._top + event.y < len(self._found):
            self._place = self._top + event.y
            self._picked()


def _width(one: Suggestion) -> int:
    """Return how many cells a suggestion takes."""
    alias = f"{one.alias} → " if one.alias else ""
    return cell_len(show(f"{alias}{one.tag}  {one.category} {_count(one)}", one_line=True))


def _count(one: Suggestion) -> str:
    """Return how often a tag is used; of this dataset's own exactly, and marked."""
    if one.source == "dataset":
        return f"×{one.count:,}"
    if one.count < 1000:  # noqa: PLR2004  (the step between the units)
        return str(one.count or "")
    return f"{one.count / 1000:.0f}k" if one.count < 1_000_000 else f"{one.count / 1_000_000:.1f}M"  # noqa: PLR2004
