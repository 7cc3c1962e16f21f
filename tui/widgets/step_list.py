"""Steps of the journal, a line each: when, what, which images, and whether it still stands; and the files of one step."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.captions.display import show
from tui.past import step_words
from tui.widgets.before_after import brief
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span, clip, clip_start, spread, width_of

if TYPE_CHECKING:
    from engine.review.history import HistoryStep
    from engine.review.records import JournalRow

NARROW = 60
"""Cells; below, only how long ago it was."""
NAME_SHARE = 0.34
SIGNS = {"": " ", "taken back": "↶", "partly taken back": "◐", "came to nothing": "✗"}


class StepList(ItemList["HistoryStep"]):
    """Draws steps."""

    EVEN = True
    ALWAYS_MARKED = True

    def height_of(self, item: HistoryStep, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: HistoryStep, width: int, *, in_view: bool) -> list[Line]:
        """Paint a step."""
        became = step_words.standing(item)
        at, ago = step_words.when(item.time, time.time())
        moment = f"{at:>11}  {ago:<11}" if width >= NARROW else f"{ago:<11}"
        ink = self.ink("faint" if became else "name" if in_view else "text")
        right = [Span(f"{became} " if became else "", self.ink("muted"))]
        where = show(step_words.which(item), one_line=True)
        head = [Span(f"{SIGNS[became]} {moment} ", self.ink("muted"))]
        room = width - width_of(head) - width_of(right) - 1
        done = clip(show(step_words.what(item), one_line=True), max(12, room - min(cell_len(where), room // 2) - 3))
        line = [*head, Span(done, ink)]
        if where:
            left = room - cell_len(done) - 3
            line += [Span(" · ", self.ink("faint")), Span(clip_start(where, max(6, left)), ink)]
        return [spread(line, right, width, self.ink("text"))]


class FileList(ItemList["JournalRow"]):
    """Draws what one step did to each file."""

    EVEN = True
    ALWAYS_MARKED = True

    def height_of(self, item: JournalRow, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: JournalRow, width: int, *, in_view: bool) -> list[Line]:
        """Paint name and change."""
        room = max(12, int(width * NAME_SHARE))
        name = clip_start(show(os.fsdecode(item.image_key or b""), one_line=True), room - 2)
        sign = SIGNS["taken back" if item.undone_by else "" if item.status in (None, "written") else "came to nothing"]
        ink = self.ink("name" if in_view else "text")
        left = [Span(f"{sign} ", self.ink("muted")), Span(name, ink)]
        left.append(Span(" " * max(1, room + 2 - width_of(left)), ink))
        if item.caption is None:
            change = [Span(step_words.KINDS.get(item.kind, item.kind), self.ink("muted"))]
        else:
            change = brief(item.before, item.after, self.ink, width - width_of(left))
        return [[*left, *change]]
