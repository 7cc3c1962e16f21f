"""A dataset that could not be written for a while, and has a store of its own again."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tui import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stories.desk import Desk


@pytest.fixture
def remount(desk: Desk) -> Iterator[None]:
    """Mount the desk upon itself, so that it can be made read-only."""
    if (
        os.geteuid()
        or subprocess.run(["mount", "--bind", desk.root, desk.root], check=False, capture_output=True).returncode
    ):
        pytest.skip("read-only folder: mounting needs root")
    yield
    subprocess.run(["umount", "--lazy", desk.root], check=True)


def _mount(desk: Desk, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how},bind", desk.root], check=True)


@pytest.mark.usefixtures("remount")
async def test_what_was_decided_while_read_only_comes_in(desk: Desk) -> None:
    """The own store wins, the other one is offered; one command brings in what was proposed, decided and flagged."""
    for number in (1, 2, 3, 4):
        desk.image(f"{number}.png", picture="dark", caption="a cat")
    desk.proposal("1.png", {"window": 0.9}, source="mine")
    assert desk.cutline("accept", ".", "--json").json["written"] == 1
    _mount(desk, "ro")
    assert (await desk.tag())["proposed"] == 4
    async with desk.review(size=(200, 40)) as review:
        review.shows("decisions are kept in")
        await review.press(commands.Next, commands.Reject)
        assert review.in_view == "3.png"
        await review.press(commands.Flag, commands.Accept)
        review.shows("the file system is mounted read-only")
    refused = desk.cutline("import", ".", "--from", "store")
    assert (refused.code, "is the store in use" in refused.err) == (1, True)
    _mount(desk, "rw")
    files = desk.files()
    assert desk.states() == {"1.png": "accepted", "2.png": "untouched", "3.png": "untouched", "4.png": "untouched"}
    said = desk.cutline("import", desk.root, "--from", "store", "--json")
    assert (said.code, said.json["refused"]) == (0, [])
    assert [said.json[name] for name in ("images", "proposals", "decisions", "marks", "views")] == [4, 4, 1, 1, 1]
    assert "bring them in with cutline import" not in desk.cutline("stats", ".").err
    assert desk.files() == files
    assert desk.states() == {"1.png": "pending", "2.png": "rejected", "3.png": "pending", "4.png": "pending"}
    async with desk.review() as review:
        assert review.counts.flagged == 1
        await review.press(commands.Accept)
        assert review.counts.accepted == 1
    assert desk.cutline("tag", ".", "--model", "pixel_stats", "--json").json["unchanged"] == 4
    assert desk.cutline("undo", ".", "--group", said.json["group"], "--json").json["images"] == 2
    assert desk.states()["2.png"] == "pending"
