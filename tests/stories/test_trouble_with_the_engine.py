"""The engine dies, or what it left behind is in the way."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

from engine.wire.address import read_note
from tests.stories.desk import until_now
from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk

PICTURES = 24


async def test_a_killed_engine_costs_nothing(desk: Desk) -> None:
    """When the engine is killed during a job it is started again, and every image is proposed for exactly once."""
    for number in range(PICTURES):
        desk.image(f"{number:02}.jpg", picture="large")
    tagging = desk.begin("tag", ".", "--model", "pixel_stats", "--json")
    until_now(lambda: (desk.root / ".cutline/review.db").exists() and desk.proposals(), "the first results are stored")
    first = desk.look_for_engine()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert len(desk.proposals()) < PICTURES, "the job was over before the engine could be killed"
    out, err = tagging.communicate(timeout=60)
    assert tagging.returncode == 0, err
    assert f'"proposed":{PICTURES},"failed":0' in out
    assert desk.look_for_engine() not in {None, first}
    assert set(desk.proposals().values()) == {1}
    assert len(desk.proposals()) == PICTURES


async def test_review_goes_on_when_the_engine_dies(desk: Desk) -> None:
    """The screen says that the engine is off, and decisions are made as before."""
    desk.images("1.png", "2.png")
    await desk.tag()
    async with desk.review() as review:
        await review.comes_to_show("engine idle")
        engine = desk.look_for_engine()
        assert engine is not None
        os.kill(engine, signal.SIGKILL)
        await review.comes_to_show("engine off")
        await review.press(commands.Accept, commands.Accept)
        assert review.counts.accepted == 2


async def test_review_starts_the_engine_where_results_are_to_come(desk: Desk) -> None:
    """A job whose engine was killed goes on when its dataset is opened, and is collected, without any command."""
    desk.images("1.png", "2.png")
    desk.cutline("tag", ".", "--model", "pixel_stats", "--detach")
    engine = desk.look_for_engine()
    assert engine is not None
    os.kill(engine, signal.SIGKILL)
    async with desk.review() as review:
        await review.until(lambda: review.counts.pending == 2, "the results are collected")
        assert desk.look_for_engine() not in {None, engine}
    assert set(desk.states().values()) == {"pending"}


async def test_a_stale_socket_is_no_obstacle(desk: Desk) -> None:
    """After a crash socket and note are still there; the screen says that the engine is off, `tag` starts a new one."""
    desk.images("1.png")
    await desk.tag()
    engine, note = desk.look_for_engine(), read_note()
    assert engine is not None
    assert note is not None
    os.kill(engine, signal.SIGKILL)
    until_now(lambda: _is_left_behind(note.socket), "the socket is there and nobody listens")
    async with desk.review() as review:
        review.shows("engine off")
    desk.image("2.png")
    said = await desk.tag()
    assert (said["proposed"], said["unchanged"]) == (1, 1)


def _is_left_behind(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return os.path.lexists(address) and line.connect_ex(address) != 0
