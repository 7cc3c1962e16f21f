"""Drawing text by lines: a widget that paints itself once per change, and wrapping that knows cell widths."""

from __future__ import annotations

import re
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.colourless import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

INKS = (
    "text", "name", "muted", "faint", "add", "remove", "accent", "score", "warning", "error", "cursor", "track", "key",
)  # fmt: skip
"""What text can be written in; colours come from the theme, weight and underlining are fixed here."""

INK_CSS = """
    & > .ink--text { color: $foreground; }
    & > .ink--name { color: $primary; text-style: bold; }
    & > .ink--muted { color: $text-muted; }
    & > .ink--faint { color: $text-disabled; }
    & > .ink--add { color: $success; }
    & > .ink--remove { color: $error; }
    & > .ink--accent { color: $accent; text-style: bold; }
    & > .ink--score { color: $secondary; }
    & > .ink--warning { color: $warning; }
    & > .ink--error { color: $error; text-style: bold; }
    & > .ink--cursor { background: $panel; color: $foreground; }
    & > .ink--track { color: $foreground 16%; }
    & > .ink--key { color: $accent; text-style: bold; }
"""
UNDERLINED = Style(underline=True)
STRUCK = Style(strike=True)
BOLD = Style(bold=True)

_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of them are a flag."""
_PIECES = re.compile(r"\n|[^\S\n]+|\S+")


class Span(NamedTuple):
    """Some text in one style; it holds no newline unless it is about to be wrapped."""

    text: str
    style: Style


Line = list[Span]


class Inked(Widget, inherit_css=True):
    """A widget with inks, which hands its own strips to the screen and asks only for changed lines to be drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ink--{name}" for name in INKS}
    DEFAULT_CSS = "Inked {" + INK_CSS + "}"
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start with nothing drawn."""
        super().__init__(id=id)
        self._inks: dict[str, Style] = {}
        self._drawn: list[Strip] = []
        self._drawn_for = (0, 0)

    def make_strips(self, width: int, height: int) -> list[Strip]:
        """Return exactly `height` strips of exactly `width` cells."""
        raise NotImplementedError

    @property
    def room(self) -> Size:
        """The cells there are to draw on."""
        return self.size

    def renew(self) -> None:
        """Make the strips anew; ask for the lines that changed to be drawn, and for no layout."""
        width, height = self.room
        if not width or not height or not self.is_attached:
            return
        old, self._drawn = self._drawn, self.make_strips(width, height)
        whole = self._drawn_for != (width, height)
        self._drawn_for = (width, height)
        changed = [
            Region(0, y, width, 1) for y, strip in enumerate(self._drawn) if whole or y >= len(old) or old[y] != strip
        ]
        if changed:
            self.refresh(*changed)

    def ink(self, name: str) -> Style:
        """Return a style of the theme; `ground` is the widget's own."""
        style = self._inks.get(name)
        if style is None:
            style = self.rich_style if name == "ground" else self.get_component_rich_style(f"ink--{name}")
            if self.app.no_color and name in MARKS:
                style += MARKS[name]
            self._inks[name] = style
        return style

    def notify_style_update(self) -> None:
        """Take over a change of theme."""
        super().notify_style_update()
        self._inks.clear()
        self._drawn_for = (0, 0)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips as they are: Textual's own pipeline computes styles for every line."""
        size = self.room
        if self._drawn_for != (size.width, size.height):
            self._drawn, self._drawn_for = self.make_strips(*size), (size.width, size.height)
        strips = self._drawn[crop.y : crop.bottom]
        _, ground = self.background_colors  # walks up to the screen: not once a line
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, ground) for strip in strips]
        return strips if crop.column_span == (0, size.width) else [strip.crop(*crop.column_span) for strip in strips]


class Painted(Inked, can_focus=False, inherit_css=True):
    """A widget that paints all its lines at once."""

    def paint(self, width: int, height: int) -> list[Line]:
        """Return the lines for a size in cells; missing ones are blank."""
        raise NotImplementedError

    def make_strips(self, width: int, height: int) -> list[Strip]:
        """Return the painted lines."""
        ground = self.ink("ground")
        strips = [strip_of(line, width, ground) for line in self.paint(width, height)[:height]]
        return strips + [Strip.blank(width, ground)] * (height - len(strips))


def strip_of(line: Iterable[Span], width: int, ground: Style) -> Strip:
    """Return a line as a strip of exactly that width; where it is longer, an ellipsis tells that it is cut."""
    runs = groupby(line, attrgetter("style"))  # fewer segments: each costs a dozen bytes on the wire
    segments = [Segment("".join(span.text for span in same), style) for style, same in runs]
    strip = Strip(segment for segment in segments if segment.text)
    if strip.cell_length > width and not strip.crop(width).text.isspace():
        strip = Strip([*strip.crop(0, width - 1), Segment("…", ground)])
    return strip.adjust_cell_length(width, ground)


def width_of(line: Iterable[Span]) -> int:
    """Return how many cells a line takes."""
    return sum(cell_len(span.text) for span in line)


def clip(text: str, width: int) -> str:
    """Cut text to a width in cells, between two characters as a person sees them, an ellipsis at its end."""
    return text if cell_len(text) <= width else "".join(_fitting(graphemes(text), width)) + "…"[:width]


def clip_start(text: str, width: int) -> str:
    """Cut text to a width in cells, an ellipsis at its beginning: of a path the end says most."""
    if cell_len(text) <= width:
        return text
    return "…"[:width] + "".join(reversed([*_fitting(reversed(graphemes(text)), width)]))


def graphemes(text: str) -> list[str]:
    """Part text into characters as a person sees them: a letter with its marks, a family of emoji, a flag."""
    if text.isascii():
        return list(text)
    parts: list[str] = []
    for start, end, _ in split_graphemes(text)[0]:
        part = text[start:end]
        half_flag = bool(parts) and len(parts[-1]) == 1 and parts[-1] in _FLAG_LETTERS and part in _FLAG_LETTERS
        if half_flag or (len(parts) == 1 and not cell_len(parts[0])):  # marks at the beginning belong to what follows
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def _fitting(parts: Iterable[str], width: int) -> Iterator[str]:
    """Yield parts for as long as they fit before an ellipsis."""
    room = width - 1
    for part in parts:
        room -= cell_len(part)
        if room < 0:
            return
        yield part


def _chopped(text: str, width: int) -> list[str]:
    """Break text into lines of a width in cells, never inside a character; one that is wider has a line alone."""
    lines, used = [""], 0
    for part in graphemes(text):
        size = cell_len(part)
        if used and used + size > width:
            lines.append("")
            used = 0
        lines[-1] += part
        used += size
    return lines


def spread(left: Line, right: Line, width: int, ground: Style) -> Line:
    """Set one part at the left, one at the right edge; where both do not fit, the left one is cut."""
    room = max(0, width - width_of(right) - bool(right))
    kept: Line = []
    for span in left:
        text = clip(span.text, room)
        kept.append(Span(text, span.style))
        room -= cell_len(text)
    return [*kept, Span(" " * (room + bool(right)), ground), *right]


def wrap(spans: Sequence[Span], width: int) -> list[Line]:
    """Break text into lines between words; what is longer than a line is broken inside.

    Args:
        spans: Text that may hold newlines.
        width: Of a line, in cells; at least 1.
    """
    width = max(1, width)
    lines: list[Line] = [[]]
    used = 0
    for text, style in spans:
        for piece in _PIECES.findall(text):
            if piece == "\n":
                lines.append([])
                used = 0
                continue
            size = cell_len(piece)
            if used + size > width:
                if piece.isspace():  # the space a line is broken at is not seen
                    used = width
                    continue
                if used:
                    lines.append([])
                    used = 0
                *full, rest = _chopped(piece, width)
                for part in full:
                    lines[-1].append(Span(part, style))
                    lines.append([])
                lines[-1].append(Span(rest, style))
                used = cell_len(rest)
                continue
            lines[-1].append(Span(piece, style))
            used += size
    return lines
