"""The mouse: what keys do can be clicked, and what does not fit can be scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting


async def test_a_click_on_a_hint_does_what_its_key_does(desk: Desk) -> None:
    """Accepting, taking that back; a hint that is dimmed says why."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review((80, 24)) as review:
        await review.click_on("a accept")
        desk.caption_file("1.png").reads("a cat, window")
        await review.click_on("space choose")
        review.shows("this candidate is already answered")
        await review.click_on("u undo")
        desk.caption_file("1.png").reads("a cat")
        await review.click_on("? help")
        review.shows("keys in force")


async def test_hints_are_clicked_while_a_caption_is_edited(desk: Desk) -> None:
    """The editor keeps the keys, and writes; of two keys that stand together each is clicked itself."""
    desk.image("1.png", caption="a cat, sofa, window")
    async with desk.review((200, 24)) as review:
        await review.click_on("e edit")
        await review.click_on("alt+←")
        review.shows("a cat, window, sofa")
        await review.click_on("alt+→")
        review.shows("a cat, sofa, window")
        await review.write("s")
        await review.click_on("write the file")
    desk.caption_file("1.png").reads("a cat, sofa, windows")


async def test_hints_are_those_of_the_line_that_is_open(desk: Desk) -> None:
    """While a change, a filter or the name of a tag is typed no hint of the screen around it can be clicked."""
    desk.image("1.png", caption="a cat, dog")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review((80, 24)) as review:
        await review.press(commands.EditHunk)
        review.shows_not("a accept")
        await review.write("s")
        await review.click_on("enter take  esc leave")
        review.shows("+ windows", "a accept")
        await review.press(commands.Filter)
        await review.write("flagged")
        await review.click_on("enter apply")
        review.shows("no image fits")


async def test_tags_are_changed_with_the_mouse_alone(desk: Desk) -> None:
    """A row is clicked, then what is to be done with it; the dry run that follows is made by a click, too."""
    desk.images("1.png", "2.png", caption="a cat, dog")
    async with desk.review((100, 24)) as review:
        await review.press(commands.Tags)
        await review.comes_to_show("dog")
        await review.click_on("dog")
        await review.click_on("r rename")
        review.shows("rename dog to")
        review.shows_not("d drop")
        await review.click_on("esc leave")
        await review.click_on("d drop")
        await review.comes_to_show("2 of 2 change")
        await review.click_on("enter make the changes")
        await review.comes_to_show("2 captions changed")
        await review.click_on("q back")
        review.shows("1/2")
    desk.caption_file("2.png").reads("a cat")


async def test_a_file_is_left_out_by_a_click_on_its_box(desk: Desk) -> None:
    """The box is turned, the cursor and every row stay where they are; a click beside it goes to the row."""
    desk.images("1.png", "2.png", "3.png", caption="a cat, dog")
    async with desk.review((80, 24)) as review:
        await review.press(commands.BulkEdit, "d")
        await review.write("dog")
        review.shows("tab images")
        await review.click_on("enter take")
        await review.comes_to_show("■ 3.txt")
        await review.click_on("■ 3.txt")
        review.shows("□ 3.txt", "▌■ 1.txt", "1 left out")
        await review.click_on("□ 3.txt")
        review.shows("■ 3.txt", "3 of 3 change")
        await review.click_on("■ 3.txt")
        await review.click_on("2.txt")
        review.shows("▌■ 2.txt", "□ 3.txt")
        await review.press("enter")
        await review.comes_to_show("2 captions changed")
    desk.caption_file("2.png").reads("a cat")
    desk.caption_file("3.png").reads("a cat, dog")


async def test_every_screen_is_left_with_the_mouse(desk: Desk) -> None:
    """The hint that leads back does so on each of them."""
    desk.image("1.png", caption="a cat, dog")
    async with desk.review((80, 24)) as review:
        for command in (commands.Sort, commands.BulkEdit, commands.Tags, commands.History, commands.Jobs):
            await review.press(command)
            await review.click_on("q back")
            review.shows_not("q back")
            review.shows("CAPTION")


def _line(review: Sitting, text: str) -> int:
    """Return the line of the screen that holds a text."""
    return next(at for at, line in enumerate(review.text.splitlines()) if text in line)


async def test_a_long_caption_and_its_result_are_read_to_their_ends_with_the_wheel(desk: Desk) -> None:
    """Each is scrolled where the mouse is; the change under the cursor is in view again with the next key."""
    desk.image("1.png", caption=", ".join(f"tag number {number}" for number in range(80)))
    desk.proposal("1.png", {"sofa": 0.9, "window": 0.8})
    async with desk.review((80, 24)) as review:
        caption, result = _line(review, "CAPTION") + 2, _line(review, "WILL BE WRITTEN") + 2
        review.shows("more lines", "lines above")
        await review.wheel(40, caption, 20)
        assert "number 79" in review.caption_panel[7]
        review.shows_not("tag number 0,")
        assert "sofa" in review.result_line()
        await review.wheel(40, caption, -20)
        review.shows("tag number 0, tag number 1")
        await review.wheel(40, result, -20)
        assert review.result_line().startswith("tag number 0, tag number 1")
        assert "sofa" not in review.result_line()
        await review.next_hunk()
        assert "window" in review.result_line()


async def test_a_long_caption_and_its_result_are_read_to_their_ends_by_keys(desk: Desk) -> None:
    """A key turns the pages of both; where there is no more it says so. The next image begins at its beginning."""
    tags = [f"tag number {number}" for number in range(80)]
    desk.images("1.png", "2.png", caption=", ".join(tags))
    desk.proposal("1.png", {"sofa": 0.9, "window": 0.8})
    async with desk.review((80, 24)) as review:
        while "no more of the caption below" not in review.text:
            await review.press(commands.ScrollDown)
        assert "number 79" in review.caption_panel[7]
        while "no more of the caption above" not in review.text:
            await review.press(commands.ScrollUp)
        assert review.result_line().startswith(tags[0])
        await review.press(commands.ScrollDown, commands.Next)
        review.shows(f"{tags[0]}, {tags[1]}")


async def test_the_wheel_goes_from_change_to_change(desk: Desk) -> None:
    """Changes that do not fit come into view, as the cursor does; at the last one the wheel stops."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {f"tag number {number}": 0.9 - number / 100 for number in range(20)})
    async with desk.review((80, 24)) as review:
        changes = _line(review, "+ tag number 2")
        await review.wheel(40, changes, 25)
        review.shows("▸ ■ + tag number 19")
        await review.wheel(40, changes, -25)
        review.shows("▸ ■ + tag number 0")
