"""The queue as walked through: stable order, next open image."""

from __future__ import annotations

from engine.review.states import Entry
from tui.lineup import Lineup


def entries(**states: str) -> dict[int, Entry]:
    """Return entries a, b, ... with ids from 1 in the states given."""
    made = {}
    for number, (name, state) in enumerate(states.items(), 1):
        entry = Entry(number, name.encode(), 1, 1)
        if state == "pending":
            entry.open_candidates = 1
        elif state in {"accepted", "rejected"}:
            entry.decided = state  # type: ignore[assignment]
        entry.skipped = state == "skipped"
        made[number] = entry
    return made


def lineup_of(images: dict[int, Entry]) -> Lineup:
    """Return a line-up that has taken these images in."""
    lineup = Lineup()
    lineup.take(lineup.arranged(images))
    return lineup


def test_pending_come_first() -> None:
    """At first the pending images stand before the untouched, the decided last."""
    assert lineup_of(entries(a="accepted", b="untouched", c="pending")).ids == [3, 2, 1]


def test_decided_image_keeps_its_row_and_new_ones_come_last() -> None:
    """A decision moves nothing; a new image stands at the end; a vanished one is left out."""
    images = entries(a="pending", b="pending", c="pending")
    lineup = lineup_of(images)
    images[1].open_candidates, images[1].decided = 0, "accepted"
    del images[2]
    images[4] = entries(x="pending")[1]
    images[4].id = 4
    assert lineup.arranged(images) == [1, 3, 4]


def test_place_follows_its_image() -> None:
    """When rows before it vanish the person stays at the same image."""
    images = entries(a="pending", b="pending", c="pending")
    lineup = lineup_of(images)
    lineup.move(2)
    del images[1]
    lineup.take(lineup.arranged(images))
    assert lineup.here == 3


def test_next_open_passes_decided_and_skipped_and_goes_round() -> None:
    """The next image that waits is found past the end; none is found when only this one waits."""
    images = entries(a="pending", b="pending", c="pending", d="skipped")
    lineup = lineup_of(images)
    lineup.move(2)
    assert lineup.next_open(images) == 0
    for number in (1, 2):
        images[number].open_candidates, images[number].decided = 0, "rejected"
    assert lineup.next_open(images) is None


def test_moves_end_at_the_ends() -> None:
    """A move past an end goes to the end, and a move to the same place is none."""
    lineup = lineup_of(entries(a="pending", b="pending"))
    assert lineup.move(99)
    assert lineup.place == 1
    assert not lineup.move(5)
    assert Lineup().here is None


def test_a_filter_or_another_order_is_not_usual() -> None:
    """Only the whole queue in its usual order begins with the image that the store can name at once."""
    assert Lineup().is_usual
    assert not Lineup("path").is_usual
    assert not Lineup("queue", "flagged").is_usual
