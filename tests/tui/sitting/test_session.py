"""A sitting of limited length, in words."""

from __future__ import annotations

import pytest

from tui.sitting.rhythm import Rhythm
from tui.sitting.session import Session


@pytest.fixture
def now() -> list[float]:
    """Give the time of a clock that a test turns."""
    return [0.0]


@pytest.fixture
def rhythm(now: list[float]) -> Rhythm:
    """Give a rhythm with one decision from before the session."""
    rhythm = Rhythm(lambda: now[0])
    rhythm.beat()
    return rhythm


def test_what_was_done_since_it_began(now: list[float], rhythm: Rhythm) -> None:
    """It is said with the time and the speed; an image decided twice counts once."""
    session = Session(rhythm, lambda: now[0])
    assert session.told(0, 0) == "0 decided in 0 s"
    now[0] = 90.0
    for _ in range(31):
        rhythm.beat()
    assert session.told(30, 0) == "30 decided in 2 min, 20/min"


def test_its_time_ends_with_the_last_image(now: list[float], rhythm: Rhythm) -> None:
    """Looking at it later changes nothing."""
    session = Session(rhythm, lambda: now[0])
    now[0] = 2.0
    rhythm.beat()
    now[0] = 90.0
    assert session.told(1, 0) == "1 decided in 2 s, 30/min"


def test_what_was_skipped_was_not_decided(now: list[float], rhythm: Rhythm) -> None:
    """Skipped images are told apart."""
    session = Session(rhythm, lambda: now[0])
    now[0] = 3.0
    rhythm.beat()
    assert session.told(0, 2) == "0 decided, 2 skipped in 3 s"
