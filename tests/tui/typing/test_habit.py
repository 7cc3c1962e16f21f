"""What is typed by habit behind a tag that was completed."""

from __future__ import annotations

import pytest

from tui.typing.habit import Habit


@pytest.mark.parametrize(
    ("text", "typed", "kept"),
    [
        ("long hair, ", ", hat", "hat"),
        ("long hair,", ", hat", "hat"),
        ("long hair, ", ",hat", "hat"),
        ("long hair, ", ",, hat", ", hat"),
        ("long hair, ", " hat", " hat"),
        ("long hair, ", "hat, x", "hat, x"),
        ("long hair", ", hat", ", hat"),
    ],
)
def test_one_separator_and_its_blank_are_swallowed(text: str, typed: str, kept: str) -> None:
    """They count once, in that order, and only directly behind a separator that stands there."""
    habit = Habit()
    habit.expect(text, len(text), ",")
    now = text
    for sign in typed:
        now += "" if habit.swallows(now, len(now), sign) else sign
    assert now == text + kept


def test_elsewhere_nothing_is_swallowed() -> None:
    """Where the cursor went away, or nothing was completed, every sign is typed."""
    habit = Habit()
    assert not habit.swallows("", 0, ",")
    habit.expect("a, b, ", 6, ",")
    assert not habit.swallows("a, b, ", 3, ",")
