"""Pictures that cannot be read, captions that are not text, folders that are not what they should be."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_broken_pictures_are_named_and_the_rest_goes_on(desk: Desk) -> None:
    """Unreadable and truncated pictures fail with their reason, all others are tagged, and the exit code is 3."""
    desk.image("good.png")
    desk.image("cut.jpg")
    whole = (desk.root / "cut.jpg").read_bytes()
    (desk.root / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (desk.root / "not.png").write_bytes(b"this is a letter")
    (desk.root / "empty.webp").write_bytes(b"")
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--json")
    assert said.code == 3
    assert (said.json["proposed"], said.json["failed"]) == (1, 3)
    assert {failure["image"] for failure in said.json["failures"]} == {"cut.jpg", "empty.webp", "not.png"}
    assert all(failure["message"] and failure["code"] == "unreadable" for failure in said.json["failures"])
    for name in ("cut.jpg", "empty.webp", "not.png"):
        assert sum(line.startswith(f"{name}: the picture ") for line in said.err.splitlines()) == 1
    assert str(desk.root) not in said.out + said.err
    async with desk.review(preview="symbols") as review:
        assert review.counts.unreadable == 3
        assert review.in_view == "good.png"
        await review.press(commands.Next)
        review.shows("cut.jpg", "unreadable", "no picture:")
        await review.press(commands.Edit)
        await review.write("broken")
        await review.press("ctrl+s")
    desk.caption_file("cut.jpg").reads("broken")


async def test_a_caption_that_is_not_utf8_is_kept(desk: Desk) -> None:
    """Bytes that are not UTF-8 are shown as such, survive every decision around them, and are rewritten by none."""
    latin = "café, crème".encode("latin-1")
    desk.image("1.png", caption=latin)
    desk.image("2.png", caption=latin)
    desk.image("3.png", caption=latin)
    desk.proposal("1.png", {"window": 0.9})
    desk.proposal("2.png", {"window": 0.9})
    async with desk.review() as review:
        review.shows(r"caf\xe9, cr\xe8me")
        await review.press(commands.Accept, commands.Reject, commands.Accept)
        desk.caption_file("1.png").reads(latin + b", window")
        await review.press(commands.First, commands.Edit)
        await review.write("s")
        await review.press("ctrl+s")
    desk.caption_file("1.png").reads(latin + b", windows")
    desk.caption_file("2.png").reads(latin)
    desk.caption_file("3.png").reads(latin)


async def test_a_caption_in_another_encoding_says_what_can_be_done(desk: Desk) -> None:
    """The message is one line whatever the file's name holds, names the keys in force, and rejecting works."""
    utf16 = "a cat".encode("utf-16")
    desk.image("odd\nname.png", caption=utf16)
    desk.image("z.png", caption=utf16)
    desk.proposal("odd\nname.png", {"window": 0.9})
    async with desk.review() as review:
        review.shows("odd↵name.txt", "s skips it, x rejects what is proposed; or save it as UTF-8")
        await review.press(commands.Accept)
        assert review.in_view == "odd\nname.png"
        assert review.text.count("x rejects what is proposed") == 2
        await review.press(commands.Reject)
        assert review.in_view == "z.png"
        review.shows("s skips it; or save it as UTF-8")
    assert desk.kinds() == ["reject"]
    desk.caption_file("odd\nname.png").reads(utf16)


async def test_a_caption_that_is_no_file_keeps_nobody_waiting(desk: Desk) -> None:
    """The screen says what has the caption's name, lets nobody write there, and goes on with the next image."""
    desk.images("1.png", "2.png")
    os.mkfifo(desk.root / "1.txt")
    async with desk.review() as review:
        review.shows("1.txt is not a plain file")
        await review.press(commands.Accept, commands.Next)
        assert review.in_view == "2.png"
        await review.press(commands.Accept)
    assert desk.kinds() == ["approve"]


@pytest.mark.parametrize("command", ["stats", "tag"])
def test_a_folder_that_is_not_there(desk: Desk, command: str) -> None:
    """A missing folder is one line with a hint and exit code 2."""
    said = desk.cutline(command, "nowhere", *(("--model", "pixel_stats") if command == "tag" else ()))
    assert (said.code, said.out) == (2, "")
    assert said.err == "cutline: nowhere does not exist (name the folder that holds the images)\n"


def test_a_folder_without_images(desk: Desk) -> None:
    """A folder without images is refused in one line that says which files count, and nothing is made in it."""
    (desk.root / "notes.md").write_text("not an image")
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--json")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"cutline: {desk.root} holds no images (images end in")
    assert said.err.count("\n") == 1
    assert [path.name for path in desk.root.iterdir()] == ["notes.md"]


def test_a_store_of_a_newer_version(desk: Desk) -> None:
    """A store that a newer cutline wrote is refused in one line with a hint, and left as it is."""
    desk.image("1.png")
    desk.proposal("1.png", {"window": 0.9})
    file = desk.root / ".cutline/review.db"
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 9999")
    db.execute("CREATE TABLE of_the_future (x)")
    db.close()
    for words in (("stats", "."), ("accept", "."), ("tag", ".", "--model", "pixel_stats")):
        said = desk.cutline(*words)
        assert said.code == 1
        assert "newer cutline" in said.err
        assert "(upgrade cutline; nothing was changed)" in said.err
        assert said.err.count("\n") == 1
    desk.caption_file("1.png").is_absent()
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA user_version").fetchone() == (9999,)
    db.close()
