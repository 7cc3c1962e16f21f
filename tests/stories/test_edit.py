"""Writing a caption by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_an_edit_is_written_in_the_style_of_its_file(desk: Desk) -> None:
    """What is typed is written with the file's BOM and line ends; the candidate stays and is compared anew."""
    desk.image("cat.png", caption=b"\xef\xbb\xbfa cat\r\n")
    desk.proposal("cat.png", {"window": 0.9, "sofa": 0.8})
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write(", window")
        await review.press("ctrl+s")
        review.shows("edited and written")
        review.shows_hunks(chosen=["+sofa"])
        assert review.counts.pending == 1
    desk.caption_file("cat.png").reads(b"\xef\xbb\xbfa cat, window\r\n")


async def test_keys_typed_in_the_editor_decide_nothing(desk: Desk) -> None:
    """Letters that are commands outside are letters inside."""
    desk.image("cat.png", caption="a cat")
    desk.proposal("cat.png", {"window": 0.9})
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("axusfqejk")
        await review.press("ctrl+s")
    desk.caption_file("cat.png").reads("a cataxusfqejk")
    assert desk.kinds() == ["edit"]


async def test_escape_keeps_what_was_typed_as_a_draft(desk: Desk) -> None:
    """Escape writes nothing; the text waits while other images are looked at, and leaving asks before it is lost."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("escape")
        review.shows("kept as a draft, not written")
        desk.caption_file("1.png").reads("a cat")
        await review.press(commands.Next)
        review.shows_not("✎ draft")
        await review.press(commands.Quit)
        review.shows("1 draft is not written")
        await review.press(commands.Previous)
        review.shows("✎ draft")
        await review.press(commands.Edit)
        await review.write("!")
        await review.press("ctrl+s")
        review.shows_not("✎ draft")
    desk.caption_file("1.png").reads("a cats!")


async def test_a_caption_for_an_image_without_one(desk: Desk) -> None:
    """Editing an image that has no caption file makes one, and undo removes it again."""
    desk.image("cat.png")
    async with desk.review() as review:
        review.shows("no file yet")
        await review.press(commands.Edit)
        await review.write("a cat")
        await review.press("ctrl+s")
        desk.caption_file("cat.png").reads("a cat")
        await review.press(commands.Undo)
        desk.caption_file("cat.png").is_absent()
