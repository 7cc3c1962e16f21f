"""A list of what was done, with what is under the cursor in full below it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tui.screens.paged_list import PagedList
from tui.widgets.step_detail import StepDetail

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tui.idle import Idle
    from tui.widgets.item_list import ItemList

T = TypeVar("T")


class DetailedList(PagedList[T, "bytes | None"]):
    """Reads pages, and reads on in the detail; its result is the image to go to."""

    def __init__(self, items: ItemList[T], empty: str, idle: Idle, session: str) -> None:
        """Prepare with nothing read.

        Args:
            items: The widget that draws the list.
            empty: What is read where there are no items, raw text.
            idle: Counts what is under way.
            session: This session's name in the journal.
        """
        super().__init__("history", items, empty, idle)
        self._detail = StepDetail(session, id="detail")

    def compose(self) -> ComposeResult:
        """Set the detail below the list."""
        for widget in super().compose():
            yield widget
            if widget is self.list:
                yield self._detail

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        return {"read_on": partial(self._read_on, 1), "read_back": partial(self._read_on, -1)}

    def _read_on(self, by: int) -> None:
        if not self._detail.turn_page(by):
            self.say(f"there is no more of it {'below' if by > 0 else 'above'}", "warning")
