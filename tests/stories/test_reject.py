"""Turning proposals down, passing images over, and marking them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_rejecting_leaves_the_caption_alone(desk: Desk) -> None:
    """Rejecting answers every candidate of the image and writes nothing."""
    desk.image("cat.png", caption="a cat")
    desk.image("dog.png", caption="a dog")
    desk.proposal("cat.png", {"window": 0.9})
    desk.proposal("cat.png", "A cat sleeps on a sofa by the window.")
    desk.proposal("dog.png", {"grass": 0.9})
    before = desk.files()
    async with desk.review() as review:
        await review.press(commands.Reject)
        review.shows("cat.png: rejected, the caption stays")
        assert review.in_view == "dog.png"
        await review.press(commands.Previous)
        review.shows("tagger ✗ left", "captioner ✗ left")
        await review.press(commands.Reject)
        review.shows("no candidate is open here: nothing to reject")
    assert desk.files() == before
    assert desk.states() == {"cat.png": "rejected", "dog.png": "pending"}


async def test_skipping_lasts_as_long_as_the_session(desk: Desk) -> None:
    """A skipped image is passed over in this session and waits again in the next one."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Skip)
        assert (review.in_view, review.counts.skipped) == ("2.png", 1)
        await review.press(commands.Accept)
        review.shows("nothing else waits for a decision")
    async with desk.review() as review:
        assert review.counts.skipped == 0
        assert review.in_view == "1.png"


async def test_a_flag_stays_until_it_is_taken_off(desk: Desk) -> None:
    """A flag is there in the next session, too, is kept from bulk decisions, and goes with the same key."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review() as review:
        await review.press(commands.Flag)
        review.shows("⚑ flagged")
    assert desk.cutline("accept", ".", "--json").json["images"] == 0
    async with desk.review() as review:
        assert review.counts.flagged == 1
        await review.press(commands.Flag)
        review.shows_not("⚑ flagged")
    assert desk.cutline("accept", ".", "--json").json["images"] == 1
    desk.caption_file("1.png").reads("a cat, window")
