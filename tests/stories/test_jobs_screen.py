"""The jobs screen over the real engine: what failed is named, mended and asked again; jobs are held and ended."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from engine.wire import lifecycle
from tests.stories.prints import make_print
from tui import commands
from tui.jobs import job_commands

if TYPE_CHECKING:
    from engine.wire.protocol import JobInfo
    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting

PICTURES = 150
"""Large ones, slow to decode: the job still runs when a person has opened the screen."""


def _cut(desk: Desk, name: str) -> None:
    """Put a picture on the desk that ends in the middle."""
    desk.image(name)
    whole = (desk.root / name).read_bytes()
    (desk.root / name).write_bytes(whole[: len(whole) // 2])


def _job() -> JobInfo:
    """Ask the engine about the newest job, and what failed in it."""
    client = lifecycle.find()
    assert client is not None
    with client:
        return client.job(client.jobs()[0].id, failures=True)


def _many(desk: Desk) -> None:
    """Put one large picture on the desk under many names."""
    desk.image("000.png", picture="large")
    for number in range(1, PICTURES):
        os.link(desk.root / "000.png", desk.root / f"{number:03}.png")


async def _begin(desk: Desk, review: Sitting) -> None:
    """Start a job behind the open screen, and open the jobs when it runs."""
    desk.begin("tag", ".", "--model", "pixel_stats", "--detach")
    await review.until(desk.proposals, "the first results")
    await review.press_amid_work(commands.Jobs)
    await review.comes_to_show("▸ running")


async def _strike(desk: Desk, review: Sitting) -> None:
    """Kill the engine, and wait until the screen has brought it back."""
    engine = desk.look_for_engine()
    assert engine is not None
    os.kill(engine, signal.SIGKILL)
    await review.until(lambda: desk.look_for_engine() not in {None, engine}, "another engine")


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_broken_picture_is_named_mended_and_asked_again(desk: Desk, size: tuple[int, int]) -> None:
    """What failed is listed with its hint, one key goes to it, and after `r` its proposal is there by itself."""
    desk.images("a.png", "b.png")
    _cut(desk, "cut.jpg")
    said = await desk.tag()
    assert (said["proposed"], said["failed"]) == (2, 1)
    async with desk.review(size) as review:
        assert review.counts.unreadable == 1
        await review.press(commands.Jobs)
        await review.comes_to_show("1 failed in pixel_stats", "✗ cut.jpg", "unreadable")
        (item,) = _job().failures
        review.shows(item.failure.message[:40])
        await review.press(job_commands.OtherList)
        assert item.failure.hint
        assert item.failure.hint.split()[-1] in review.text
        await review.press(job_commands.ShowImage)
        assert review.in_view == "cut.jpg"
        make_print(desk.root / "cut.jpg", "dark", seed=9)
        await review.press(commands.Jobs)
        await review.comes_to_show("✗ cut.jpg")
        await review.press(job_commands.Retry)
        await review.comes_to_show("1 image asked about again", "3/3")
        await review.until(lambda: review.counts.pending == 3, "the proposal of the mended picture")
        review.shows_not("✗ cut.jpg")
        await review.press(job_commands.Back)
        await review.comes_to_show("dark")
        assert review.in_view == "cut.jpg"
    assert desk.proposals()["cut.jpg"] == 1


async def test_pause_and_resume(desk: Desk) -> None:
    """A held job gets no further, is still held after the engine was stopped or killed, and then goes on to its end."""
    _many(desk)
    async with desk.review() as review:
        await _begin(desk, review)
        await review.press_amid_work(job_commands.HoldOrGoOn)
        await review.comes_to_show("‖ paused")
        assert desk.cutline("engine", "stop", "--now").code == 0
        await review.comes_to_show("engine off")
        await review.press(job_commands.HoldOrGoOn)
        await review.comes_to_show("the engine is not running")
        assert desk.cutline("engine", "start").code == 0
        await review.comes_to_show("‖ paused")
        await _strike(desk, review)
        await review.comes_to_show("‖ paused")
        held = _job()
        assert held.state == "paused"
        assert held.done < PICTURES
        await review.press(job_commands.HoldOrGoOn)
        await review.comes_to_show("✓ done", f"{PICTURES}/{PICTURES}")
        await review.until(lambda: review.counts.pending == PICTURES, "all proposals")
    assert set(desk.proposals().values()) == {1}


async def test_cancel(desk: Desk) -> None:
    """A job ends after a question; what it had answered is collected and stays."""
    _many(desk)
    async with desk.review() as review:
        await _begin(desk, review)
        await review.press_amid_work(job_commands.Cancel)
        await review.comes_to_show("cancel pixel_stats? c or y does it, n lets it go on")
        await review.press_amid_work(job_commands.NewJob)
        assert _job().state == "running"
        await review.press_amid_work(job_commands.Cancel, job_commands.CancelNow)
        await review.comes_to_show("⊘ cancelled")
        ended = _job()
        assert ended.state == "cancelled"
        assert 0 < ended.done < PICTURES
        await review.until(lambda: review.counts.pending == ended.done, "what was answered")
        await review.press(job_commands.Cancel)
        review.shows("this job is over: cancelled")
    assert set(desk.proposals().values()) == {1}


async def test_the_screen_brings_a_dead_engine_back(desk: Desk) -> None:
    """An engine that is killed under an open screen is started again by it, and loses and doubles nothing."""
    _many(desk)
    async with desk.review() as review:
        await _begin(desk, review)
        await _strike(desk, review)
        assert len(desk.proposals()) < PICTURES
        await review.until(lambda: review.counts.pending == PICTURES, "all proposals")
        await review.comes_to_show("✓ done")
    assert len(desk.proposals()) == PICTURES
    assert set(desk.proposals().values()) == {1}


async def test_jobs_of_another_dataset(desk: Desk) -> None:
    """They are listed with their folder, and their failed images; going to one says that it is elsewhere."""
    _cut(desk, "cut.jpg")
    desk.images("a.png")
    await desk.tag()
    other = type(desk)(desk.root.parent / "other")
    other.images("x.png")
    async with other.review() as review:
        await review.press(commands.Jobs)
        await review.comes_to_show("Jobs of other datasets", f"in {desk.root}"[-20:], "✗ cut.jpg")
        await review.press(job_commands.ShowImage, job_commands.ShowImage)
        review.shows("this image belongs to another dataset")
