"""Windows that are made very small, and large again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui import commands
from tui.jobs import job_commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_a_window_shrinks_to_nearly_nothing_and_grows_again(desk: Desk) -> None:
    """At every size the screen stays up, with its picture, and afterwards everything is there again."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review(size=(80, 24), preview="symbols") as review:
        for width, height in ((80, 4), (70, 4), (80, 4), (80, 3), (10, 3), (5, 2), (1, 1), (20, 5), (120, 40)):
            await review.resize(width, height)
        review.shows("a cat, window", "WILL BE WRITTEN")
        await review.press("a")
    desk.caption_file("1.png").reads("a cat, window")


@pytest.mark.parametrize("preview", ["none", "symbols"])
@pytest.mark.parametrize("size", [(40, 10), (40, 24), (60, 24), (71, 24), (72, 24), (76, 24)], ids=str)
async def test_what_will_be_written_is_whole_in_a_narrow_window(
    desk: Desk, size: tuple[int, int], preview: str
) -> None:
    """The result is read to its last word, with its lines broken where the window ends; so is where the image stands."""
    desk.image("1.png", caption="a photo of a cat that sits on a sofa and looks out, evening, warm light")
    desk.proposal("1.png", {"window": 0.91, "red hat": 0.8, "indoors": 0.6})
    async with desk.review(size, preview) as review:
        review.shows("1.png", "● pending", "1/1")
        will_be_written = review.result_line()
        await review.press("a")
    assert "warm light" in will_be_written
    desk.caption_file("1.png").reads(will_be_written)


@pytest.mark.parametrize("size", [(60, 24), (76, 24)], ids=str)
async def test_changes_and_their_scores_are_seen_in_a_narrow_window(desk: Desk, size: tuple[int, int]) -> None:
    """Above the result stand caption, changes, scores, and how much is chosen."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.91, "red hat": 0.8})
    async with desk.review(size) as review:
        review.shows("1.txt", "a cat", "+ window", "0.91", "+ red hat", "0.80", "2 of 2 chosen")


@pytest.mark.parametrize("size", [(40, 10), (80, 10), (40, 6), (12, 6)], ids=str)
async def test_a_window_without_room_for_everything_says_so(desk: Desk, size: tuple[int, int]) -> None:
    """Whoever sees no changes is told that there is more; with a line more of room each part comes back."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review(size) as review:
        review.shows("… a higher window shows the rest"[: size[0] - 3].rstrip())
        await review.resize(80, 24)
        review.shows_not("a higher window")
        review.shows("+ window")


async def test_models_keep_their_names_in_a_narrow_window(desk: Desk) -> None:
    """Of what is said of a model its name goes last, and then whether it can be asked."""
    desk.image("1.png")
    async with desk.review((40, 10)) as review:
        await review.press(commands.Jobs, job_commands.NewJob)
        await review.comes_to_show("pixel_stats", "ready")


async def test_edits_and_tags_are_read_in_a_narrow_window(desk: Desk) -> None:
    """What an edit does stands under it, not in a column of five cells beside it; names of tags take the room there is."""
    desk.image("1.png", caption="a tag of some length, cat")
    async with desk.review((40, 12)) as review:
        await review.press(commands.BulkEdit)
        review.shows("Put the trigger word used last")
        await review.press("escape", commands.Tags)
        await review.comes_to_show("a tag of some length")


async def test_the_help_says_what_it_is(desk: Desk) -> None:
    """A row of air, then a heading that stays while the keys under it are scrolled."""
    desk.image("1.png", caption="a cat")
    async with desk.review(size=(80, 24)) as review:
        for keys in ((commands.Help,), ("end",)):
            await review.press(*keys)
            first, heading, *_ = review.text.splitlines()
            assert not first.strip()
            assert heading.split() == ["cutline", "help", "keys", "in", "force", "esc", "closes"]
        review.shows("end of a line")


async def test_every_change_of_a_long_caption_is_seen_in_the_result(desk: Desk) -> None:
    """What does not fit is shown around the change under the cursor, wherever in the caption it is."""
    tags = [f"tag number {number}" for number in range(300)]
    desk.image("1.png", caption=", ".join(tags))
    desk.proposal("1.png", {"sofa": 0.9, "window": 0.8})
    desk.proposal("1.png", ", ".join(["first", *tags]), "captioner")
    async with desk.review(size=(80, 24)) as review:
        assert "sofa" in review.result_line()
        assert "lines above" in review.result_line()
        await review.next_hunk()
        assert "window" in review.result_line()
