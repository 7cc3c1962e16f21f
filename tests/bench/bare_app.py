"""The least a Textual app can be that has a list and a caption: python -m tests.bench.bare_app ROWS.

What cutline needs beyond this is cutline's own; what this needs is Textual's.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.app import App
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class BareList(ScrollView):
    """Rows drawn when they are in view."""

    def __init__(self, rows: int) -> None:
        """Hold that many rows."""
        super().__init__()
        self.rows, self.place = rows, 0

    def on_mount(self) -> None:
        """Say how long the list is."""
        self.virtual_size = Size(40, self.rows)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        row = y + self.scroll_offset.y
        text = f"{'>' if row == self.place else ' '} image{row:06d}.jpg"
        return Strip([Segment(text, self.rich_style)]).adjust_cell_length(self.size.width, self.rich_style)

    def move(self) -> None:
        """Go to the next row, draw the two that change."""
        top = self.scroll_offset.y
        self.place += 1
        self.refresh(*(Region(0, row - top, self.size.width, 1) for row in (self.place - 1, self.place)))
        if self.place - top >= self.size.height:
            self.scroll_to(y=top + self.size.height // 2, animate=False)


class BareApp(App[None]):
    """A list beside a caption."""

    CSS = "Screen { layout: horizontal; } BareList { width: 40; } Static { width: 1fr; }"
    BINDINGS = [("j", "next", "next"), ("q", "quit", "quit")]  # noqa: RUF012  (Textual's way)
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: int) -> None:
        """Prepare a list of that many rows."""
        super().__init__()
        self.list, self.caption = BareList(rows), Static(_caption(0), markup=False)

    def compose(self) -> ComposeResult:
        """Lay out both."""
        yield self.list
        yield self.caption

    def action_next(self) -> None:
        """Show the next row's caption."""
        self.list.move()
        self.caption.update(_caption(self.list.place), layout=False)


def _caption(row: int) -> str:
    return f"needle{row:06d}, 1girl, red hair, open window, white dress, wooden table, dark sky, tiny cat, old street"


if __name__ == "__main__":
    BareApp(int(sys.argv[1])).run()
