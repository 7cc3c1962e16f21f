"""Scores that leave one dataset and come into another."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.captions.viewing.scores import LabelTable, TagScore, unpack
from tests.stories.desk import Desk
from tests.stories.prints import PRINTS
from tui import commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ODD = os.fsdecode(b'10_a cat, "mine"/caf\xe9,\n1.png')


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Desk]:
    """Give a second desk."""
    desk = Desk(tmp_path / "copy")
    yield desk
    desk.clear()


def blobs(desk: Desk, source: str) -> dict[bytes, list[TagScore]]:
    """Return what the store holds of each image by one source, to the last bit."""
    with desk.workspace() as workspace:
        rows = workspace.store.db.execute(
            "SELECT i.key, a.scores, l.body FROM proposals p JOIN images i ON i.id = p.image"
            " JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer"
            " JOIN labels l ON l.id = a.labels WHERE p.source = ?",
            (source,),
        ).fetchall()
    return {key: sorted(unpack(blob, msgspec.json.decode(body, type=LabelTable))) for key, blob, body in rows}


async def test_scores_move_to_a_copy_of_the_pictures(desk: Desk, other: Desk, tmp_path: Path) -> None:
    """What the real engine said comes into another folder to the last bit, is shown there, and gives the same captions."""
    for kind in PRINTS:
        desk.image(f"{kind}.png", picture=kind, caption="mine" if kind == "dark" else None)
    desk.image(ODD, picture="red")
    assert (await desk.tag("pixel_stats", "--threshold", "0.5"))["proposed"] == 7
    file = tmp_path / "stats of mine.csv"
    said = desk.cutline("export", ".", "--to", "scores-csv", file, "--json")
    assert (said.code, said.json["images"], said.json["source"]) == (0, 7, "pixel_stats")
    assert said.json["tags"] == sum(map(len, blobs(desk, "pixel_stats").values()))

    shutil.copytree(desk.root, other.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".cutline"))
    before = other.files()
    came = other.cutline("import", ".", "--from", "scores-csv", file, "--threshold", "0.5", "--json")
    assert (came.code, came.err) == (0, "")
    assert (came.json["proposed"], came.json["source"]) == (7, "stats of mine")
    assert blobs(other, "stats of mine") == blobs(desk, "pixel_stats")
    assert other.files() == before
    for name in ("dark.png", ODD):
        (here,) = desk.cutline("show", ".", name, "--json").json["proposals"]
        (there,) = other.cutline("show", ".", name, "--json").json["proposals"]
        assert (there["text"], there["tags"], there["stale"]) == (here["text"], here["tags"], False)

    async with other.review(size=(160, 40)) as review:
        review.shows("stats of mine", "7 pending")
        await review.press(commands.Accept)
        assert (review.counts.accepted, review.counts.pending) == (1, 6)
    for one in (desk, other):
        assert one.cutline("accept", ".").code == 0
    captions = {name: text for name, text in desk.files().items() if name.endswith(".txt")}
    assert len(captions) == 7
    assert {name: text for name, text in other.files().items() if name.endswith(".txt")} == captions

    assert other.cutline("import", ".", "--from", "scores-csv", file, "--json").json["unchanged"] == 7
    assert set(other.states().values()) == {"accepted"}
    back = other.cutline("export", ".", "--to", "scores-csv", "-")
    assert sorted(os.fsencode(back.out).splitlines()) == sorted(file.read_bytes().splitlines())
