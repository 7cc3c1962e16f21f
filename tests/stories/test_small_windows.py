"""Windows that are made very small, and large again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

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
