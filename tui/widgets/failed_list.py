"""What failed in a job: each image with the reason and what to do about it."""

from __future__ import annotations

import os

from engine.captions.display import show
from engine.wire.protocol import FailedItem, from_name
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span, clip, clip_start, spread, width_of, wrap

_INDENT = "  "


class FailedList(ItemList[FailedItem]):
    """Draws failed items in two lines each; the one under the cursor in as many as it takes."""

    def height_of(self, item: FailedItem, width: int) -> int:
        """Two lines."""
        del item, width
        return 2

    def lines_of(self, item: FailedItem, width: int, *, in_view: bool) -> list[Line]:
        """Paint name and code, then sentence and hint."""
        failure = item.failure
        right = [Span(f"{show(failure.code, one_line=True)} ", self.ink("muted"))]
        key = show(os.fsdecode(from_name(item.key)), one_line=True)
        head = [
            Span("✗ ", self.ink("error")),
            Span(clip_start(key, width - width_of(right) - 3), self.ink("name" if in_view else "text")),
        ]
        reason = [Span(show(failure.message, one_line=True), self.ink("text"))]
        if failure.hint:
            reason.append(Span(f" → {show(failure.hint, one_line=True)}", self.ink("muted")))
        room = width - len(_INDENT) - 1
        told = wrap(reason, room) if in_view else [_cut(reason, room)]
        indent = Span(_INDENT, self.ink("text"))
        return [spread(head, right, width, self.ink("text")), *([indent, *line] for line in told)]


def _cut(spans: Line, room: int) -> Line:
    """Cut a line at its end; of a hint that does not fit a piece is better than nothing."""
    kept: Line = []
    for text, style in spans:
        piece = clip(text, max(0, room))
        kept.append(Span(piece, style))
        room -= width_of([Span(piece, style)])
    return kept
