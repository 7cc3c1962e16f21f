"""Rows of cells as Textual strips whose terminal codes are made ahead, in the drawing thread.

A picture has thousands of colours; styling and rendering every cell on the event loop costs tens of
milliseconds. A `CellStrip` carries its finished codes and becomes ordinary segments only where Textual wants to
cut or filter it: under a dialog, without colour, in a screenshot.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.color import Color as TextualColor
    from textual.filter import LineFilter

    from tui.preview.cells import Row

RESET = "\x1b[0m"


class CellStrip(Strip):
    """One row of a picture."""

    __slots__ = ("_made", "_palette256", "_row")

    def __init__(self, row: Row, *, palette256: bool) -> None:
        """Make the row's terminal codes; in the drawing thread.

        Args:
            row: Signs and colours.
            palette256: Whether colours are numbers of the 256-colour palette.
        """
        self._row, self._palette256 = row, palette256
        self._made: list[Segment] | None = None
        super().__init__((), len(row.signs))
        self._cell_count = len(row.signs)
        self._render_cache = _codes(row, _palette if palette256 else _rgb)

    def __eq__(self, other: object) -> bool:
        """Compare by identity: the base class would make segments to compare."""
        return self is other

    __hash__ = None  # type: ignore[assignment]  # as the base class

    @property
    def _segments(self) -> list[Segment]:
        """The same row as ordinary segments, made when first asked for."""
        if self._made is None:
            self._made = list(_segments(self._row, _palette_colour if self._palette256 else _rgb_colour))
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Ignore what the base class starts with."""

    def apply_filter(self, filter: LineFilter, background: TextualColor) -> Strip:  # noqa: A002  (Textual's name)
        """Pass the filter that concerns only a terminal's own 16 colours, which no picture uses."""
        return self if isinstance(filter, ANSIToTruecolor) else super().apply_filter(filter, background)


def _palette(colour: int) -> str:
    return f";5;{colour}"


def _rgb(colour: int) -> str:
    return f";2;{colour >> 16};{colour >> 8 & 0xFF};{colour & 0xFF}"


def _codes(row: Row, code: Callable[[int], str]) -> str:
    """Return the signs, and before them only the colours that changed."""
    out: list[str] = []
    front_now = back_now = -1
    for sign, front, back in zip(*row, strict=True):
        # A blank shows no front colour, a full block none behind it.
        new_front, new_back = front != front_now and sign != " ", back != back_now and sign != "█"
        if new_front and new_back:
            out.append(f"\x1b[38{code(front)};48{code(back)}m{sign}")
            front_now, back_now = front, back
        elif new_front:
            out.append(f"\x1b[38{code(front)}m{sign}")
            front_now = front
        elif new_back:
            out.append(f"\x1b[48{code(back)}m{sign}")
            back_now = back
        else:
            out.append(sign)
    return "".join(out) + RESET


def _segments(row: Row, colour: Callable[[int], Color]) -> Iterator[Segment]:
    for (front, back), same in groupby(zip(*row, strict=True), itemgetter(1, 2)):
        yield Segment("".join(cell[0] for cell in same), Style(color=colour(front), bgcolor=colour(back)))


def _palette_colour(colour: int) -> Color:
    return Color.from_ansi(colour)


def _rgb_colour(colour: int) -> Color:
    return Color.from_rgb(colour >> 16, colour >> 8 & 0xFF, colour & 0xFF)
