"""The picture: rows of cells made by the gallery, or a line that says why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from engine.captions.display import show
from tui.widgets.paint import Line, Painted, Span, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.filter import LineFilter
    from textual.strip import Strip

    from tui.preview.strips import CellStrip


class PicturePane(Painted):
    """Shows rows that are as wide as the pane."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty."""
        super().__init__(id=id)
        self._rows: tuple[CellStrip, ...] = ()
        self._says = ""
        self.resized: Callable[[], object] = lambda: None
        """Called when it has another size: a line to type in takes one of its rows."""

    def on_resize(self) -> None:
        """Have the picture fitted to the new room."""
        self.resized()

    def show_rows(self, rows: tuple[CellStrip, ...], says: str = "") -> None:
        """Show a picture.

        Args:
            rows: As wide as the pane; those of another width are not shown.
            says: One raw line shown where there are no rows.
        """
        if rows is not self._rows or says != self._says:
            self._rows, self._says = rows, says
            self.renew()

    def make_strips(self, width: int, height: int) -> list[Strip]:
        """Return the picture's rows where they fit, else the line."""
        fits = bool(self._rows) and len(self._rows) == height and self._rows[0].cell_length == width
        return list(self._rows) if fits else super().make_strips(width, height)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Keep the greys of a picture that was asked for in spite of NO_COLOR."""
        return App.get_line_filters(self.app)

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint the line that stands in for a picture, in the middle."""
        lines = wrap([Span(show(self._says, one_line=True), self.ink("muted"))], max(1, width - 4))
        centred = [[Span(" " * ((width - width_of(line)) // 2), self.ink("ground")), *line] for line in lines]
        return [[]] * max(0, (height - len(lines)) // 2) + centred
