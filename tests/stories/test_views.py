"""Views: what a model said is seen in another way, and no model runs again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk

CHOICE = "tag_id,name,category,count,keep\n1,dark,0,9,1\n2,red theme,0,8,1\n3,border,0,7,0\n4,blurry,0,6,1\n"
"""A tagger's label file with the author's own column: look and quality, nothing else."""


async def test_tags_as_repair(desk: Desk) -> None:
    """An author keeps a few tags of look and quality, at most one an image, renamed; tags stand before the captions.

    Scores stay: each change of mind is a change of the view. What the screen shows is what `accept` writes, and one
    undo takes captions and view back.
    """
    desk.image("1.png", picture="dark", caption="a night")
    desk.image("2.png", picture="red", caption="a wall")
    desk.image("3.png", picture="bordered", caption="a card")
    (desk.root / "selected_tags.csv").write_text(CHOICE)
    before = desk.files()
    first = desk.cutline("tag", ".", "--model", "pixel_stats", "--merge", "prepend", "--json").json
    assert (first["proposed"], first["view_changed"]) == (3, False)

    narrow = ("--include-tags", "selected_tags.csv", "--replace", "dark,low-key lighting", "--top-k", 1)
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--merge", "prepend", *narrow)
    assert "nothing asked; 3 proposals seen through the new view" in said.out
    assert len(desk.cutline("jobs", "list", "--json").json["jobs"]) == 1
    async with desk.review() as review:
        assert review.result_line() == "low-key lighting, a night"
        await review.press(commands.Next)
        assert review.result_line() == "red theme, a wall"

    desk.cutline("engine", "stop")  # what follows needs none
    preview = desk.cutline("accept", ".", "--replace", "red theme,red", "--dry-run")
    assert "+ red, a wall" in preview.out
    assert desk.files() == before
    accepted = desk.cutline("accept", ".", "--replace", "dark,low-key lighting;red theme,red", "--json").json
    assert (accepted["images"], accepted["written"], accepted["views"]) == (3, 2, ["pixel_stats"])
    desk.caption_file("1.png").reads("low-key lighting, a night")
    desk.caption_file("2.png").reads("red, a wall")
    desk.caption_file("3.png").reads("a card")

    assert desk.cutline("undo", ".", "--json").json["written"] == 2
    assert desk.files() == before
    async with desk.review() as review:
        await review.press(commands.Next)
        assert review.result_line() == "red theme, a wall"


def test_a_view_that_asks_for_what_was_not_kept(desk: Desk) -> None:
    """A threshold below the floor is refused by `tag` and `accept` with the command that would help; nothing changes."""
    desk.image("1.png", picture="dark")
    desk.cutline("tag", ".", "--model", "pixel_stats")
    steps = desk.kinds()
    for command in (("tag", ".", "--model", "pixel_stats"), ("accept", ".")):
        said = desk.cutline(*command, "--tag-threshold", "dark=0.01")
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert "below the lowest score kept, 0.05" in said.err
        assert "--model pixel_stats --again" in said.err
    assert desk.kinds() == steps
    desk.caption_file("1.png").is_absent()
