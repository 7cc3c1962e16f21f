"""The drawing thread: what is looked at first, what comes next ahead of time, a few kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from rich.color import Color as RichColor
from rich.color import ColorSystem

from engine.errors import Unreadable
from engine.models.damage import damage
from tui.preview.cells import CELL_PIXELS, Row, cells_of, pixel_aspect
from tui.preview.shrink import Facts, facts_of, open_image, shrink
from tui.preview.strips import CellStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tui.preview.choice import Drawing

PAUSE_SECONDS = 0.06
"""Of rest before neighbours are drawn ahead, so that drawing does not compete with keys that are being held."""
KEPT = 24
"""Pictures kept drawn; at 100×50 cells one takes about half a megabyte."""


class Wanted(NamedTuple):
    """One picture in one size; equal when the same drawing would come of it."""

    path: Path
    """Absolute."""
    size: int
    """Bytes of the file, as last seen."""
    mtime_ns: int
    width_cells: int
    height_cells: int
    ground: tuple[int, int, int]
    """The colour around the picture."""


class Drawn(NamedTuple):
    """What came of one wish."""

    wanted: Wanted
    facts: Facts | None
    """None when not even the file's head could be read."""
    strips: tuple[CellStrip, ...]
    """Rows as wide as the room there is, from the top; empty when there is no picture to show."""
    problem: str
    """Why there is none, one line; empty when nothing went wrong."""
    damage: str = ""
    """What is wrong with the file; empty where nothing is, or it is not to blame."""


class Gallery:
    """Draws pictures in a thread of its own and keeps the latest."""

    def __init__(self, drawing: Drawing, tell: Callable[[Drawn], None]) -> None:
        """Start the thread.

        Args:
            drawing: How pictures are drawn.
            tell: Called in the thread for each picture drawn that is the first of what is wanted.
        """
        self._drawing, self._tell = drawing, tell
        self._kept: OrderedDict[Wanted, Drawn] = OrderedDict()
        self._wanted: Sequence[Wanted] = ()
        self._change = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)
        self._thread.start()

    def want(self, wanted: Sequence[Wanted]) -> Drawn | None:
        """Ask for pictures, the one in view first; forget what was asked before.

        Returns:
            The first one, when it is drawn already; else it will be told.
        """
        with self._change:
            self._wanted = wanted
            self._change.notify()
            for neighbour in reversed(wanted):
                if neighbour in self._kept:
                    self._kept.move_to_end(neighbour)
            return self._kept.get(wanted[0]) if wanted else None

    def close(self) -> None:
        """End the thread after the picture it is at."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (wanted := self._next()) is not None:
            drawn = draw(wanted, self._drawing)
            with self._change:
                self._kept[wanted] = drawn
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
                in_view = bool(self._wanted) and self._wanted[0] == wanted
            if in_view:
                self._tell(drawn)

    def _next(self) -> Wanted | None:
        """Wait for the first wish that is not drawn yet; None when the gallery closes."""
        with self._change:
            while not self._closed:
                missing = next((wanted for wanted in self._wanted if wanted not in self._kept), None)
                if missing is None:
                    self._change.wait()
                elif missing == self._wanted[0] or not self._change.wait(PAUSE_SECONDS):
                    return missing
        return None


def draw(wanted: Wanted, drawing: Drawing) -> Drawn:
    """Open a picture, shrink it, make its rows."""
    facts: Facts | None = None
    try:
        with open_image(wanted.path) as image:
            facts = facts_of(image)
            room = wanted.width_cells, wanted.height_cells
            if drawing.shape is None or min(room) < 1:
                return Drawn(wanted, facts, (), "")
            across, down = CELL_PIXELS[drawing.shape]
            small = shrink(image, (room[0] * across, room[1] * down), pixel_aspect(drawing.shape))
            rows = cells_of(small, drawing.shape, palette256=drawing.palette256)
    except Unreadable as broken:
        return Drawn(wanted, facts, (), broken.message, damage(broken.__cause__))
    return Drawn(wanted, facts, _framed(rows, wanted, palette256=drawing.palette256), "")


def _framed(rows: list[Row], wanted: Wanted, *, palette256: bool) -> tuple[CellStrip, ...]:
    """Set rows in the middle of the room, on its ground."""
    ground = _palette_number(wanted.ground) if palette256 else int.from_bytes(bytes(wanted.ground), "big")
    width = len(rows[0].signs)
    left = (wanted.width_cells - width) // 2
    right = wanted.width_cells - width - left
    above = (wanted.height_cells - len(rows)) // 2
    below = wanted.height_cells - len(rows) - above

    def strip(row: Row, left: int, right: int) -> CellStrip:
        front, back = ([ground] * left + part + [ground] * right for part in row[1:])
        return CellStrip(Row(" " * left + row.signs + " " * right, front, back), palette256=palette256)

    empty = strip(Row("", [], []), wanted.width_cells, 0)
    return (*[empty] * above, *(strip(row, left, right) for row in rows), *[empty] * below)


def _palette_number(colour: tuple[int, int, int]) -> int:
    """Return the number that Textual gives the same colour, so that ground and screen do not differ."""
    return RichColor.from_rgb(*colour).downgrade(ColorSystem.EIGHT_BIT).number or 0
