"""A session of limited length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stories.test_finding import filter_by, queue_of
from tui import commands
from tui.course.lineup import Lineup

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_a_session_of_five(desk: Desk) -> None:
    """The next five that wait are the queue; the title counts them, and at the end it is said how it went."""
    desk.images(*[f"{number:02}.png" for number in range(12)], caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Next, commands.Next, commands.Limit, "ctrl+u", "5", "enter")
        assert queue_of(review) == ["02.png", "03.png", "04.png", "05.png", "06.png"]
        assert review.in_view == "02.png"
        review.shows("0/5 of this session")
        await review.press(*[commands.Accept] * 2)
        review.shows("2/5 of this session")
        await review.press(commands.Undo)
        review.shows("1/5 of this session")
        await review.press(*[commands.Accept] * 4)
        review.shows("5/5 of this session", "session over: 5 decided in", "B goes on", "q leaves")
        await review.press(commands.Limit, "enter")
        assert queue_of(review) == ["00.png", "01.png", "07.png", "08.png", "09.png"]
        await review.press(commands.Limit, "ctrl+u", "enter")
        assert len(queue_of(review)) == 12
        review.shows_not("of this session")


async def test_skipping_is_no_decision(desk: Desk) -> None:
    """A session in which images were skipped says so; a skip that was taken back counts no more."""
    desk.images(*[f"{number:02}.png" for number in range(4)], caption="a cat")
    async with desk.review(lineup=Lineup(limit=2)) as review:
        await review.press(commands.Skip, commands.Undo, commands.Skip, commands.Skip)
        review.shows("session over: 0 decided, 2 skipped in")


async def test_an_image_decided_again_counts_once(desk: Desk) -> None:
    """However often an image is decided, taken back, and decided again, a session of three decides three."""
    for number in range(5):
        desk.image(f"{number:02}.png", caption="a cat")
        desk.proposal(f"{number:02}.png", {"window": 0.9})
    async with desk.review() as review:
        await review.press(commands.Limit, "ctrl+u", "3", "enter")
        await review.press(*[commands.Reject] * 2, commands.Undo, *[commands.Reject] * 2)
        review.shows("3/3 of this session", "session over: 3 decided in")
        await review.press(commands.Accept)
        review.shows("3/3 of this session", "session over: 3 decided in")
        await review.press(commands.Skip)
        review.shows("3/3 of this session", "session over: 3 decided in")


async def test_a_session_from_the_command_line(desk: Desk) -> None:
    """`--limit` takes the first that wait."""
    desk.images(*[f"{number:02}.png" for number in range(9)])
    async with desk.review(lineup=Lineup(limit=3)) as review:
        assert queue_of(review) == ["00.png", "01.png", "02.png"]
        review.shows("0/3 of this session")


async def test_a_session_within_a_filter(desk: Desk) -> None:
    """Limited are only images that fit the filter in force; what is no number is refused."""
    desk.images("a.png", "c.png", "e.png", "g.png", caption="cat")
    desk.images("b.png", "d.png", caption="dog")
    async with desk.review() as review:
        await filter_by(review, "tag:cat")
        await review.press(commands.Limit, "x", "enter")
        review.shows("is no number of images")
        await review.press(commands.Limit, "ctrl+u", "2", "enter")
        assert queue_of(review) == ["a.png", "c.png"]


async def test_setting_aside_counts_as_done(desk: Desk) -> None:
    """An image that is set aside in a session is done, and none comes in its place; undo brings it back."""
    desk.images(*[f"{number:02}.png" for number in range(6)])
    async with desk.review(lineup=Lineup(limit=3)) as review:
        await review.press(commands.SetAside)
        assert queue_of(review) == ["01.png", "02.png"]
        review.shows("1/3 of this session")
        await review.press(commands.Undo)
        assert queue_of(review) == ["00.png", "01.png", "02.png"]
        review.shows("0/3 of this session")


async def test_the_speed_is_shown_at_80_columns(desk: Desk) -> None:
    """Images a minute and the time left stand in the status bar where the title has no room for them."""
    desk.images(*[f"{number:02}.png" for number in range(9)])
    async with desk.review(size=(80, 24)) as review:
        await review.press(*[commands.Accept] * 6)
        review.shows("/min", " left")
