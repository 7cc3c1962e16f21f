"""A sitting of limited length, in words."""

from __future__ import annotations

from tui.sitting.rhythm import Rhythm
from tui.sitting.session import Session


def test_what_was_done_since_it_began() -> None:
    """Only decisions since the beginning count, with the time and the speed; those taken back do not."""
    now = [0.0]
    rhythm = Rhythm(lambda: now[0])
    rhythm.beat()
    session = Session(rhythm, lambda: now[0])
    assert session.told() == "0 decided in 0 s"
    for _ in range(31):
        rhythm.beat()
    rhythm.back()
    now[0] = 90.0
    assert session.told() == "30 decided in 2 min, 20/min"
