"""Speed and time left."""

from __future__ import annotations

import pytest

from tui.sitting.rhythm import LEAST, Rhythm


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        """Start at some moment."""
        self.now = 1_000.0

    def __call__(self) -> float:
        """Say the time."""
        return self.now


@pytest.mark.parametrize(
    ("seconds", "waiting", "told"),
    [
        (3.0, 100, "20/min · 5 min left"),
        (3.0, 2, "20/min · 6 s left"),
        (15.0, 1_000, "4.0/min · 4 h 10 min left"),
        (0.1, 0, "600/min"),
        (600.0, 60, "1.0/min · 1 h 00 min left"),
    ],
)
def test_speed_and_time_left_are_said(seconds: float, waiting: int, told: str) -> None:
    """The time left follows from the time between decisions; a break of ten minutes counts for one."""
    clock = Clock()
    rhythm = Rhythm(clock)
    for _ in range(LEAST):
        assert rhythm.told(waiting) == ""
        clock.now += seconds
        rhythm.beat()
    assert rhythm.told(waiting) == told
