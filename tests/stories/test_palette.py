"""Finding an action by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_an_action_is_found_by_a_few_letters_and_done(desk: Desk) -> None:
    """Typing part of an action's name and pressing enter does it; its keys stand beside it."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Palette)
        review.shows("accept candidate", "shift+tab")
        await review.write("flag")
        review.shows("Put a flag on this image")
        review.shows_not("accept candidate")
        await review.press("enter")
        assert review.counts.flagged == 1


async def test_what_cannot_be_done_now_says_why(desk: Desk) -> None:
    """An action that does nothing now says so in the list; escape leaves without doing anything."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Palette)
        await review.write("reject")
        review.shows("no candidate is open here: nothing to reject")
        await review.press("escape")
        assert desk.kinds() == []


async def test_no_action_is_called_so(desk: Desk) -> None:
    """What names no action finds none, and enter then does nothing."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Palette)
        await review.write("zzz")
        review.shows("no action is called so")
        await review.press("enter")
        assert desk.kinds() == []
