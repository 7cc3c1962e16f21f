"""A dataset on a network disk, which another host takes, or holds for a while, while the screen is open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from engine.review import store
from tui import commands

if TYPE_CHECKING:
    import pytest

    from tests.stories.desk import Desk


async def test_another_host_took_the_dataset(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that would write is refused with a notice, nothing is lost, and it works again when the host has left."""
    desk.image("1.png", caption="a cat")
    desk.image("2.png")
    desk.proposal("1.png", {"window": 0.9})
    monkeypatch.setattr(store, "on_local_disk", lambda _: False)
    async with desk.review(size=(200, 40)) as review:
        with closing(sqlite3.connect(desk.root / ".cutline/review.db", isolation_level=None)) as other:
            other.execute("UPDATE lease SET host = 'beta 1', pid = 77, heartbeat = heartbeat + 1")
            await review.press(commands.Accept)
            review.shows("nothing written:", "is in use on beta (process 77)")
            assert review.in_view == "1.png"
            desk.caption_file("1.png").reads("a cat")
            other.execute("DELETE FROM lease")
        await review.press(commands.Accept)
        desk.caption_file("1.png").reads("a cat, window")
        assert review.counts.accepted == 1
    assert desk.kinds() == ["accept"]


async def test_another_host_holds_the_dataset_for_a_while(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot even be read is said, also to who presses keys; the screen stays, and goes on by itself."""
    desk.images("1.png", "2.png", caption="a cat")
    monkeypatch.setattr(store, "on_local_disk", lambda _: False)
    monkeypatch.setattr(store, "BUSY_TIMEOUT_SECONDS", 0.1)
    async with desk.review() as review:
        with closing(sqlite3.connect(desk.root / ".cutline/review.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await review.comes_to_show("another cutline may hold it")
            await review.press(commands.Flag, commands.Undo, commands.SetAside, commands.Accept)
            review.shows("another cutline may hold it")
            other.execute("ROLLBACK")
        assert review.in_view == "1.png"
        await review.press(commands.Accept)
        assert review.counts.accepted == 1
    assert desk.kinds() == ["approve"]
