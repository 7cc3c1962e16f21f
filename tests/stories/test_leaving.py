"""Leaving from wherever one is, and what is said at the start and typed ahead of an editor."""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING

import pytest

from engine import editing, paths
from tui import commands
from tui.keys.keymap import WAYS_OUT
from tui.screens.review import ReviewScreen
from tui.widgets.hunk_editor import HunkEditor
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting

DOORS = ("question_mark", "H", "b", "J", "o", "slash", "ctrl+p")
"""Each opens a screen or a line over the review."""


def _configure(text: str) -> Path:
    file = paths.config_dir() / "cutline.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


async def _left(review: Sitting) -> None:
    await review.until(lambda: review.app._exit, "leaving")


@pytest.mark.parametrize(("door", "way_out"), [*zip(DOORS, itertools.cycle(WAYS_OUT))])
async def test_both_keys_leave_from_everywhere(desk: Desk, door: str, way_out: str) -> None:
    """Over another screen or in a line they leave the app, with the farewell of the review."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("escape")
        await review.press(door)
        assert not review.app._exit
        await review._pilot.press(way_out)
        await _left(review)
        assert "1 draft is kept" in str(review.app._exit_renderables[0])


async def test_what_was_typed_before_ctrl_c_is_kept(desk: Desk) -> None:
    """Text and the key that leaves, sent in one go: the draft holds the whole text; a selection is copied first."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.at_once("shift+left", "ctrl+c")
        assert review.app.clipboard == "t"
        assert not review.app._exit
        await review.at_once("right", "x", "y", "ctrl+c")
        await _left(review)
    async with desk.review() as review:
        await review.press(commands.Edit)
        assert review.app.screen.query_one(TagEditor).text == "a catxy"


async def test_a_bulk_edit_is_stopped_between_two_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving amid the changes waits until no file is being changed, and then leaves."""
    desk.images("1.png", "2.png", caption="a cat")
    begun, gate = threading.Event(), threading.Event()

    def apply(*_: Any, stop: Any, **__: Any) -> editing.Applied:
        begun.set()
        while not stop():
            gate.wait(0.005)
        gate.wait(10)  # the batch under way
        return editing.Applied(stopped=True)

    async with desk.review() as review:
        await review.press("b", "t")
        await review.write("ohwx")
        await review.press("enter")
        review.shows("2 of 2 change")
        monkeypatch.setattr(editing, "apply", apply)
        await review._pilot.press("enter")
        await asyncio.to_thread(begun.wait, 10)
        await review._pilot.press("ctrl+c")
        await review.comes_to_show("stopping …")
        await review._pilot.pause()
        assert not review.app._exit
        gate.set()
        await _left(review)


async def test_every_notice_of_the_start_is_read(desk: Desk) -> None:
    """A draft, two keys that clash, a preset, a filter and a theme that do not exist stand side by side."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("escape", "q")
    _configure(
        '[screen]\ntheme = "nonesuch"\n[filters]\nbad = "state:"\n[keys]\npreset = "emax"\naccept = "u"\nundo = "u"\n'
    )
    async with desk.review() as review:
        told = " ".join(review.text.split())
        for part in ("1 draft is waiting", "key u:", "no preset 'emax'", "no theme 'nonesuch'", "the filter bad"):
            assert part in told, told
        await review.press(commands.Help, "escape")
        review.shows_not("1 draft is waiting")


@pytest.mark.parametrize("typed", ["hello ", "o", "more H?b"])
async def test_keys_typed_behind_e_are_put_into_the_editor(desk: Desk, typed: str) -> None:
    """They come into the editor in their order, and no screen opens over it."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.at_once("e", "down", *typed)
        assert isinstance(review.app.screen, ReviewScreen)
        assert review.app.screen.query_one(TagEditor).text == f"a cat{typed}"


async def test_keys_typed_behind_the_start_of_a_line_are_put_into_it(desk: Desk) -> None:
    """The filter and the line of one change take what is typed in the same go, too."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", "a dog")
    async with desk.review() as review:
        await review.at_once("slash", *"hello")
        assert review.typed == "hello"
        await review.press("escape", "escape")
        await review.at_once(commands.EditHunk.keys[0], *"jo")
        assert review.app.screen.query_one(HunkEditor).text.endswith("jo")


async def test_an_editor_is_not_opened_below_another_screen(desk: Desk) -> None:
    """Of `o` and `e` in one go the list of orders is open, and no editor lies below it."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.at_once("o", "e", "x")
        await review.press("escape")
        assert not review.app.screen.query_one(TagEditor).display
