"""The engine's jobs: state, progress and what is the matter, two lines each and more where there is more to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.captions.display import show
from tui.jobs.job_board import JobRow
from tui.widgets.engine_status import clock_time, time_left
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span, clip, clip_start, spread, width_of, wrap
from tui.widgets.signs import Sign, bar

if TYPE_CHECKING:
    from rich.style import Style

    from engine.wire.protocol import JobInfo

STATES: dict[str, Sign] = {
    "queued": Sign("○", "queued", "muted"),
    "running": Sign("▸", "running", "accent"),
    "paused": Sign("‖", "paused", "warning"),
    "waiting for space": Sign("!", "waiting for space", "warning"),
    "done": Sign("✓", "done", "add"),
    "cancelled": Sign("⊘", "cancelled", "muted"),
}
STATE_CELLS, BAR_CELLS, NUMBER_CELLS = 9, 12, 15
ROOM_FOR_LONG_BAR = 100
LEAST_FOLDER_CELLS = 24
SHORT_ID = 8


class JobList(ItemList[JobRow]):
    """Draws jobs; those of other datasets dimmed."""

    ALWAYS_MARKED = True

    def above(self, item: JobRow) -> list[Line]:
        """The heading, after a blank line."""
        return [[], [Span(item.heading, self.ink("muted"))]] if item.heading else []

    def height_of(self, item: JobRow, width: int) -> int:
        """Two lines, and those that say what is the matter."""
        return 2 + len(self._alarms(item.job, width))

    def lines_of(self, item: JobRow, width: int, *, in_view: bool) -> list[Line]:
        """Paint state and progress, particulars, and what is the matter."""
        del in_view
        return [self._progress(item, width), self._particulars(item, width), *self._alarms(item.job, width)]

    def _progress(self, row: JobRow, width: int) -> Line:
        job, sign = row.job, STATES[row.job.state]
        over = job.done + job.failed
        cells = BAR_CELLS * 2 if width >= ROOM_FOR_LONG_BAR else BAR_CELLS
        filled, empty = bar(over / job.items if job.items else 1.0, cells)
        right = [
            Span(f"✗ {job.failed:,} failed  " if job.failed else "", self.ink("error")),
            Span(filled, self._ink(row, "score")),
            Span(empty, self.ink("track")),
            Span(f"{f'{over:,}/{job.items:,}':>{NUMBER_CELLS}} ", self._ink(row, "text")),
        ]
        left = [
            Span(f"{sign.glyph} {sign.word:<{STATE_CELLS}} ", self._ink(row, sign.ink)),
            Span(show(job.source, one_line=True), self._ink(row, "name")),
        ]
        return spread(left, right, width, self.ink("text"))

    def _particulars(self, row: JobRow, width: int) -> Line:
        job = row.job
        parts = [f"{job.rate:.1f} images/s" if job.state == "running" and job.rate > 0 else "", time_left(job)]
        parts.append(f"asked {row.age}")
        if job.ended is not None and (took := job.took(job.ended)) is not None:
            parts.append(f"took {clock_time(took)}")
        if job.device not in {"", "auto"}:
            parts.append(f"on {show(job.device, one_line=True)}")
        told = " · ".join(part for part in parts if part)
        right = [Span(f"{job.id[:SHORT_ID]} ", self.ink("faint"))]
        if row.folder:
            room = width - width_of(right) - cell_len(told) - len("  in  ·  ")
            told = f"in {clip_start(row.folder, max(LEAST_FOLDER_CELLS, room))} · {told}"
        return spread([Span(f"  {told}", self.ink("muted"))], right, width, self.ink("text"))

    def _alarms(self, job: JobInfo, width: int) -> list[Line]:
        """Return why it waits, and what is not as one would expect."""
        return [
            [Span("  ! " if at == 0 else "    ", self.ink("warning")), *line]
            for text in (job.message, job.warning)
            if text
            for at, line in enumerate(wrap([Span(show(text, one_line=True), self.ink("warning"))], width - 5))
        ]

    def _ink(self, row: JobRow, name: str) -> Style:
        return self.ink("muted" if row.folder else name)


def job_name(job: JobInfo, width: int) -> str:
    """Return what a job is called: its source, else its id; safe to show."""
    return clip(show(job.source, one_line=True), width) or job.id[:SHORT_ID]
