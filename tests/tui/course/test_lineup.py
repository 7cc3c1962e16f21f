"""The queue as walked through: stable order, next open image."""

from __future__ import annotations

from engine.finding.language import Order, parse
from engine.review.records import Counts
from engine.review.states import Entry
from tui.course.lineup import Lineup


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
    assert not Lineup(None, Order("path")).is_usual
    assert not Lineup(parse("flagged")).is_usual
    assert not Lineup(limit=5).is_usual


def gathered(lineup: Lineup, images: dict[int, Entry], here: int | None = None) -> Lineup:
    """Return a line-up that was filled from the start."""
    lineup.gather(None, images, here)
    return lineup


def decide(images: dict[int, Entry], *numbers: int) -> None:
    """Accept some images."""
    for number in numbers:
        images[number].open_candidates, images[number].decided = 0, "accepted"


def test_how_many_wait_is_counted_in_the_filtered_queue_alone() -> None:
    """Of a filter the number that waits is that of its own images, and follows decisions and undos."""
    images = entries(a="pending", b="untouched", c="pending", d="accepted")
    lineup = gathered(Lineup(parse("pending")), images)
    everywhere = Counts(images=4, pending=2, untouched=1, accepted=1)
    assert lineup.waiting(everywhere) == 2
    decide(images, 1)
    lineup.touched([1], images)
    assert lineup.waiting(everywhere) == 1
    images[1].open_candidates = 1
    lineup.touched([1, 2], images)
    assert lineup.waiting(everywhere) == 2


def test_a_session_takes_the_next_that_wait_from_here_on() -> None:
    """A limit takes so many that wait, beginning where the person is, past the end from the start again."""
    images = entries(a="pending", b="pending", c="accepted", d="pending", e="pending")
    lineup = gathered(Lineup(limit=3), images, here=4)
    assert lineup.ids == [4, 5, 1]
    assert lineup.progress == (0, 3)
    decide(images, 4)
    lineup.touched([4], images)
    assert lineup.progress == (1, 3)


def test_what_became_of_the_images_of_a_session() -> None:
    """Those decided and those skipped are told apart as they are now; one that was skipped and then decided is decided."""
    images = entries(a="pending", b="pending", c="pending", d="pending")
    lineup = gathered(Lineup(limit=3), images)
    assert lineup.outcome(images) == (0, 0)
    images[1].skipped = images[2].skipped = images[4].skipped = True
    decide(images, 3)
    lineup.touched([1, 2, 3, 4], images)
    assert lineup.outcome(images) == (1, 2)
    decide(images, 1)
    lineup.touched([1], images)
    assert lineup.outcome(images) == (2, 1)


def test_a_session_is_not_filled_up_again() -> None:
    """What is decided, vanished or new brings no further images into a session that is full."""
    images = entries(a="pending", b="pending", c="pending", d="pending")
    lineup = gathered(Lineup(limit=2), images)
    decide(images, 1)
    del images[2]
    lineup.take(lineup.arranged(images), lineup.survey([1], images))
    assert lineup.ids == [1]
    assert lineup.progress == (2, 2)


def test_a_session_that_is_not_full_takes_what_comes() -> None:
    """While the folder is still looked through, images that wait come in until there are as many as wanted."""
    images = entries(a="pending")
    lineup = gathered(Lineup(limit=3), images)
    more = entries(a="pending", b="accepted", c="pending", d="pending", e="pending")
    assert lineup.arranged(more) == [1, 3, 4]


def test_a_queue_that_needs_an_index_adds_what_was_found() -> None:
    """Only the index knows what fits; images found later stand at the end, those that do not fit any more stay."""
    images = entries(a="pending", b="pending", c="pending")
    lineup = Lineup(parse("tag:cat"))
    before = lineup.is_found
    lineup.gather([3, 1], images, None)
    assert (before, lineup.is_found) == (False, True)
    assert lineup.ids == [3, 1]
    assert lineup.arranged(images) == [3, 1]
    assert lineup.with_found([2, 1], images) == [3, 1, 2]


def test_only_what_was_chosen() -> None:
    """A queue of selected images holds no others, in the order asked for."""
    images = entries(a="pending", b="pending", c="pending")
    lineup = gathered(Lineup(None, Order("path", is_reversed=True), chosen=frozenset({1, 3})), images)
    assert lineup.ids == [3, 1]


def test_a_new_queue_begins_where_the_person_is_or_at_the_first_that_waits() -> None:
    """Who is at an image that fits stays there; else the first one that waits comes."""
    images = entries(a="accepted", b="pending", c="pending")
    by_path = Order("path")
    assert gathered(Lineup(None, by_path), images, here=1).here == 1
    assert gathered(Lineup(None, by_path), images).here == 2
    assert gathered(Lineup(parse("pending")), images, here=1).here == 2


def test_an_image_struck_while_a_queue_is_gathered() -> None:
    """The queue is made of the images that there were when it was begun."""

    class Struck(dict[int, Entry]):
        """Images that a scan takes out as soon as they were looked at all together."""

        def __getitem__(self, image: int) -> Entry:
            raise KeyError(image)

    assert gathered(Lineup(), Struck(entries(a="accepted", b="pending"))).here == 2


def test_the_open_one_before() -> None:
    """Going back to what waits passes what is decided, past the start from the end again."""
    images = entries(a="pending", b="accepted", c="pending", d="pending")
    lineup = gathered(Lineup(None, Order("path")), images, here=3)
    assert lineup.next_open(images, -1) == 0
    lineup.move(0)
    assert lineup.next_open(images, -1) == 3
