"""The tags screen: counts, and what is done to a tag wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_tags_are_counted_and_merged(desk: Desk) -> None:
    """Selected tags get one name, in any spelling and of any weight, after a dry run; undo brings them back."""
    desk.image("a.png", "1girl, Long_Hair, smile")
    desk.image("b.png", "1girl, (very long hair:1.2), long hair")
    desk.image("c.png", "1girl, smile")
    before = desk.files()
    async with desk.review((80, 24)) as review:
        await review.press(commands.Tags)
        await review.settle()
        review.shows("tags  of all (3)", "1girl", "Long_Hair", "very long hair", "smile", "1/4")
        await review.press("slash")
        await review.write("long")
        review.shows_not("smile")
        await review.press("enter", "v", "v", "m")
        await review.settle()
        review.shows("2 selected", "one name for 2 tags Long_Hair")
        await review.press("enter")
        await review.settle()
        review.shows("dry run", "1 of 3 change", "(very long hair:1.2)")
        assert desk.files() == before
        await review.press("enter")
        await review.settle()
        review.shows("1 caption changed; u in the review takes it back", "1/1")
        desk.caption_file("a.png").reads("1girl, Long_Hair, smile")
        await review.press("q")
        await review.settle()
        await review.press(commands.Undo)
        assert desk.files() == before


async def test_a_tag_is_dropped_everywhere_and_another_renamed(desk: Desk) -> None:
    """`d` takes the tag under the cursor out of every caption, `r` gives it another name."""
    desk.images("a.png", "b.png", caption="cat, blurry")
    async with desk.review() as review:
        await review.press(commands.Tags)
        await review.settle()
        await review.press("o", "g", "d")  # by name: blurry comes first
        await review.settle()
        await review.press("a")
        await review.settle()
        review.shows_not("blurry")
        await review.press("r", *["backspace"] * 3, "d", "o", "g", "enter")
        await review.settle()
        await review.press("enter")
        await review.settle()
        review.shows("dog")
        for name in ("a.png", "b.png"):
            desk.caption_file(name).reads("dog")
        await review.press("q")
        await review.settle()
        review.shows("dog")


async def test_a_tag_is_added_to_what_is_filtered(desk: Desk) -> None:
    """With a filter on `a` adds to what it found, and counts are given of those and of all."""
    desk.images("a.png", "b.png", caption="cat, sofa")
    desk.images("c.png", "d.png", caption="dog, sofa")
    async with desk.review() as review:
        await review.press("slash")
        await review.write("dog")
        await review.press("enter")
        await review.settle()
        await review.press(commands.Tags, "tab")
        await review.settle()
        review.shows("of filtered (2)", "50%", "100%")
        review.shows_not("cat")
        await review.press("a", *["backspace"] * 4)
        await review.write("indoors")
        await review.press("enter")
        await review.settle()
        review.shows("on filtered (2)", "2 of 2 change")
        await review.press("enter")
        await review.settle()
        review.shows("indoors")
        desk.caption_file("a.png").reads("cat, sofa")
        desk.caption_file("c.png").reads("dog, sofa, indoors")


async def test_enter_filters_the_review_by_a_tag(desk: Desk) -> None:
    """The review shows only images with the tag, weighted or not; a tag with signs of the language is quoted."""
    desk.image("a.png", "cat, (red:1.3)")
    desk.image("b.png", 'cat, what? "yes" *, red')
    desk.image("c.png", "dog")
    async with desk.review() as review:
        await review.press(commands.Tags)
        await review.settle()
        await review.press("slash")
        await review.write("red")
        await review.press("enter", "enter")
        await review.settle()
        assert review.counted_in_queue == 2, review.text
        await review.press(commands.Tags)
        await review.settle()
        await review.press("slash")
        await review.write("what")
        await review.press("enter", "enter")
        await review.settle()
        assert review.counted_in_queue == 1
        assert review.in_view == "b.png"


async def test_tags_selected_elsewhere_are_let_go(desk: Desk) -> None:
    """Tags that no image of the other choice has are selected no longer, which is said; an edit is for none of them."""
    desk.image("a.png", "cat, sofa")
    desk.image("b.png", "dog, sofa")
    async with desk.review() as review:
        await review.press("slash")
        await review.write("tag:dog")
        await review.press("enter")
        await review.settle()
        await review.press(commands.Tags, "o", "g", "v", "v")  # by name: cat, dog, sofa
        review.shows("2 selected")
        await review.press("tab")
        await review.settle()
        review.shows("1 let go: in no image of filtered (1)", "1 selected")
        await review.press("m")
        review.shows("merging needs two selected tags or more")
