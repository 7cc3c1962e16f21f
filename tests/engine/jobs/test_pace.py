"""The recent pace."""

from __future__ import annotations

import pytest

from engine.jobs.pace import Pace


def test_the_pace_comes_close_to_what_is_answered() -> None:
    """After a while the pace is that of the answers, and follows them when they slow down."""
    pace = Pace(0.0)
    for tenth in range(1, 30):
        pace.count(10, tenth / 10)
    assert pace.per_second == pytest.approx(100, rel=0.01)
    for second in range(4, 30):
        pace.count(5, float(second))
    assert pace.per_second == pytest.approx(5, rel=0.02)


def test_answers_at_the_same_moment_are_counted_together() -> None:
    """Many answers in a moment too short to measure are not taken for a great pace."""
    pace = Pace(0.0)
    for _ in range(100):
        pace.count(1, 0.01)
    assert pace.per_second == 0
    pace.count(0, 10.0)
    assert pace.per_second < 10
