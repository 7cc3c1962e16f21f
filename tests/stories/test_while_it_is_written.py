"""A caption takes its time to be written: what is pressed meanwhile is in no caption, decides nothing and leaves nothing shut."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING

from textual import events

from tui import commands
from tui.course.guard import Guard
from tui.screens import editing
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting


@contextlib.contextmanager
def _held_up(desk: Desk) -> Iterator[None]:
    """Let no write go on, as another cutline does that is in the middle of one."""
    with desk.workspace() as other, other.store.locked():
        yield


def _editor(review: Sitting) -> TagEditor:
    return review.app.screen.query_one(TagEditor)


def _drafts(desk: Desk) -> list[str]:
    with desk.workspace() as workspace:
        return [draft.text for draft in workspace.drafts_kept().values()]


async def test_the_editor_says_that_it_is_being_written_and_takes_nothing(desk: Desk) -> None:
    """What is pressed waits for the outcome, and is for the review then: one step is made, no draft is left behind."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit, "s", "comma")
        with _held_up(desk):
            await review.press_amid_work("ctrl+s", "exclamation_mark", "ctrl+s", "escape", "j")
            review.app.post_message(events.Paste("dog"))
            await review.comes_to_show("being written …")
            assert _editor(review).text == "a cats,"
        await review.settle()
        review.shows_not("✎ draft")
        assert review.in_view == "2.png"
    desk.caption_file("1.png").reads("a cats")
    assert desk.kinds() == ["edit"]
    assert _drafts(desk) == []


async def test_a_refusal_gives_the_keys_back_to_the_editor(desk: Desk) -> None:
    """Where nothing could be written the text is edited on or left as a draft, and the screen has its keys then."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review((140, 40)) as review:
        await review.press(commands.Edit, "s")
        desk.caption_file("1.png").write("a dog")
        with _held_up(desk):
            await review.press_amid_work("ctrl+s", "escape", "j")
        await review.settle()
        review.shows("changed on disk", "ctrl+s write · esc keep as draft")
        await review.press("exclamation_mark")
        assert _editor(review).text == "a cats!"
        await review.press("escape", "escape")
        review.shows("kept as a draft", "✎ draft")
        await review.press(commands.Next)
        assert review.in_view == "2.png"
        await review.press(commands.Quit)
        assert not review.app.is_running
    desk.caption_file("1.png").reads("a dog")
    assert _drafts(desk) == ["a cats!"]


async def test_nothing_of_others_is_written_over_unseen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that repeats does not replace what somebody else wrote: only one pressed when that could be seen does."""
    monkeypatch.setattr(editing, "KEY_REPEAT_SECONDS", math.inf)
    desk.image("1.png", caption="a cat")
    async with desk.review((140, 40)) as review:
        await review.press(commands.Edit, "s")
        desk.caption_file("1.png").write("a dog")
        await review.at_once("ctrl+s", "ctrl+s")
        review.shows("changed on disk", "ctrl+s again writes your text over it")
        await review.at_once("ctrl+s")
        review.shows("held back: the caption changed just now; look, then ctrl+s again", "esc keep as draft")
        desk.caption_file("1.png").reads("a dog")
        monkeypatch.setattr(review.app._review.editing, "_warned", Guard(seconds=0.0))
        await review.press("ctrl+s")
        review.shows("edited and written")
    desk.caption_file("1.png").reads("a cats")
    assert desk.kinds() == ["edit"]
