"""What the engine does for this dataset, in a few cells: off, idle, or a job with its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.captions.display import show
from tui.widgets.paint import Line, Span, clip
from tui.widgets.signs import bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from engine.wire.protocol import JobInfo

ROOM_FOR_BAR = 100
"""A narrower screen shows numbers without a bar."""
BAR_CELLS = 12
ENDLESS_SECONDS = 360_000
"""A longer rest is not told: the rate has only just begun to be known."""


class EngineStatus(NamedTuple):
    """The latest news of the engine."""

    running: bool = False
    jobs: tuple[JobInfo, ...] = ()
    """The jobs of this dataset that are not over."""
    problem: str = ""
    """Why nothing is known; raw text."""


def progress_spans(status: EngineStatus, width: int, ink: Callable[[str], Style]) -> Line:
    """Return the status for a screen of that width."""
    if status.problem:
        return [Span(f"! {clip(show(status.problem, one_line=True), width // 2)}", ink("warning"))]
    if not status.jobs:
        return [Span("engine idle" if status.running else "engine off", ink("faint"))]
    job = next((job for job in status.jobs if job.state == "running"), status.jobs[0])
    over = job.done + job.failed
    spans = [Span(f"{clip(show(job.source or job.state, one_line=True), 24)} ", ink("text"))]
    if width >= ROOM_FOR_BAR:
        filled, empty = bar(over / job.items if job.items else 0.0, BAR_CELLS)
        spans += [Span(filled, ink("score")), Span(empty, ink("track"))]
    spans.append(Span(f" {over:,}/{job.items:,}", ink("text")))
    if job.failed:
        spans.append(Span(f" ✗ {job.failed} failed", ink("error")))
    if job.state != "running":
        spans.append(Span(f" {job.state}", ink("muted")))
    elif job.rate > 0:
        left = (job.items - over) / job.rate
        spans.append(Span(f" {job.rate:.1f}/s{_time(left)}", ink("muted")))
    if len(status.jobs) > 1:
        spans.append(Span(f" +{len(status.jobs) - 1} more", ink("muted")))
    return spans


def _time(seconds: float) -> str:
    if seconds > ENDLESS_SECONDS:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f" {hours}:{minutes:02}:{rest:02} left" if hours else f" {minutes}:{rest:02} left"
