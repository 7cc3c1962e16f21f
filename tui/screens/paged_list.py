"""A list that is longer than anybody reads: a page at a time, in a thread, as the cursor comes near its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from engine.errors import CutlineError
from tui.long_work import LongWork
from tui.screens.list_screen import ListScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.idle import Idle
    from tui.long_work import Course, Progress
    from tui.widgets.item_list import ItemList

T = TypeVar("T")
R = TypeVar("R")

PAGE = 200
"""Items read at once."""
AHEAD = 100
"""With fewer items left below the cursor the next page is read."""
ALL = 1 << 62


class Page(NamedTuple):
    """Some items that follow each other."""

    items: list[object]
    at: int | None
    """Where the next page begins."""
    is_last: bool


class PagedList(ListScreen[T, R]):
    """Reads pages; a subclass says how."""

    def __init__(self, heading: str, items: ItemList[T], empty: str, idle: Idle) -> None:
        """Prepare with nothing read.

        Args:
            heading: What the list is of, raw text.
            items: The widget that draws it.
            empty: What is read where there are no items, raw text.
            idle: Counts what is under way.
        """
        super().__init__(heading, items, "reading …")
        self._empty = empty
        self._reader = LongWork(idle)
        self._rows: list[T] = []
        self._at: int | None = None
        self.is_whole = False
        """Whether all of it is read."""
        self._reading = self._to_end = False

    @property
    def owes(self) -> bool:
        """Whether a page is being read."""
        return self._reading

    def read(self, at: int | None, count: int, course: Course) -> Page:
        """Read a page; called in a thread.

        Args:
            at: Where it begins; None for the first.
            count: How many items, at most.
            course: Says when to leave the rest, and is told how far it is.
        """
        raise NotImplementedError

    def on_mount(self) -> None:
        """Read the first page."""
        super().on_mount()
        self.read_more()

    def on_unmount(self) -> None:
        """End the thread."""
        self._reader.close()

    def action_press(self, name: str) -> None:
        """Go to the end once that is read; else as every list."""
        self._to_end = name == "last" and not self.is_whole
        super().action_press(name)
        if self._to_end:
            self.say_meanwhile("reading to the end …")
            self.read_more(ALL)

    def go(self, place: int) -> None:
        """Move the cursor; read on near the end."""
        super().go(place)
        if self.is_mounted and not self._reading and self._place >= self.length - AHEAD:
            self.read_more()

    def read_more(self, count: int = PAGE) -> None:
        """Read a page behind what is read."""
        if not self.is_whole:
            at = self._at
            self._ask(lambda course: self.read(at, count, course), self._took)

    def start_over(self, count: int = PAGE, found: Callable[[T], bool] | None = None) -> None:
        """Read all anew from the beginning; what is shown stays until then.

        Args:
            count: How many items.
            found: Chooses where the cursor goes; None for the first item.
        """
        self._ask(lambda course: self.read(None, count, course), lambda page: self._replaced(page, found))

    def _ask(self, work: Callable[[Course], Page], done: Callable[[Page], object]) -> None:
        self._reading = True

        def finished(page: Page | CutlineError) -> None:
            self._reading = False
            self.renew_meanwhile("")
            if isinstance(page, CutlineError):
                self.say(str(page), "error")
            else:
                done(page)

        self._reader.ask(work, finished, self._tell_reading)

    def _tell_reading(self, so_far: Progress) -> None:
        self.renew_meanwhile(f"reading: {so_far.done:,} …")

    def _took(self, page: Page) -> None:
        self._rows += page.items  # type: ignore[arg-type]  # pages hold what the subclass reads
        self._adopt(page)
        place = None
        if self._to_end and self.is_whole:
            place, self._to_end = self.length - 1, False
        self.show_items(self._rows, place)

    def _replaced(self, page: Page, found: Callable[[T], bool] | None) -> None:
        self._rows = list(page.items)  # type: ignore[arg-type]  # as above
        self._adopt(page)
        places = (place for place, row in enumerate(self._rows) if found is not None and found(row))
        self.show_items(self._rows, next(places, 0 if found is None else min(self._place, len(self._rows) - 1)))

    def _adopt(self, page: Page) -> None:
        self._at, self.is_whole = page.at, page.is_last
        self._items_shown = self._rows
        self.list.empty_text = self._empty if page.is_last else "reading …"
