"""The time that calls take, counted in beats."""

from __future__ import annotations

import pytest

from engine.jobs.calls import Calls
from engine.jobs.frames import Beat


def test_the_call_nearest_to_its_end_is_reported() -> None:
    """Of several calls the one whose patience ends first is told, with the time since it began."""
    calls = Calls()
    assert calls.beat(1.0, 4) == Beat(4)
    with calls.waiting("slow", 300):
        calls.beat(1.0, 4)
        with calls.waiting("short", 10):
            assert calls.beat(1.0, 4) == Beat(4, "short", 1.0, 10)
        assert calls.beat(1.0, 4) == Beat(4, "slow", 3.0, 300)
    assert calls.beat(1.0, 4) == Beat(4)


def test_a_call_that_fails_is_over() -> None:
    """A call that raises is no longer waited for."""
    calls = Calls()
    with pytest.raises(ZeroDivisionError), calls.waiting("m", 1):
        1 / 0  # noqa: B018  (it raises)
    assert calls.beat(1.0, 1) == Beat(1)
