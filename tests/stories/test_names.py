"""Folders and files with the names people give them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk

NAMES: dict[str, bytes] = {
    "spaces": b" a cat  on a sofa .png",
    "newline": b"two\nlines.png",
    "emoji": "cat 🐈‍⬛.png".encode(),
    "CJK": "猫と窓.png".encode(),
    "not UTF-8": b"caf\xe9.png",
    "several dots": b"a.cat.v2.png",
    "like an option": b"--accept.png",
}


def _possible(desk: Desk, name: bytes) -> bool:
    try:
        (probe := Path(os.fsdecode(os.fsencode(desk.root) + b"/" + name))).touch()
        probe.unlink()
    except OSError:
        return False
    return True


async def test_every_name_goes_all_the_way(desk: Desk) -> None:
    """Images with odd names are tagged, shown, accepted and written beside themselves, and all of it is undone."""
    names = [name for name in NAMES.values() if _possible(desk, name)]
    assert len(names) >= len(NAMES) - 1, "only a name that is not UTF-8 may be impossible somewhere"
    for name in names:
        desk.image(name, picture="dark")
    before = desk.files()
    said = await desk.tag()
    assert (said["proposed"], said["failed"]) == (len(names), 0)
    async with desk.review() as review:
        for _ in names:
            assert "dark" in review.result_line()
            await review.press(commands.Accept)
        assert review.counts.accepted == len(names)
    for name in names:
        assert b"dark" in desk.caption_file(name).path.read_bytes()
    assert desk.cutline("undo", ".", "--steps", len(names), "--json").json["written"] == len(names)
    assert desk.files() == before


def test_names_in_json(desk: Desk) -> None:
    """A name is a string in JSON, and one that is not UTF-8 its bytes in base64."""
    if not _possible(desk, NAMES["not UTF-8"]):
        pytest.skip("names that are not UTF-8: this file system has none")
    desk.image(NAMES["not UTF-8"], picture="dark")
    desk.image(NAMES["newline"], picture="dark")
    desk.cutline("tag", ".", "--model", "pixel_stats", "--accept")
    images = [row["image"] for row in desk.cutline("history", ".", "--json").rows if row["kind"] == "accept"]
    assert sorted(map(str, images)) == ["two\nlines.png", "{'name_b64': 'Y2Fm6S5wbmc='}"]


async def test_a_trainers_folder_shows_its_repeats(desk: Desk) -> None:
    """In a folder named `10_grey cat` the screen shows the repeats; the caption lies beside its image there."""
    desk.image("10_grey cat/1.png", caption="grey cat, sofa")
    desk.image("10_grey cat/2.jpg")
    desk.proposal("10_grey cat/2.jpg", {"grey cat": 0.9})
    async with desk.review() as review:
        review.shows("×10 · 320×240", "10_grey cat/", "×10 grey cat")
        assert review.in_view == "10_grey cat/2.jpg"
        await review.press(commands.Accept)
    desk.caption_file("10_grey cat/2.jpg").reads("grey cat")
    assert {path.name for path in desk.root.iterdir()} == {".cutline", "10_grey cat"}


async def test_two_images_that_share_a_caption(desk: Desk) -> None:
    """`a.jpg` and `a.png` have one caption file: each is decided for itself, the second against the new text."""
    desk.image("a.jpg", caption="a cat")
    desk.image("a.png")
    for name in ("a.jpg", "a.png"):
        desk.proposal(name, {"window": 0.9, Path(name).suffix[1:]: 0.8})
    async with desk.review() as review:
        await review.press(commands.Accept)
        review.shows_hunks(chosen=["+png"])
        await review.press(commands.Accept)
    desk.caption_file("a.png").reads("a cat, window, jpg, png")
