"""What the engine does for this dataset, in a few cells: off, idle, or a job with its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.captions.display import show
from tui.widgets.paint import Line, Span, clip, width_of
from tui.widgets.signs import bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from engine.wire.protocol import JobInfo

ROOM_FOR_BAR = 100
"""A narrower screen shows numbers without a bar."""
BAR_CELLS = 12
LEAST_ALARM_CELLS = 30
"""So much of what is not as it should be is always read; all of it is on the jobs screen."""
ENDLESS_SECONDS = 360_000
"""A longer rest is not told: the rate has only just begun to be known."""


class EngineStatus(NamedTuple):
    """The latest news of the engine."""

    running: bool = False
    jobs: tuple[JobInfo, ...] = ()
    """The jobs of this dataset that are not over."""
    problem: str = ""
    """Why nothing is known; raw text."""


def progress_spans(status: EngineStatus, width: int, ink: Callable[[str], Style], *, brief: bool = False) -> Line:
    """Return the status for a screen of that width; what a person should do something about comes first, and loud.

    Args:
        status: What to tell.
        width: Of the screen, in cells.
        ink: The style of a name of the theme.
        brief: Leave out whose job it is, the bar and the rate.
    """
    if status.problem:
        return [Span(f"! {clip(show(status.problem, one_line=True), width // 2)}", ink("warning"))]
    if not status.jobs:
        return [Span("engine idle" if status.running else "engine off", ink("faint"))]
    job = min(status.jobs, key=_rank)
    over = job.done + job.failed
    spans = [Span(f" {over:,}/{job.items:,}", ink("text"))]
    if job.failed:
        spans.append(Span(f" ✗ {job.failed} failed", ink("error")))
    if job.state != "running":
        spans.append(Span(f" {job.state}", ink("warning" if job.message else "muted")))
    alarm = job.message or next((job.warning for job in status.jobs if job.warning), "")
    if not brief and (not alarm or width >= ROOM_FOR_BAR):
        filled, empty = bar(over / job.items if job.items else 0.0, BAR_CELLS if width >= ROOM_FOR_BAR else 0)
        source = Span(f"{clip(show(job.source or job.state, one_line=True), 24)} ", ink("text"))
        spans = [source, Span(filled, ink("score")), Span(empty, ink("track")), *spans]
        if job.state == "running" and job.rate > 0:
            spans.append(Span(f" {job.rate:.1f}/s{_in_words(job)}", ink("muted")))
        if len(status.jobs) > 1:
            spans.append(Span(f" +{len(status.jobs) - 1} more", ink("muted")))
    if alarm:
        room = max(LEAST_ALARM_CELLS, width * 2 // 3 - width_of(spans))
        spans.insert(0, Span(f"! {clip(show(alarm, one_line=True), room)} ", ink("warning")))
    return spans


def _rank(job: JobInfo) -> int:
    """Say how much a job needs to be seen: 0 for the most."""
    return {"waiting for space": 0, "running": 1, "paused": 2 if job.message else 4}.get(job.state, 3)


def time_left(job: JobInfo) -> str:
    """Return how long a job that runs will take, as `1:02:03 left`; empty where nobody can say."""
    seconds = (job.items - job.done - job.failed) / job.rate if job.state == "running" and job.rate > 0 else None
    if seconds is None or seconds > ENDLESS_SECONDS:
        return ""
    return f"{clock_time(seconds)} left"


def clock_time(seconds: float) -> str:
    """Return a time as `2:03` or `1:02:03`."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _in_words(job: JobInfo) -> str:
    left = time_left(job)
    return f" {left}" if left else ""
