"""Changes of captions, a line each, what goes struck and what comes marked; the one under the cursor whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from engine.captions.changes.text_changes import pieces
from engine.captions.display import show
from tui.widgets.item_list import ItemList
from tui.widgets.paint import BOLD, STRUCK, UNDERLINED, Line, Span, clip, clip_start, wrap
from tui.widgets.result_line import text_of
from tui.widgets.signs import CHOSEN, LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from engine.captions.changes.text_changes import Piece
    from engine.review.decide import Draft

NAME_SHARE, LEAST_NAME, MOST_NAME = 0.25, 12, 36
"""Of a line's width, and cells: what a file's name takes."""
CONTEXT = 14
"""Cells of what stays, on each side of a change in a single line."""
MOST_KEPT = 500


class Refusal(NamedTuple):
    """An image whose caption cannot be edited, or was not."""

    name: bytes
    reason: str


class ChangeList(ItemList["Draft | Refusal"]):
    """Draws what would change in each file, and why some cannot."""

    EVEN = True
    BOX_CELLS = 3

    def __init__(self, left_out: AbstractSet[bytes], *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty.

        Args:
            left_out: Keys of the captions that are left out; read when a row is drawn.
            id: The widget's.
        """
        super().__init__(id=id)
        self._left_out = left_out
        self._pieces: dict[bytes, list[Piece]] = {}

    def height_of(self, item: Draft | Refusal, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: Draft | Refusal, width: int, *, in_view: bool) -> list[Line]:
        """Paint a change or a refusal."""
        room = max(LEAST_NAME, min(MOST_NAME, int(width * NAME_SHARE)))
        if isinstance(item, Refusal):
            return self._refused(item, width, room, in_view=in_view)
        sign = LEFT_OUT if item.caption in self._left_out else CHOSEN
        name = show(item.caption, one_line=True)
        if not in_view:
            head = [Span(f"{sign.glyph} ", self.ink(sign.ink)), Span(_padded(name, room), self.ink("muted"))]
            return [_cut([*head, *self._brief(item)], width)]
        fate = " (new file)" if item.before is None else " (left out)" if sign is LEFT_OUT else ""
        title = [Span(f"{sign.glyph} ", self.ink(sign.ink)), Span(clip_start(name, width - 14), self.ink("name"))]
        body = wrap([self._span(piece, show(piece.text)) for piece in self._of(item)], max(1, width - 2))
        return [[*title, Span(fate, self.ink("muted"))], *([Span("  ", self.ink("text")), *line] for line in body)]

    def _refused(self, item: Refusal, width: int, room: int, *, in_view: bool) -> list[Line]:
        head = [Span("! ", self.ink("warning")), Span(_padded(show(item.name, one_line=True), room), self.ink("muted"))]
        reason = Span(show(item.reason, one_line=True), self.ink("warning"))
        if not in_view:
            return [_cut([*head, reason], width)]
        title = Span(clip_start(show(item.name, one_line=True), width - 2), self.ink("name"))
        indent = Span("  ", self.ink("text"))
        return [[head[0], title], *([indent, *line] for line in wrap([reason], max(1, width - 2)))]

    def _of(self, item: Draft) -> list[Piece]:
        if (found := self._pieces.get(item.caption)) is None:
            if len(self._pieces) > MOST_KEPT:
                self._pieces.clear()
            found = self._pieces[item.caption] = pieces(text_of(item.before), text_of(item.after))
        return found

    def _brief(self, item: Draft) -> Line:
        """Return the changes in one line, with little of what stays."""
        found = self._of(item)
        line: Line = []
        for at, piece in enumerate(found):
            text = show(piece.text, one_line=True)
            if piece.kind == "same":
                before, after = at > 0, at < len(found) - 1
                if after and len(text) > CONTEXT * (before + after):  # the end is cut where the line ends
                    text = (clip(text, CONTEXT) if before else "") + clip_start(text, CONTEXT)
                    text = text.replace("……", "…")
            line.append(self._span(piece, text))
        return line

    def _span(self, piece: Piece, text: str) -> Span:
        if piece.kind == "removed":
            return Span(text, self.ink("remove") + STRUCK)
        if piece.kind == "added":
            return Span(text, self.ink("add") + BOLD + UNDERLINED)
        return Span(text, self.ink("text"))


def _padded(name: str, room: int) -> str:
    name = clip_start(name, room)
    return name + " " * (room - cell_len(name) + 2)


def _cut(line: Line, width: int) -> Line:
    """Cut a line to a width; what is cut is told by an ellipsis."""
    kept: Line = []
    for text, style in line:
        kept.append(Span(clip(text, width), style))
        width -= cell_len(text)
        if width <= 0:
            break
    return kept
