"""Somebody else works on the same folder: an editor, or another cutline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tui import commands
from tui.course import guard

if TYPE_CHECKING:
    import pytest

    from tests.stories.desk import Desk

LOOKED_AT_WITHIN_SECONDS = 1.0
"""How soon the screen promises to show what others did."""
SLACK_SECONDS = 4.0
"""What a busy machine may add."""


async def test_a_caption_changed_outside_is_shown_before_it_is_decided(desk: Desk) -> None:
    """A decision on an outdated caption is refused, the caption shown anew, and then both texts are kept."""
    desk.image("cat.png", caption="a cat")
    desk.proposal("cat.png", {"window": 0.9})
    async with desk.review(size=(140, 40)) as review:
        desk.caption_file("cat.png").write("a dog\n")
        await review.press_at_once(commands.Accept)
        review.shows("changed on disk")
        desk.caption_file("cat.png").reads("a dog\n")
        assert desk.kinds() == []
        assert review.result_line() == "a dog, window↵"
        await review.press(commands.Accept)
    desk.caption_file("cat.png").reads("a dog, window\n")
    assert desk.kinds() == ["accept"]


async def test_a_caption_changed_outside_appears_by_itself(desk: Desk) -> None:
    """Who only looks sees the caption as it is by now; what they left out stays left out."""
    desk.image("cat.png", caption="a cat")
    desk.proposal("cat.png", {"window": 0.9, "lamp": 0.8})
    async with desk.review() as review:
        await review.leave_out("+window")
        desk.caption_file("cat.png").write("a dog")
        within = LOOKED_AT_WITHIN_SECONDS + SLACK_SECONDS
        await review.until(lambda: review.result_line() == "a dog, lamp", "the new caption is shown", within)
        review.shows_hunks(chosen=["+lamp"], left=["+window"])


async def test_a_card_that_just_changed_is_not_decided_unseen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key pressed right after the caption in view changed outside is held back; later, or after a move, it decides."""
    desk.images("1.png", "2.png", "3.png", caption="a cat")
    async with desk.review(size=(140, 40)) as review:
        monkeypatch.setattr(guard, "HELD_SECONDS", math.inf)
        desk.caption_file("1.png").write("a dog")
        await review.comes_to_show("a dog")
        await review.at_once("a")
        review.shows("held back: this card changed just now; look, then a again")
        assert (review.in_view, desk.kinds()) == ("1.png", [])
        monkeypatch.setattr(guard, "HELD_SECONDS", 0.0)
        await review.at_once("a")
        assert (review.in_view, desk.states()["1.png"]) == ("2.png", "accepted")
        monkeypatch.setattr(guard, "HELD_SECONDS", math.inf)
        desk.caption_file("2.png").write("a bird")
        await review.comes_to_show("a bird")
        await review.press(commands.Next)
        await review.at_once("a")
        review.shows("3.png: accepted as it stands")
    assert desk.kinds() == ["approve", "approve"]
    assert desk.states()["2.png"] == "untouched"


async def test_another_cutline_decides_at_the_same_time(desk: Desk) -> None:
    """What another process accepts and takes back is seen within a second; nothing is decided twice."""
    desk.images("1.png", "2.png", "3.png", caption="a cat")
    for name in ("1.png", "2.png", "3.png"):
        desk.proposal(name, {"window": 0.9})
    within = LOOKED_AT_WITHIN_SECONDS + SLACK_SECONDS
    async with desk.review() as review:
        assert desk.cutline("accept", ".", "--images", "[12].png", "--json").json["images"] == 2
        await review.until(lambda: review.counts.accepted == 2, "the other's decisions are counted", within)
        await review.comes_to_show("tagger ✓ taken", within=within)
        assert review.in_view == "1.png"
        await review.press(commands.Accept)
        review.shows("1.png: accepted already")
        assert review.in_view == "3.png"
        await review.press(commands.First)
        assert desk.cutline("undo", ".", "--json").json["images"] == 2
        await review.until(lambda: review.counts.pending == 3, "the other's undo is counted", within)
        await review.press(commands.Accept)
        assert review.counts.accepted == 1
    desk.caption_file("1.png").reads("a cat, window")
    desk.caption_file("2.png").reads("a cat")
    assert desk.kinds() == ["accept", "accept", "undo", "undo", "accept"]


async def test_an_image_answered_by_another_is_not_answered_again(desk: Desk) -> None:
    """A key pressed on an image that another process decided a moment ago is refused and doubles nothing."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review() as review:
        with desk.workspace() as other:
            other.reject(other.frame(other.entry_of(b"1.png").id))
        await review.press_at_once(commands.Accept)
        review.shows("somebody else decided this image meanwhile")
        assert review.counts.rejected == 1
    desk.caption_file("1.png").reads("a cat")
    assert desk.kinds() == ["reject"]


async def test_an_image_deleted_outside_while_it_is_in_view(desk: Desk) -> None:
    """Keys that decide say that it is gone and decide nothing; what was typed for it is no other image's."""
    desk.images("1.png", "2.png", "3.png", caption="a cat")
    async with desk.review(size=(140, 40)) as review:
        (desk.root / "1.png").unlink()
        await review.press(commands.Accept)
        review.shows("1.png is gone from the folder: nothing was decided, and it leaves the queue")
        assert (review.in_view, review.counts.images) == ("2.png", 2)
        await review.press(commands.Edit)
        await review.write("s")
        (desk.root / "2.png").unlink()
        await review.press("ctrl+s")
        review.shows("2.png is gone from the folder", "what you typed is kept as a draft")
        assert review.in_view == "3.png"
        await review.press("ctrl+s")
    assert desk.kinds() == []
    for name in ("1.png", "2.png", "3.png"):
        desk.caption_file(name).reads("a cat")


async def test_a_flag_for_an_image_that_another_set_aside(desk: Desk) -> None:
    """Where this screen's own collector noticed first, the key says what happened, and the next image is shown."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review(size=(140, 40)) as review:
        turns = review.app.turns
        assert turns.card is not None
        with desk.workspace() as other:
            other.set_aside(turns.card.image)
        turns.workspace.refresh()  # as a thread that stores results does
        await review.press_at_once(commands.Flag)
        review.shows("the image was moved or set aside meanwhile")
        assert (review.in_view, review.counts.images) == ("2.png", 1)
        await review.press(commands.Flag)
        assert review.counts.flagged == 1
    assert desk.kinds() == ["aside", "flag"]


async def test_images_that_come_while_the_screen_is_closed(desk: Desk) -> None:
    """New images stand in the queue at the next start, vanished ones are gone, and decisions stay with the others."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Accept)
    (desk.root / "2.png").unlink()
    desk.image("3.png")
    async with desk.review() as review:
        assert (review.counts.images, review.counts.accepted, review.counts.untouched) == (2, 1, 1)
        review.shows("✓ 1.png", "○ 3.png")
        review.shows_not("2.png")
