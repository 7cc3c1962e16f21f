"""A list of things of several lines each; only those in view are ever painted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, overload

from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from engine.captions.display import show
from tui.messages import ItemPicked
from tui.widgets.paint import Inked, Line, Span, strip_of, width_of

if TYPE_CHECKING:
    from textual import events

T = TypeVar("T")


class EvenTops(Sequence[int]):
    """The first line of each item where all have one line but for one: reckoned, so that any number costs nothing."""

    def __init__(self, count: int, place: int, height: int) -> None:
        """Take how many items there are, and the height of the one that may be higher."""
        self._count, self._place, self._more = count, place, height - 1 if place < count else 0

    def __len__(self) -> int:
        return self._count + 1

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[int]: ...
    def __getitem__(self, at: int | slice) -> int | Sequence[int]:
        """Return the first line of an item; behind the last, how many lines there are."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError(at)
        return at + (self._more if at > self._place else 0)


class ItemList(Inked, ScrollView, Generic[T], can_focus=False):
    """Draws the items in view, and a bar beside the one under the cursor."""

    DEFAULT_CSS = "ItemList { scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: auto; }"
    ALWAYS_MARKED: ClassVar[bool] = False
    """Whether the cursor is seen also while keys go elsewhere."""
    EVEN: ClassVar[bool] = False
    """Whether every item has one line but for the one under the cursor, and nothing above it: for very long lists."""
    BOX_CELLS: ClassVar[int] = 0
    """Cells at the left edge of an item's first line that are a box to click; 0 for items without one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty, without the cursor."""
        super().__init__(id=id)
        self.empty_text = ""
        """What is read where there are no items; raw text."""
        self._items: Sequence[T] = ()
        self._place = 0
        self._active = False
        self._tops: Sequence[int] = [0]
        """The first line of each item, and at last how many lines there are."""

    def lines_of(self, item: T, width: int, *, in_view: bool) -> list[Line]:
        """Paint an item.

        Args:
            item: What to paint.
            width: In cells; the same with a scroll bar and without.
            in_view: Whether it is under the cursor.
        """
        raise NotImplementedError

    def above(self, item: T) -> list[Line]:  # noqa: ARG002  (few lists have headings)
        """Return the lines that stand over an item and are no part of it."""
        return []

    def height_of(self, item: T, width: int) -> int:
        """Say how many lines an item has that is not under the cursor; cheaper than painting it."""
        raise NotImplementedError

    @property
    def room(self) -> Size:
        """The cells beside the scroll bar."""
        return self.scrollable_content_region.size

    def show_items(self, items: Sequence[T], place: int, *, active: bool) -> None:
        """Show items.

        Args:
            items: All of them; not copied.
            place: Of the one under the cursor, from 0.
            active: Whether keys go to this list.
        """
        self._items, self._place, self._active = items, place, active
        self._measure()

    def on_resize(self) -> None:
        """Keep the item under the cursor in view."""
        self._measure()

    @property
    def _cells(self) -> int:
        """The width of an item: what is left beside the cursor's bar and the scroll bar."""
        return self.size.width - 2

    def _measure(self) -> None:
        width = self._cells
        if width <= 0:
            return
        count, height = len(self._items), 1
        if self._shows_cursor and self._place < count:
            here = self._items[self._place]
            height = len(self.above(here)) + len(self.lines_of(here, width, in_view=True))
        if self.EVEN:
            self._tops = EvenTops(count, self._place, height)
        else:
            heights = [len(self.above(item)) + self.height_of(item, width) for item in self._items]
            if self._shows_cursor and self._place < count:
                heights[self._place] = height
            self._tops = [0, *accumulate(heights)]
        self.virtual_size = Size(self.room.width, self._tops[-1])
        top = self.scroll_offset.y
        if self._place < len(self._items):
            first, end = self._tops[self._place : self._place + 2]
            wanted = min(max(top, end - self.room.height), first)
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)
        self.renew()

    @property
    def _shows_cursor(self) -> bool:
        return self._active or self.ALWAYS_MARKED

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Show other items."""
        super().watch_scroll_y(old_value, new_value)
        self.renew()

    def make_strips(self, width: int, height: int) -> list[Strip]:
        """Return the lines in view."""
        ground = self.ink("ground")
        top = self.scroll_offset.y
        if not self._items:
            strips = [strip_of([Span(f" {show(self.empty_text, one_line=True)}", self.ink("muted"))], width, ground)]
        else:
            place = max(0, bisect_right(self._tops, top) - 1)
            skipped = top - self._tops[place]
            strips = []
            while place < len(self._items) and len(strips) < height + skipped:
                strips += self._strips_of(place, width)
                place += 1
            strips = strips[skipped : skipped + height]
        return strips + [Strip.blank(width, ground)] * (height - len(strips))

    def _strips_of(self, place: int, width: int) -> list[Strip]:
        item, in_view = self._items[place], place == self._place and self._shows_cursor
        lines = self.lines_of(item, self._cells, in_view=in_view)
        ground, space = self.ink("ground"), Span(" ", self.ink("text"))
        above = [strip_of([space, *line], width, ground) for line in self.above(item)]
        if not in_view:
            return [*above, *(strip_of([space, *line], width, ground) for line in lines)]
        bar = Span("▌", self.ink("accent" if self._active else "faint"))
        return above + [strip_of(self._shaded([bar, *line], width), width, ground) for line in lines]

    def _shaded(self, line: Line, width: int) -> Line:
        shade = Style(bgcolor=self.ink("cursor").bgcolor)
        return [*(Span(text, style + shade) for text, style in line), Span(" " * (width - width_of(line)), shade)]

    def on_click(self, event: events.Click) -> None:
        """Tell which item was clicked, and whether that was on its box."""
        line = event.y + self.scroll_offset.y
        if line < self._tops[-1]:
            place = bisect_right(self._tops, line) - 1
            is_first = line - self._tops[place] == len(self.above(self._items[place]))
            self.post_message(ItemPicked(self.id or "", place, on_box=is_first and event.x < self.BOX_CELLS))
