"""Somebody tidies their folders with other programs, and cutline keeps what it knows of each picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.counts import count
from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


def _propose(desk: Desk, *names: str) -> None:
    """Store proposals as a model makes them, which has read the pictures."""
    for name in names:
        desk.proposal(name, {"window": 0.9})


async def test_a_folder_is_renamed(desk: Desk) -> None:
    """Kohya's `10_cat` becomes `20_cat`: nothing is asked again, nothing is decided again, and undo still works."""
    (desk.root / "10_cat").mkdir()
    desk.images("10_cat/1.png", "10_cat/2.png", "10_cat/3.png", caption="a cat")
    summary = await desk.tag()
    assert summary["proposed"] == 3
    async with desk.review() as review:
        await review.press(commands.Accept)
    accepted = desk.caption_file("10_cat/1.png").path.read_bytes()
    assert accepted != b"a cat"
    (desk.root / "10_cat").rename(desk.root / "20_cat")
    async with desk.review() as review:
        assert (review.counts.images, review.counts.pending, review.counts.accepted) == (3, 2, 1)
        await review.until(lambda: review.in_view == "20_cat/2.png", "the new name is shown", within=5)
        await review.press(commands.Accept)
    again = await desk.tag()
    assert (again["proposed"], again["unchanged"]) == (0, 3)
    desk.caption_file("20_cat/1.png").reads(accepted)
    said = desk.cutline("undo", ".", "--steps", 2, "--json")
    assert (said.code, said.json["written"]) == (0, 2)
    assert {path.name: path.read_bytes() for path in (desk.root / "20_cat").glob("*.txt")} == {
        f"{number}.txt": b"a cat" for number in (1, 2, 3)
    }
    assert not (desk.root / "10_cat").exists()
    moves = [row for row in desk.cutline("history", ".", "--json").rows if row["kind"] == "moved"]
    assert [(row["image"], row["note"]) for row in moves] == [
        (f"20_cat/{number}.png", f"was 10_cat/{number}.png") for number in (1, 2, 3)
    ]


async def test_an_image_is_renamed_while_the_screen_is_open(desk: Desk) -> None:
    """Another command scans the folder; the screen goes on with the image under its new name."""
    desk.images("1.png", "2.png", caption="a cat")
    _propose(desk, "1.png", "2.png")
    async with desk.review() as review:
        (desk.root / "1.png").rename(desk.root / "portrait.png")
        (desk.root / "1.txt").rename(desk.root / "portrait.txt")
        assert desk.cutline("stats", ".", "--json").json["images"] == 2
        await review.until(lambda: review.in_view == "portrait.png", "the new name is shown", within=5)
        await review.press(commands.Accept)
    assert desk.caption_file("portrait.png").path.read_bytes() != b"a cat"
    assert desk.states() == {"2.png": "pending", "portrait.png": "accepted"}


async def test_two_commands_find_the_moves_at_once(desk: Desk) -> None:
    """Started in one moment after a folder was renamed, they agree on every image, and each moved once."""
    names = [f"old/{number:02}.png" for number in range(10)]
    (desk.root / "old").mkdir()
    desk.images(*names)
    _propose(desk, *names)
    before = desk.proposals()
    ways = count(1, 10)
    for old, new in [("old", "new"), ("new", "old")] * ways:
        (desk.root / old).rename(desk.root / new)
        begun = [desk.begin("stats", ".", "--json") for _ in range(2)]
        said = [process.communicate(timeout=60) for process in begun]
        assert [process.returncode for process in begun] == [0, 0], said
        assert {json.loads(out)["pending"] for out, _ in said} == {10}
    assert desk.proposals() == before
    assert sorted(desk.states()) == names
    assert desk.kinds().count("moved") == 2 * ways * 10
