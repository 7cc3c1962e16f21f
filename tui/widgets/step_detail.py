"""One step of the history in full: when and by whom, each caption before and after, what is in the way of its undo."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from engine.captions.display import show
from tui.past import step_words
from tui.widgets.before_after import both, brief
from tui.widgets.paint import Line, Painted, Span, clip, clip_start, width_of, wrap
from tui.widgets.text_window import LEAST_LINES, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from engine.review.records import JournalRow
    from tui.past.reading import InFull

NAME_SHARE = 0.34
WHEEL_LINES = 3
"""A turn of the wheel, where more than that is in view."""


class StepDetail(Painted):
    """Shows the step under the cursor."""

    DEFAULT_CSS = """
    StepDetail { height: 40%; margin-top: 1; background: $background; }
    """

    def __init__(self, session: str, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty.

        Args:
            session: This session's name in the journal.
            id: The widget's.
        """
        super().__init__(id=id)
        self._session = session
        self._full: InFull | None = None
        self._asked: tuple[str, ...] = ()
        self._windows = Window(), Window(), Window()
        """What is seen of each text of a single caption: what is said of both, the one before, the one after."""
        self._text_ends: list[int] = []
        """The line behind each of them."""

    def show_step(self, full: InFull | None, asked: tuple[str, ...] = ()) -> None:
        """Show a step; None shows nothing.

        Args:
            full: What is known of it.
            asked: What stands in the way of its undo, raw lines.
        """
        if (full, asked) != (self._full, self._asked):
            self._full, self._asked = full, asked
            self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint head, what is asked, and the captions."""
        for window in self._windows:
            window.close()
        full = self._full
        if full is None:
            return [[Span("─" * width, self.ink("track"))]]
        lines = [self._head(full, width)]
        for text in (full.words, full.fate):
            if text:
                lines += wrap([Span(show(text, one_line=True), self.ink("muted"))], width)
        lines += [[Span(clip(show(text, one_line=True), width), self.ink("warning"))] for text in self._asked]
        room = height - len(lines)
        if len(full.rows) == 1:
            lines += self._single(full.rows[0], width, height, len(lines))
        else:
            lines += self._several(full, width, room)
        if len(lines) > height:
            lines = [*lines[: height - 1], [Span(f"… {len(lines) - height + 1:,} more lines", self.ink("muted"))]]
        return lines

    def _head(self, full: InFull, width: int) -> Line:
        step = full.step
        who = "this session" if step.session == self._session else "another session"
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(step.time))
        group = f" · group {step.group}" if step.group is not None else ""
        text = f" step {step.id}{group} · {at} · {step_words.when(step.time, time.time())[1]} · {who} "
        line = [Span("──", self.ink("track")), Span(text, self.ink("muted"))]
        return [*line, Span("─" * max(0, width - width_of(line)), self.ink("track"))]

    def _single(self, row: JournalRow, width: int, height: int, top: int) -> list[Line]:
        """Paint one caption; its texts share the room that is left below so many lines."""
        lines: list[Line] = []
        if row.image_key is not None:
            lines.append([Span(clip_start(show(os.fsdecode(row.image_key), one_line=True), width), self.ink("name"))])
        if row.note and row.kind != "view":
            lines += wrap([Span(show(row.note, one_line=True), self.ink("muted"))], width)
        end: list[Line] = []
        if row.status not in (None, "written"):
            end.append([Span(show(f"{row.status}: {row.note}", one_line=True), self.ink("warning"))])
        room = height - top - len(lines) - len(end)
        for text in self._texts(row, width, room):
            lines += text
            self._text_ends.append(top + len(lines))
        return [*lines, *end]

    def _texts(self, row: JournalRow, width: int, room: int) -> list[list[Line]]:
        """Return what was, and what came, whole where there is room for it, else what is near a change."""
        self._text_ends = []
        said = [hunk for verdict in row.verdicts for hunk in verdict.hunks]
        if row.kind == "offered":
            texts = [wrap([Span(show(row.before or b""), self.ink("text"))], width)]
        elif row.caption is not None and (row.before, row.after) != (None, None):
            texts = both(row.before, row.after, self.ink, width, room)
        elif said:
            texts = [wrap([Span(show(", ".join(said), one_line=True), self.ink("text"))], width)]
        else:
            return []
        shares = _shares([len(text) for text in texts], room)
        if any(share < min(len(text), LEAST_LINES) for share, text in zip(shares, texts, strict=True)):
            return [[brief(row.before, row.after, self.ink, width)]] if len(texts) > 1 else texts
        return [
            window.lines(text, 0, share, self.ink("muted"), (row.id, width))
            for window, text, share in zip(self._windows, texts, shares, strict=False)
        ]

    def _several(self, full: InFull, width: int, room: int) -> list[Line]:
        lines: list[Line] = []
        share = max(12, int(width * NAME_SHARE))
        for row in full.rows[: max(0, room)]:
            name = clip_start(show(os.fsdecode(row.image_key or b""), one_line=True), share - 2)
            left = [Span("↶ " if row.undone_by else "  ", self.ink("muted")), Span(name, self.ink("text"))]
            left.append(Span(" " * max(1, share - width_of(left)), self.ink("text")))
            done = [Span(step_words.KINDS.get(row.kind, row.kind), self.ink("muted"))]
            change = brief(row.before, row.after, self.ink, width - width_of(left)) if row.caption is not None else done
            lines.append([*left, *change])
        if room > 0 and full.step.rows > room:
            lines[-1] = [Span(f"  … and {full.step.rows - room + 1:,} more", self.ink("muted"))]
        return lines

    # --- what does not fit ------------------------------------------------------------------------------------

    def turn_page(self, by: int) -> bool:
        """Read on in the texts, or back with a negative number; False where there is no more of them."""
        turned = [window.scroll(by * window.page) for window in self._windows]
        self.renew()
        return any(turned)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show what is below."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show what is above."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        """Scroll the text under the mouse."""
        event.stop()
        under = next((at for at, end in enumerate(self._text_ends) if event.y < end), None)
        if under is not None:
            window = self._windows[under]
            window.scroll(by * min(WHEEL_LINES, window.page))
            self.renew()


def _shares(heights: Sequence[int], room: int) -> list[int]:
    """Return how many lines each text gets: an equal share, and of those that need less the others have the rest."""
    shares = [0] * len(heights)
    waiting = sorted(range(len(heights)), key=heights.__getitem__)
    for done, at in enumerate(waiting):
        shares[at] = min(heights[at], room // (len(heights) - done))
        room -= shares[at]
    return shares
