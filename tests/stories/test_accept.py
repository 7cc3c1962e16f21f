"""Accepting what is proposed: all of it, some of it, or nothing but the caption as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_accepting_writes_everything_that_is_chosen(desk: Desk) -> None:
    """Accepting writes what the result line shows, byte for byte, and goes to the next image that waits."""
    desk.image("cat.png", caption="a cat, sofa")
    desk.image("dog.png")
    desk.proposal("cat.png", {"window": 0.9, "lamp": 0.6})
    desk.proposal("dog.png", {"dog": 0.8})
    async with desk.review() as review:
        assert review.result_line() == "a cat, sofa, window, lamp"
        await review.press(commands.Accept)
        review.shows("cat.png: accepted and written")
        assert review.in_view == "dog.png"
        assert review.result_line() == "dog"
        desk.caption_file("dog.png").is_absent()
    desk.caption_file("cat.png").reads("a cat, sofa, window, lamp")
    assert desk.states() == {"cat.png": "accepted", "dog.png": "pending"}


async def test_accepting_one_hunk_keeps_the_rest(desk: Desk) -> None:
    """What the person takes out of the choice is not written; the caption's own words stay."""
    desk.image("cat.png", caption="a cat, sofa,\r\n")
    desk.proposal("cat.png", {"window": 0.9, "lamp": 0.6, "dog": 0.5})
    async with desk.review() as review:
        await review.leave_out("+window", "+dog")
        review.shows_hunks(chosen=["+lamp"], left=["+window", "+dog"])
        review.shows("1 of 3 chosen")
        await review.press(commands.Accept)
    desk.caption_file("cat.png").reads("a cat, sofa, lamp,\r\n")
    (verdict,) = desk.journal()[-1].verdicts
    assert (verdict.answer, verdict.hunks) == ("partly", ("+lamp",))


async def test_a_caption_that_replaces_can_be_taken_in_part(desk: Desk) -> None:
    """Of a candidate that replaces the caption only the chosen changes are made."""
    desk.image("cat.png", caption="a cat, sofa")
    desk.proposal("cat.png", {"a black cat": 0.9, "sofa": 0.9, "window": 0.8}, merge="replace")
    async with desk.review() as review:
        review.shows_hunks(chosen=["-a cat", "+a black cat", "+window"])
        await review.leave_out("-a cat", "+a black cat")
        assert review.result_line() == "a cat, sofa, window"
        await review.press(commands.Accept)
    desk.caption_file("cat.png").reads("a cat, sofa, window")


async def test_approving_writes_nothing(desk: Desk) -> None:
    """An image without a proposal is approved as it stands: a decision, and not one byte is written."""
    desk.image("cat.png", caption="a cat")
    desk.image("dog.png")
    before = desk.files()
    async with desk.review() as review:
        review.shows("Nothing is proposed for this image")
        await review.press(commands.Accept, commands.Accept)
        assert (review.counts.accepted, review.counts.untouched) == (2, 0)
        await review.press(commands.Accept)
        review.shows("accepted already; nothing else waits")
    assert desk.kinds() == ["approve", "approve"]
    assert desk.files() == before


async def test_new_images_in_a_finished_folder_are_gone_to(desk: Desk) -> None:
    """Where everything was decided and a new image lies there now, the review begins with the new one."""
    desk.image("cat.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Accept)
    desk.image("dog.png", caption="a dog")
    async with desk.review() as review:
        assert review.in_view == "dog.png"
        await review.press(commands.Previous)
        assert review.in_view == "cat.png"
