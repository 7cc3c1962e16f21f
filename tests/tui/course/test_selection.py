"""The selection: single images, ranges, everything, and back."""

from __future__ import annotations

from tui.course.selection import Selection


def test_a_range_goes_from_the_last_toggled_to_here() -> None:
    """A range holds both its ends, in either direction, and adds to what is selected."""
    chosen = Selection()
    assert chosen.toggle(30)
    assert chosen.extend([10, 20, 30, 40, 50], 0) == 2
    assert chosen.images == {10, 20, 30}
    assert chosen.extend([10, 20, 30, 40, 50], 4) == 2
    assert len(chosen) == 5


def test_a_range_without_an_anchor_is_one_image() -> None:
    """Where nothing was toggled, or what was toggled is filtered out, the range begins here."""
    chosen = Selection()
    assert chosen.extend([10, 20], 1) == 1
    chosen.anchor = 99
    assert chosen.extend([10, 20], 0) == 1
    assert chosen.images == {10, 20}


def test_what_is_selected_can_be_turned_round_and_cleared() -> None:
    """Inverting concerns the queue in view only; what vanished is let go of."""
    chosen = Selection()
    assert chosen.add([1, 2, 9]) == 3
    chosen.invert([1, 2, 3])
    assert chosen.images == {3, 9}
    chosen.drop([2, 9])
    assert chosen.images == {3}
    assert 3 in chosen
    assert not chosen.toggle(3)
    chosen.clear()
    assert len(chosen) == 0
