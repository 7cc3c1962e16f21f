"""Working on one folder of a dataset: the same store, and nothing but the images below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.settings import Settings
from engine.workspace import Workspace
from tests.stories.sitting import Sitting
from tui import commands
from tui.app import CutlineApp

if TYPE_CHECKING:
    from tests.stories.desk import Desk

ALL = ("1.png", "10_cat/1.png", "10_cat/2.png", "20_dog/1.png")


@pytest.fixture
def kohya(desk: Desk) -> Desk:
    """A dataset of two folders that was opened before, and an image beside them."""
    for folder in ("10_cat", "20_dog"):
        (desk.root / folder).mkdir()
    desk.images(*ALL, caption="a photo")
    for name in ALL:
        desk.proposal(name, {"window": 0.9})
    return desk


async def test_the_screen_on_a_sub_folder(kohya: Desk) -> None:
    """It shows, counts and decides that folder, also for a threshold; the title names it, and the rest of the dataset stays as it is."""
    workspace = Workspace.open(kohya.root / "10_cat", Settings())
    app = CutlineApp(workspace, Settings(), "none")
    async with app.run_test(size=(120, 40)) as pilot:
        review = Sitting(app, pilot)
        await review.settle()
        review.shows("photos/10_cat")
        assert (review.counts.images, review.counts.pending, review.in_view) == (2, 2, "10_cat/1.png")
        await review.press(commands.ThresholdUp)
        review.shows("changes none of 2 waiting images")
        await review.press(commands.Accept, commands.SetAside)
        assert (review.counts.images, review.counts.accepted, review.counts.aside) == (1, 1, 1)
        await review.press(commands.Undo)
    workspace.close()
    assert not (kohya.root / "10_cat/.cutline").exists()
    assert kohya.states() == {name: "accepted" if name == "10_cat/1.png" else "pending" for name in ALL}


async def test_commands_on_a_sub_folder(kohya: Desk) -> None:
    """Each works on the images below it and on no other, and knows them by their path below either folder."""
    stats = kohya.cutline("stats", "10_cat", "--json").json
    assert (stats["images"], stats["pending"]) == (2, 2)
    assert kohya.counts().images == 4, "looking at a part strikes nothing else out"
    for name in ("1.png", "10_cat/1.png"):
        assert kohya.cutline("show", "10_cat", name, "--json").json["image"] == "10_cat/1.png"
    assert kohya.cutline("show", "10_cat", "20_dog/1.png").code == 2
    accepted = kohya.cutline("accept", "10_cat", "--images", "1*", "--json").json
    assert (accepted["images"], accepted["written"]) == (1, 1)
    edited = kohya.cutline("edit", "10_cat", "add:cat", "--apply", "--json").json
    assert edited["images"] == 2
    kohya.caption_file("20_dog/1.png").reads("a photo")
    tagged = kohya.cutline("tag", "20_dog", "--model", "pixel_stats", "--accept", "--json").json
    assert tagged["images"] == 1
    assert kohya.cutline("reject", "10_cat", "--json").json["images"] == 1
    kohya.caption_file("1.png").reads("a photo")


async def test_history_and_undo_of_a_sub_folder(kohya: Desk) -> None:
    """They list and take steps about its images only; of a step over the whole dataset, that part."""
    kohya.cutline("edit", "10_cat", "add:cat", "--apply")
    kohya.cutline("edit", "20_dog", "add:dog", "--apply")
    kohya.cutline("edit", ".", "add:indoors", "--apply")
    rows = kohya.cutline("history", "10_cat", "--json").rows
    assert {row["image"] for row in rows} == {"10_cat/1.png", "10_cat/2.png"}
    assert len(rows) == 4
    assert kohya.cutline("undo", "10_cat", "--json").json["images"] == 2
    kohya.caption_file("10_cat/1.png").reads("a photo, cat")
    kohya.caption_file("20_dog/1.png").reads("a photo, dog, indoors")
    assert kohya.cutline("undo", "10_cat", "--steps", 5, "--json").json["images"] == 2
    kohya.caption_file("10_cat/1.png").reads("a photo")
    kohya.caption_file("20_dog/1.png").reads("a photo, dog, indoors")


async def test_images_that_move_between_the_parts(kohya: Desk) -> None:
    """One that comes into the folder from elsewhere in the dataset brings its past; one that leaves it is found again."""
    (kohya.root / "20_dog/1.png").rename(kohya.root / "10_cat/dog.png")
    (kohya.root / "10_cat/1.png").rename(kohya.root / "was a cat.png")
    stats = kohya.cutline("stats", "10_cat", "--json").json
    assert (stats["images"], stats["pending"]) == (2, 2)
    counts = kohya.counts()
    assert (counts.images, counts.pending) == (4, 4)
    assert kohya.kinds().count("moved") == 2


async def test_a_folder_that_is_no_part_of_it(kohya: Desk) -> None:
    """An empty one and a hidden one are refused; one with a store of its own is a dataset of its own, and named above."""
    (kohya.root / "empty").mkdir()
    assert "holds no images" in kohya.cutline("stats", "empty").err
    (kohya.root / ".cutline-aside").mkdir()
    assert "hidden in the dataset" in kohya.cutline("stats", ".cutline-aside").err
    (kohya.root / "20_dog/.cutline").mkdir()
    (kohya.root / "20_dog/.cutline/review.db").touch()
    assert kohya.cutline("stats", "20_dog", "--json").json["pending"] == 0
    said = kohya.cutline("stats", ".", "--json")
    assert said.json["images"] == 3
    assert "20_dog/: has a review store of its own" in said.err
