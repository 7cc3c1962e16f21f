"""The order of work."""

from __future__ import annotations

from engine.jobs.scheduler import Lane, choose


def test_nothing_to_do() -> None:
    """Without lanes there is none to serve."""
    assert choose([], "") is None


def test_the_oldest_job_is_first() -> None:
    """Among equals the oldest job, and in it the first step, is served."""
    lanes = [Lane(2, 0, "m", "cpu"), Lane(1, 1, "m", "cpu"), Lane(1, 0, "m", "cpu")]
    assert choose(lanes, "") is lanes[2]


def test_the_model_in_memory_is_kept_busy() -> None:
    """A younger job for the model asked last goes before an older one that would load another."""
    lanes = [Lane(1, 0, "other", "cpu"), Lane(2, 0, "m", "cpu")]
    assert choose(lanes, "m") is lanes[1]
    assert choose(lanes, "third") is lanes[0]


def test_urgent_work_goes_first() -> None:
    """An urgent lane is served before all others, whatever model it needs; the oldest of several first."""
    lanes = [Lane(1, 0, "m", "cpu"), Lane(3, 0, "new", "cpu", urgent=True), Lane(2, 0, "new", "cpu", urgent=True)]
    assert choose(lanes, "m") is lanes[2]
