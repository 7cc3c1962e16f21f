"""A dataset from somebody else, made to write where it must not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.stories.desk import CaptionFile
from tui import commands

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.desk import Desk


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Give a file beside the dataset that nobody may touch."""
    file = tmp_path / "outside.txt"
    file.write_text("mine")
    return file


async def test_a_caption_that_leads_outside(desk: Desk, outside: Path) -> None:
    """A caption that is a link out of the folder is named as such, cannot be decided, and its target stays."""
    desk.image("1.png")
    desk.image("2.png")
    desk.caption_file("1.png").path.symlink_to(outside)
    desk.proposal("1.png", {"window": 0.9})
    desk.proposal("2.png", {"window": 0.9})
    async with desk.review(size=(160, 40)) as review:
        review.shows("outside the dataset")
        for command in (commands.Accept, commands.Edit, commands.Reject):
            await review.press(command)
            review.shows("! 1.txt leads to")
            assert review.in_view == "1.png"
        await review.press(commands.Next, commands.Accept)
    said = desk.cutline("accept", ".", "--json")
    assert [item["image"] for item in said.json["refused"]] == ["1.png"]
    CaptionFile(outside).reads("mine")
    desk.caption_file("2.png").reads("window")


@pytest.mark.parametrize("key", [b"../outside.txt", b"../../outside.txt", b"sub/../../outside.txt"])
def test_a_store_that_wants_to_write_outside(desk: Desk, outside: Path, key: bytes) -> None:
    """An unfinished write that names a file outside the folder is not finished, by no command and no undo."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    assert desk.cutline("accept", ".", "--json").json["written"] == 1
    with closing(sqlite3.connect(desk.root / ".cutline/review.db")) as db, db:
        db.execute("UPDATE writes SET caption = ?, status = 'unmarked'", (key,))
        db.execute("UPDATE texts SET before = ?, after = ?", (b"mine", b"theirs"))
    for words in (("stats", "."), ("accept", "."), ("undo", "."), ("tag", ".", "--model", "pixel_stats")):
        said = desk.cutline(*words)
        assert "Traceback" not in said.err
        assert "unexpected" not in said.err
    assert outside.read_text() == "mine"
    assert sorted(path.name for path in outside.parent.iterdir()) == ["home", "outside.txt", "photos"]


def test_a_store_with_code_in_it(desk: Desk) -> None:
    """A store that holds triggers is refused in one line."""
    desk.image("1.png")
    desk.proposal("1.png", {"window": 0.9})
    with closing(sqlite3.connect(desk.root / ".cutline/review.db")) as db, db:
        db.execute("CREATE TRIGGER run AFTER INSERT ON journal BEGIN DELETE FROM images; END")
    said = desk.cutline("accept", ".")
    assert said.code == 1
    assert "triggers or views" in said.err
    assert said.err.count("\n") == 1
    desk.caption_file("1.png").is_absent()
