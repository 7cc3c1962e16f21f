"""The screen without colours, as NO_COLOR asks: weight, underlining and reversal carry what colours would."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

MARKS = {
    "muted": Style(),
    "faint": Style(dim=True),
    "track": Style(dim=True),
    "add": Style(underline=True),
    "remove": Style(italic=True),
    "warning": Style(bold=True),
}
"""What stands for a colour, by the name of an ink; signs say the rest, and accents are bold anyway."""


class Colourless(LineFilter):
    """Takes every colour away; what stands on another ground than its line is reversed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        ground = background.rgb
        return [
            segment
            if segment.control or segment.style is None
            else Segment(segment.text, _plain(segment.style, ground))
            for segment in segments
        ]


@lru_cache(1024)
def _plain(style: Style, ground: tuple[int, int, int]) -> Style:
    on = style.bgcolor
    stands_out = on is not None and on.triplet is not None and tuple(on.triplet) != ground
    return style.without_color + Style(reverse=not style.reverse if stands_out else None, meta=style.meta or None)
