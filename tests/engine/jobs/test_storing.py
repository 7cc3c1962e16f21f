"""Storing while the disk is full, and after."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from engine.errors import NotWritable
from engine.jobs import storing
from engine.jobs.frames import Loading, Outcome
from engine.jobs.news import Bells, News
from engine.jobs.spool import Spool
from engine.jobs.spool_thread import SpoolThread
from engine.jobs.storing import Storing
from engine.wire.protocol import Item, Job, JobInfo, Progress, ResolvedStep, Step
from tests.engine.engine_room import PATIENCE_SECONDS, soon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

JOB = Job("a" * 32, "me", "/x", (Step("s", "m"),), (Item(1, "a"), Item(2, "b")))
STEPS = (ResolvedStep("s", "m", "prose", "f", {}),)
FULL = NotWritable("spool.db cannot be written: database or disk is full", "make room on its file system")


class Disk:
    """A spool in its thread, on a disk that can be full."""

    def __init__(self, path: Path) -> None:
        """Open the spool."""
        self.thread = SpoolThread(path)
        self.full = False
        self.tries = 0

    async def do(self, step: Any, *args: Any) -> Any:
        """Run a step, or say that the disk is full."""
        if step is storing._store:
            self.tries += 1
            if self.full:
                raise FULL
        return await self.thread.do(step, *args)


class Scene:
    """Storing, and what it works with."""

    def __init__(self, disk: Disk) -> None:
        """Set up."""
        self.disk = disk
        self.news = News()
        self.reader = self.news.subscribe()
        self.rooms = 0
        self.storing = Storing(disk, Bells(), self.news, self._room)  # type: ignore[arg-type]  # it can do what is asked

    def _room(self) -> None:
        self.rooms += 1

    async def job(self) -> JobInfo:
        """Describe the job."""
        info: JobInfo = await self.disk.thread.do(Spool.job, JOB.id)
        return self.storing.describe(info)

    def told(self) -> list[tuple[str, str]]:
        """Return state and message of the job as events told them since the last time."""
        return [(event.job.state, event.job.message) for event in self.reader.take() if isinstance(event, Progress)]


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """Keep a job of two pictures, and store until the end of the test."""
    monkeypatch.setattr(storing, "SPACE_SECONDS", 0.01)
    disk = Disk(tmp_path / "spool.db")
    await disk.thread.do(Spool.add, JOB, STEPS)
    scene = Scene(disk)
    running = asyncio.create_task(scene.storing.run())
    yield scene
    await scene.storing.close()
    await running
    await disk.thread.close()


async def test_a_full_disk_is_waited_for(scene: Scene) -> None:
    """Outcomes wait in memory and are tried again; the job says what it waits for, and goes on when there is room."""
    scene.disk.full = True
    scene.storing.outcomes([Outcome(1, 0, 0, text="one")])
    await soon(lambda: scene.disk.tries > 3)
    scene.storing.outcomes([Outcome(1, 0, 1, text="two")])
    info = await scene.job()
    assert (info.state, info.message, info.last) == ("waiting for space", str(FULL), 0)
    assert scene.told() == [("waiting for space", str(FULL))]
    assert scene.storing.notices == (str(FULL),)
    assert scene.storing.waiting == 2
    rooms = scene.rooms
    scene.disk.full = False
    await soon(lambda: scene.storing.waiting == 0)
    await soon(lambda: not scene.storing.no_room)
    info = await scene.job()
    assert (info.state, info.message, info.done, info.last) == ("done", "", 2, 2)
    assert scene.told()[-1] == ("done", "")
    await soon(lambda: scene.rooms > rooms)
    assert not scene.storing.notices


async def test_on_a_full_disk_the_end_does_not_wait(scene: Scene) -> None:
    """An engine that stops does not wait for room: what was not stored is done again by the next one."""
    scene.disk.full = True
    scene.storing.outcomes([Outcome(1, 0, 0, text="one")])
    await soon(lambda: scene.disk.tries > 1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await scene.storing.close()
    scene.disk.full = False
    assert (await scene.job()).last == 0


async def test_a_job_that_cannot_go_on_is_paused(scene: Scene) -> None:
    """The reason is kept with the command that lets it go on; one that has ended in the meantime stays as it is."""
    scene.storing.stuck(1, "its worker died")
    await soon(
        lambda: ("paused", f"its worker died; when that is mended: cutline jobs resume {JOB.id}") in scene.told()
    )
    await scene.disk.thread.do(Spool.resume, JOB.id)
    await scene.disk.thread.do(Spool.cancel, JOB.id)
    scene.storing.stuck(1, "again")
    tries = scene.disk.tries
    await soon(lambda: scene.disk.tries > tries)
    assert (await scene.job()).state == "cancelled"
    scene.storing.stuck(99, "a job that nobody knows")
    await soon(lambda: scene.disk.tries > tries + 1)


async def test_a_model_elsewhere_warns_its_jobs(scene: Scene) -> None:
    """A job whose model does not run where it should says so for good; the notice goes with the model."""
    line = "m runs on cpu, although cuda:0 was to be used"
    scene.storing.loading(Loading("m", "cuda:0", "loaded", line))
    assert scene.storing.notices == (line,)
    scene.storing.outcomes([Outcome(1, 0, 0, text="one")])
    await soon(lambda: scene.rooms)
    assert (await scene.job()).warning == line
    scene.storing.loading(msgspec.structs.replace(Loading("m", "cuda:0", "unloaded")))
    assert not scene.storing.notices


async def test_a_device_that_is_not_there_warns_those_who_share_it(scene: Scene) -> None:
    """The notice stays, and a job that shares the devices is warned although its model does not mind."""
    scene.storing.unseen = {"cuda:0": "there is no cuda:0"}
    assert scene.storing.notices == ("there is no cuda:0",)
    scene.storing.outcomes([Outcome(1, 0, 0, text="one")])
    await soon(lambda: scene.rooms)
    assert (await scene.job()).warning == "there is no cuda:0"


async def test_jobs_that_wait_for_space_are_counted_so(scene: Scene) -> None:
    """On a full disk no job counts as running or queued, whatever the spool says; the others count as they are."""
    counts = {"running": 1, "queued": 2, "done": 3}
    assert scene.storing.count(counts) == counts
    scene.storing.no_room = "full"
    assert scene.storing.count(counts) == {"waiting for space": 3, "done": 3}
    assert scene.storing.count({"done": 3}) == {"done": 3}
