"""A picture that has no place in the dataset is set aside with one key, and comes back with another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui import commands
from tui.actions import listing, past
from tui.actions.listing import Back

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_set_aside_and_back(desk: Desk) -> None:
    """The next image is shown at once, the counts follow, and undo puts the image back where it stood."""
    desk.images("1.png", "2.png", "3.png", caption="a cat")
    for name in ("1.png", "2.png", "3.png"):
        desk.proposal(name, {"window": 0.9})
    before = desk.files()
    async with desk.review() as review:
        await review.press(commands.Next)
        await review.press(commands.SetAside)
        assert review.in_view == "3.png"
        review.shows("2.png: set aside; u brings it back")
        assert (review.counts.images, review.counts.aside) == (2, 1)
        assert not (desk.root / "2.png").exists()
        assert not (desk.root / "2.txt").exists()
        assert desk.cutline("stats", ".", "--json").json["aside"] == 1
        await review.press(commands.Undo)
        assert (review.in_view, review.counts.aside) == ("2.png", 0)
        assert desk.files() == before
        await review.press(commands.Next)
        assert review.in_view == "3.png"
        await review.press(commands.History)
        review.shows("moved with its caption back from .cutline-aside/1")
        await review.press(listing.Next)
        review.shows("set aside · 2.png", "moved with its caption to .cutline-aside/1, as NAME.aside")
        assert "(moved with its caption to .cutline-aside/1, as NAME.aside)" in desk.cutline("history", ".").out
    assert desk.kinds() == ["aside", "undo"]


async def test_several_come_back_in_their_order(desk: Desk) -> None:
    """However they went and came, one by one or several at once, all stand where they stood."""
    desk.images("a.png", "b.png", "c.png", "d.png", caption="a cat")
    async with desk.review() as review:
        turns = review.app.turns

        def queue() -> str:
            return "".join(chr(turns.workspace.entries[image].key[0]) for image in turns.lineup.ids)

        await review.press(commands.SetAside, commands.SetAside)
        assert queue() == "cd"
        await review.press(commands.History, "j", past.TakeBackSince, past.Yes, Back)
        assert queue() == "abcd"
        await review.press(commands.Redo)
        assert queue() == "cd"
        await review.press(commands.Undo)
        assert queue() == "abcd"


async def test_all_of_them(desk: Desk) -> None:
    """The last one leaves an empty queue behind, from which undo leads back."""
    desk.images("1.png", "2.png", caption="a cat")
    before = desk.files()
    async with desk.review() as review:
        await review.press(commands.SetAside, commands.SetAside)
        review.shows("There are no images in this folder")
        assert (review.counts.images, review.counts.aside) == (0, 2)
        await review.press(commands.SetAside)
        review.shows("there is no image here")
        await review.press(commands.Undo, commands.Undo)
        assert (review.in_view, review.counts.images) == ("1.png", 2)
    assert desk.files() == before


async def test_a_restart_between(desk: Desk) -> None:
    """Tomorrow the command line brings it back; something new in its place is not touched, and named."""
    desk.image(b"caf\xe9 1.png", "a cat")
    desk.image("2.png")
    before = desk.files()
    async with desk.review() as review:
        await review.press(commands.Last, commands.SetAside)
        assert review.counts.aside == 1
    (desk.root / os.fsdecode(b"caf\xe9 1.png")).write_bytes(b"new")
    said = desk.cutline("undo", ".")
    assert said.code == 3
    assert "stands in its place" in said.err
    assert (desk.root / os.fsdecode(b"caf\xe9 1.png")).read_bytes() == b"new"
    (desk.root / os.fsdecode(b"caf\xe9 1.png")).unlink()
    assert desk.cutline("undo", ".").code == 0
    assert desk.files() == before


async def test_a_folder_that_may_not_be_changed(desk: Desk) -> None:
    """What the system refuses is said in words, and the image stays in view."""
    desk.image("sub/1.png", "a cat")
    desk.image("2.png")
    before = desk.files()
    async with desk.review() as review:
        await review.press(commands.Last)
        assert review.in_view == "sub/1.png"
        # Root may change any folder: a file in the way of ours stops everybody.
        (desk.root / ".cutline-aside").write_bytes(b"mine")
        await review.press(commands.SetAside)
        review.shows("is not a folder of this dataset")
        assert review.in_view == "sub/1.png"
        assert review.counts.images == 2
    (desk.root / ".cutline-aside").unlink()
    assert desk.files() == before
    assert desk.states() == {"2.png": "untouched", "sub/1.png": "untouched"}
