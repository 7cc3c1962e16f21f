"""The guard against deciding what was not seen."""

from __future__ import annotations

from tui.course.guard import HELD_SECONDS, Guard


def test_a_key_is_held_back_only_for_a_moment_after_a_change() -> None:
    """Before any change nothing is held; after one, everything until the moment is over."""
    now = 100.0
    guard = Guard(lambda: now)
    held = [guard.holds]
    guard.changed()
    for later in (0.0, HELD_SECONDS - 0.01, HELD_SECONDS):
        now = 100.0 + later
        held.append(guard.holds)
    assert held == [False, True, True, False]


def test_the_persons_own_move_is_no_surprise() -> None:
    """Who goes to another image right after a change decides there at once."""
    guard = Guard(lambda: 5.0)
    guard.changed()
    guard.moved()
    assert not guard.holds
