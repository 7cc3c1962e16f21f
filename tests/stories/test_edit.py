"""Writing captions: one by hand, or many at once."""

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
    """Escape writes nothing; the text waits while other images are looked at."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("escape", "escape")  # the first closes the list of what nearly fits
        review.shows("kept as a draft, not written")
        desk.caption_file("1.png").reads("a cat")
        await review.press(commands.Next)
        review.shows_not("✎ draft")
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


async def test_a_trigger_word_on_every_caption_and_off_again(desk: Desk) -> None:
    """A bulk edit is shown file by file, made without the file left out, seen on the screen, and undone as one step."""
    desk.images("1.png", "2.png", "3.png", caption="a cat, sofa, a cat\n")
    desk.image("4.png")
    words = ("edit", ".", "dedupe", "prefix:ohwx, ")
    shown = desk.cutline(*words).out
    assert shown.count("+ ohwx, a cat, sofa\n") == 3
    desk.caption_file("1.png").reads("a cat, sofa, a cat\n")
    made = desk.cutline(*words, "--except", "2.txt", "--apply", "--json").json
    assert (made["images"], made["refused"]) == (2, [])
    async with desk.review() as review:
        assert review.counts.accepted == 2
        await review.press(commands.Last)
        review.shows("ohwx, a cat, sofa")
    desk.caption_file("2.png").reads("a cat, sofa, a cat\n")
    desk.caption_file("4.png").is_absent()
    assert desk.cutline("undo", ".", "--json").json["images"] == 2
    assert {text for name, text in desk.files().items() if name.endswith(".txt")} == {b"a cat, sofa, a cat\n"}
