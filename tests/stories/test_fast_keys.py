"""A key held down, faster than the screen is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk

TIMES = 60
"""Two seconds of key repeat at 30 Hz, sent at once."""


async def test_a_key_held_down_decides_each_image_once(desk: Desk) -> None:
    """Sixty `a` without a pause decide sixty images, each once, with what was proposed for it."""
    names = [f"{number:03}.png" for number in range(TIMES + 1)]
    desk.images(*names, caption="a cat")
    for number, name in enumerate(names):
        desk.proposal(name, {f"tag {number}": 0.9})
    async with desk.review() as review:
        await review.hold("a", TIMES)
        assert (review.counts.accepted, review.counts.pending) == (TIMES, 1)
        assert review.in_view == names[-1]
    for number, name in enumerate(names[:-1]):
        desk.caption_file(name).reads(f"a cat, tag {number}")
    desk.caption_file(names[-1]).reads("a cat")
    decided = [row.image for row in desk.journal()]
    assert len(decided) == len(set(decided)) == TIMES


async def test_keys_held_down_in_turns(desk: Desk) -> None:
    """Accepting and taking back in quick turns ends where it began, with every step in the journal."""
    desk.image("1.png", caption="a cat")
    desk.image("2.png", caption="a dog")
    for name in ("1.png", "2.png"):
        desk.proposal(name, {"window": 0.9})
    before = desk.files()
    async with desk.review() as review:
        for _ in range(10):
            await review.hold("a", 2)
            await review.hold("u", 2)
        assert review.counts.pending == 2
    assert desk.files() == before
    assert desk.kinds() == ["accept", "accept", "undo", "undo"] * 10


async def test_keys_that_arrive_at_once_are_taken_in_their_order(desk: Desk) -> None:
    """What is typed behind ctrl+s while a line stalls is not written into the caption."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.at_once("x", "ctrl+s", "j", "j")
        desk.caption_file("1.png").reads("a catx")
        await review.press(commands.Edit)
        await review.at_once("y", "escape", "j")
    desk.caption_file("1.png").reads("a catx")
    async with desk.review() as review:
        await review.press(commands.Edit)
        review.shows("a catxy ")


async def test_a_filter_typed_at_once(desk: Desk) -> None:
    """A line emptied, typed anew and entered in one go is what was typed, without what follows."""
    desk.images("cat.png", "dog.png")
    async with desk.review() as review:
        for _ in range(2):
            await review.press(commands.Filter)
            await review.at_once("ctrl+u", *"dog", "enter", "m")
            await review.comes_to_show("/ dog")
