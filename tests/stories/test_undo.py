"""Taking steps back: in the session, after a restart, and whole groups."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from tui import commands

if TYPE_CHECKING:
    import pytest

    from engine.review.undo import Undone
    from tests.stories.desk import Desk


async def test_undo_goes_back_through_the_session(desk: Desk) -> None:
    """Each undo takes back one step, newest first, goes to its image, and restores its bytes."""
    desk.image("1.png", caption="a cat\n")
    desk.image("2.png")
    for name in ("1.png", "2.png"):
        desk.proposal(name, {"window": 0.9})
    before = desk.files()
    async with desk.review() as review:
        await review.press(commands.Accept, commands.Accept)
        desk.caption_file("1.png").reads("a cat, window\n")
        desk.caption_file("2.png").reads("window")
        await review.press(commands.Undo)
        assert review.in_view == "2.png"
        desk.caption_file("2.png").is_absent()
        await review.press(commands.Undo)
        assert (review.in_view, review.counts.pending) == ("1.png", 2)
        assert desk.files() == before
        await review.press(commands.Undo)
        review.shows("nothing of this session is left to undo")
    assert desk.kinds() == ["accept", "accept", "undo", "undo"]


async def test_an_undo_that_is_all_but_over_refuses_no_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow disk a held key comes before the end of the step before: it takes back the next one."""
    desk.images("1.png", "2.png", caption="a cat")
    for name in ("1.png", "2.png"):
        desk.proposal(name, {"window": 0.9})
    before = desk.files()
    async with desk.review() as review:
        await review.press(commands.Accept, commands.Accept)
        workspace = review.app.turns.workspace
        undo_last, is_written, may_end = workspace.undo_last, threading.Event(), threading.Event()

        def slow(**course: Any) -> Undone | None:
            undone = undo_last(**course)
            is_written.set()
            may_end.wait()
            return undone

        monkeypatch.setattr(workspace, "undo_last", slow)
        try:
            await review.press_amid_work(commands.Undo)
            await asyncio.to_thread(is_written.wait)
            await review.press_amid_work(commands.Undo)
        finally:
            may_end.set()
        await review.settle()
        assert desk.files() == before


async def test_undo_after_a_restart_is_a_command(desk: Desk) -> None:
    """The key takes back only what this session did; `cutline undo` reaches what was decided before."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review() as review:
        await review.press(commands.Accept)
    async with desk.review() as review:
        await review.press(commands.Undo)
        review.shows("nothing of this session is left to undo")
        desk.caption_file("1.png").reads("a cat, window")
        said = desk.cutline("undo", ".", "--json")
        assert (said.code, said.json["images"], said.json["written"]) == (0, 1, 1)
        desk.caption_file("1.png").reads("a cat")
        await review.until(lambda: review.counts.pending == 1, "the screen sees the undo", within=5)
        review.shows_hunks(chosen=["+window"])


async def test_a_group_is_taken_back_as_one_step(desk: Desk) -> None:
    """A bulk accept is one step: undoing its group restores every file but one changed since, which is named."""
    desk.images("1.png", "2.png", "3.png", caption="a cat")
    for name in ("1.png", "2.png", "3.png"):
        desk.proposal(name, {"window": 0.9})
    group = desk.cutline("accept", ".", "--json").json["group"]
    desk.caption_file("2.png").write("changed by hand")
    said = desk.cutline("undo", ".", "--group", group, "--json")
    assert said.code == 3
    assert said.json["partly_undone"] is True
    assert [item["image"] for item in said.json["refused"]] == ["2.png"]
    desk.caption_file("1.png").reads("a cat")
    desk.caption_file("2.png").reads("changed by hand")
    desk.caption_file("3.png").reads("a cat")
    assert desk.states() == {"1.png": "pending", "2.png": "accepted", "3.png": "pending"}


async def test_undo_never_overwrites_what_was_changed_since(desk: Desk) -> None:
    """A caption somebody edited after the decision stays as they left it, and the person is told."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review() as review:
        await review.press(commands.Accept)
        desk.caption_file("1.png").write("mine")
        await review.press(commands.Undo)
        review.shows("not undone: the caption was changed since")
    desk.caption_file("1.png").reads("mine")
