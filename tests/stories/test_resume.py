"""Coming back to where one was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.workspace import Workspace
from tests.stories.test_finding import filter_by, order_by, queue_of
from tui import commands
from tui.sitting import bookmark

if TYPE_CHECKING:
    from tests.stories.desk import Desk


@pytest.fixture
def street(desk: Desk) -> Desk:
    """Give six images."""
    desk.images("a.png", "c.png", "e.png", caption="cat")
    desk.images("b.png", "d.png", "f.png", caption="dog")
    return desk


async def test_position_filter_order_and_selection_come_back(street: Desk) -> None:
    """After a restart the same image is in view, in the same queue, with the same images selected."""
    async with street.review(resumes=True) as review:
        await review.press(commands.Select, commands.Sort)
        await order_by(review, "path")
        await filter_by(review, "tag:dog")
        await review.press(commands.Sort, "j", "k", "r", "enter", commands.First, commands.Next)
        assert (queue_of(review), review.in_view) == (["f.png", "d.png", "b.png"], "d.png")
    async with street.review(resumes=True) as review:
        assert (queue_of(review), review.in_view) == (["f.png", "d.png", "b.png"], "d.png")
        review.shows("/ tag:dog by -path")
        entries = review.app.turns.workspace.entries
        assert [entries[image].key for image in review.app.turns.selection.images] == [b"a.png"]


async def test_the_first_image_shown_is_that_of_the_last_time(street: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The image is on the screen before any other was loaded."""
    async with street.review(resumes=True) as review:
        await review.press(commands.Next, commands.Next)
    loaded: list[int] = []
    load = Workspace.load

    def counting(self: Workspace) -> None:
        loaded.append(len(self.entries))
        load(self)

    monkeypatch.setattr(Workspace, "load", counting)
    async with street.review(resumes=True) as review:
        assert review.in_view == "c.png"
        assert queue_of(review) == [f"{name}.png" for name in "abcdef"]
    assert loaded[0] == 1


async def test_an_image_that_was_decided_meanwhile(street: Desk) -> None:
    """Where the image does not wait any more, or is gone, the review begins as usual."""
    async with street.review(resumes=True) as review:
        await review.press(commands.Next, commands.Next)
    async with street.review() as review:
        await review.press(commands.Next, commands.Next, commands.Accept)
    async with street.review(resumes=True) as review:
        assert review.in_view == "a.png"
        await review.press(commands.Last, commands.Previous)
        assert review.in_view == "f.png"
    (street.root / review.in_view).unlink()
    async with street.review(resumes=True) as review:
        assert review.in_view == "a.png"
        assert "c.png" in queue_of(review)


async def test_a_kept_filter_that_is_gone(street: Desk) -> None:
    """A filter of the last time that means nothing any more is said and left out."""
    with street.workspace():
        pass
    bookmark.save(street.root, bookmark.Bookmark(b"b.png", "@gone"))
    async with street.review(resumes=True) as review:
        review.shows("no filter is kept as @gone")
        assert (review.in_view, len(queue_of(review))) == ("b.png", 6)


async def test_who_says_what_to_show_gets_that(street: Desk) -> None:
    """A review that was told what to show neither begins at the bookmark nor changes it."""
    kept = bookmark.Bookmark(b"d.png", trigger="ohwx")
    bookmark.save(street.root, kept)
    async with street.review() as review:
        assert review.in_view == "a.png"
        await review.press(commands.Next)
    assert bookmark.load(street.root) == kept
