"""Tags with their counts, a line each; a bar for how much of all images has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.display import show
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span, spread
from tui.widgets.signs import SELECTED, bar

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from engine.finding.finder import TagUse

COUNT_CELLS, SHARE_CELLS, BAR_CELLS = 9, 6, 12
ROOM_FOR_BAR = 60


class TagList(ItemList["TagUse"]):
    """Draws tags: how many of the images chosen have it, how many of all, and which share that is."""

    EVEN = True

    def __init__(self, marked: AbstractSet[str], *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty.

        Args:
            marked: Keys of the selected tags; read when a row is drawn.
            id: The widget's.
        """
        super().__init__(id=id)
        self._marked = marked
        self.images = 1
        """How many images are chosen."""
        self.are_all = True
        """Whether these are all there are."""

    def height_of(self, item: TagUse, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: TagUse, width: int, *, in_view: bool) -> list[Line]:
        """Paint one tag."""
        is_marked = item.key in self._marked
        head = [
            Span(f"{SELECTED.glyph} " if is_marked else "  ", self.ink(SELECTED.ink)),
            Span(show(item.name, one_line=True), self.ink("name" if in_view else "text")),
        ]
        right: Line = []
        if width >= ROOM_FOR_BAR:
            filled, rest = bar(item.here / max(1, self.images), BAR_CELLS)
            right += [Span(filled, self.ink("accent")), Span(rest, self.ink("track"))]
        right.append(Span(f"{item.here:>{COUNT_CELLS},}", self.ink("text")))
        if not self.are_all:
            share = f"{100 * item.here / item.total:.0f}%"
            right += [
                Span(f"{item.total:>{COUNT_CELLS},}", self.ink("muted")),
                Span(f"{share:>{SHARE_CELLS}}", self.ink("muted")),
            ]
        return [spread(head, right, width, self.ink("text"))]
