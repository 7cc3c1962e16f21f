"""The engine as one thing: what every request comes down to. The routes in `engine.wire.server` are thin over it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from importlib import metadata
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, NotWritable
from engine.jobs import devices
from engine.jobs.admission import admit
from engine.jobs.frames import Start
from engine.jobs.kept_results import purge_old
from engine.jobs.news import Bells, News
from engine.jobs.runner import Runner
from engine.jobs.slot import Hiring
from engine.jobs.spool import Spool, UnknownJob
from engine.jobs.spool_thread import SpoolThread
from engine.models import environments, registry, weights
from engine.wire.protocol import (
    JobInfo,
    ModelInfo,
    ModelList,
    Progress,
    Resolved,
    Status,
    Stopping,
    Versions,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.settings import Settings

PURGE_SECONDS = 86_400
"""Results that nobody will collect are looked for at the start, and again after so long."""

log = logging.getLogger("cutline.engine")


class GoingDown(CutlineError):
    """Ask again in a moment: this engine ends, the next one takes its jobs up."""

    code = "stopping"


class Engine:
    """Jobs, models and news of one running engine."""

    def __init__(self, state: Path, settings: Settings, worker: Sequence[str] = ()) -> None:
        """Open the spool; `run` then takes up what it holds.

        Args:
            state: The folder of the spool; the caller holds its lock.
            settings: What is in force.
            worker: How to run a worker; empty for the usual way.

        Raises:
            TooNew: A newer cutline wrote the spool.
        """
        self.settings = settings
        self.devices = settings.engine.devices or devices.found()
        self.spool = SpoolThread(state / "spool.db")
        self.bells, self.news = Bells(), News()
        self.runner = Runner(self.spool, self.devices, _hiring(settings, self.devices, worker), self.bells, self.news)
        self.runner.doubt(devices.unseen(settings.engine.devices, devices.found()))
        self.stopping = False
        """No new work is taken; what is in flight may still end."""
        self.ended = False
        """Nothing more will happen; streams end."""
        self.idle_exit_in: float | None = None
        """Seconds until the engine ends for want of work, as its server saw it last; None while it is needed."""
        self._started = time.time()
        self.version = metadata.version("cutline")

    async def run(self) -> None:
        """Work until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            purging = tasks.create_task(self._purge())
            self.runner.add(await self.spool.do(Spool.lanes))
            await self.runner.run()
            purging.cancel()

    async def stop(self, *, now: bool) -> None:
        """End: wait for pictures in flight or abandon them, store what came, let every stream end."""
        if self.stopping:
            return
        self.stopping = True
        await self.runner.stop(now=now)
        self.ended = True
        self.bells.ring_all()
        self.news.publish("stopping", Stopping())

    def hurry(self) -> None:
        """Abandon what a stop under way still waits for."""
        self.runner.hurry()

    async def submit(self, body: bytes | bytearray) -> JobInfo:
        """Take on a job, or find it when it is known already.

        Raises:
            WrongUsage: It cannot be done as it stands.
            GoingDown: The engine takes no new work.
        """
        if self.stopping:
            raise GoingDown("the engine is stopping", "start it again")
        job, steps = await asyncio.to_thread(admit, body, self.settings.engine.device, self.devices)
        info, lanes = await self.spool.do(Spool.add, job, steps)
        self.runner.add(lanes)
        return self._changed(info)

    async def resolve(self, body: bytes | bytearray) -> Resolved:
        """Say what a job would do, without keeping it.

        Raises:
            WrongUsage: It cannot be done as it stands.
        """
        job, steps = await asyncio.to_thread(admit, body, self.settings.engine.device, self.devices)
        return Resolved(steps, job.device, self.spool.id)

    async def jobs(self) -> tuple[JobInfo, ...]:
        """Describe all jobs, newest first."""
        return tuple(map(self.runner.describe, await self.spool.look(Spool.jobs)))

    async def job(self, job_id: str, *, failures: bool = False) -> JobInfo:
        """Describe one job, with what failed in it where that is asked for.

        Raises:
            UnknownJob: There is none with this id.
        """
        info = self.runner.describe(await self.spool.look(Spool.job, job_id))
        if failures:
            info = msgspec.structs.replace(info, failures=await self.spool.look(Spool.failures, job_id))
        return info

    async def pause(self, job_id: str) -> JobInfo:
        """Hold a job back; what workers have begun is still stored.

        Raises:
            UnknownJob: There is none with this id.
            Refused: It has ended.
        """
        number = await self._number(job_id)
        info = await self.spool.do(Spool.pause, job_id)
        self.runner.drop(number)
        return self._changed(info)

    async def resume(self, job_id: str) -> JobInfo:
        """Let a paused job go on.

        Raises:
            UnknownJob: There is none with this id.
            Refused: It has ended.
        """
        info, lanes = await self.spool.do(Spool.resume, job_id)
        self.runner.add(lanes)
        return self._changed(info)

    async def cancel(self, job_id: str) -> JobInfo:
        """End a job where it is; what it answered can still be collected.

        Raises:
            UnknownJob: There is none with this id.
            Refused: It is done.
        """
        number = await self._number(job_id)
        info = await self.spool.do(Spool.cancel, job_id)
        self.runner.drop(number)
        return self._changed(info)

    async def retry(self, job_id: str) -> JobInfo:
        """Run again what failed in a job.

        Raises:
            UnknownJob: There is none with this id.
            Refused: It was cancelled.
        """
        number = await self._number(job_id)
        info, lanes = await self.spool.do(Spool.retry, job_id)
        if lanes:  # all that is left of the job: what the runner has of it is part of that
            self.runner.drop(number)
            self.runner.add(lanes)
        return self._changed(info)

    async def forget(self, job_id: str) -> None:
        """Remove a job that has ended, with everything kept of it.

        Raises:
            UnknownJob: There is none with this id.
            Refused: It has not ended.
        """
        await self.spool.do(Spool.forget, job_id)
        self.bells.ring(job_id)

    async def models(self) -> ModelList:
        """List the catalogue."""
        loaded = {model.name for model in self.runner.pool.models(time.monotonic())}
        return ModelList(await asyncio.to_thread(_catalogue, loaded))

    async def status(self) -> Status:
        """Say what the engine is and does."""
        return Status(
            version=self.version,
            protocol=Versions(),
            pid=os.getpid(),
            spool=self.spool.id,
            started=self._started,
            devices=self.devices,
            models=self.runner.pool.models(time.monotonic()),
            jobs=self.runner.count(await self.spool.look(Spool.counts)),
            worker_pids=self.runner.pool.pids,
            worker_restarts=self.runner.pool.restarts,
            workers=self.runner.pool.workers,
            notices=self.runner.notices,
            idle_exit_seconds=self.settings.engine.idle_exit_minutes * 60,
            idle_unload_seconds=self.settings.engine.idle_unload_minutes * 60,
            idle_exit_in=self.idle_exit_in,
        )

    def _changed(self, info: JobInfo) -> JobInfo:
        """Tell everybody what became of a job."""
        info = self.runner.describe(info)
        self.bells.ring(info.id)
        self.news.publish(info.id, Progress(info))
        return info

    async def _number(self, job_id: str) -> int:
        number = await self.spool.look(Spool.number_of, job_id)
        if number is None:
            raise UnknownJob.named(job_id)
        return number

    async def _purge(self) -> None:
        """Remove, once a day, the results that nobody will collect."""
        while True:
            try:
                if gone := await self.spool.do(purge_old):
                    log.info("%d results that nobody will collect were removed", gone)
            except NotWritable as error:
                log.warning("%s", error)
            await asyncio.sleep(PURGE_SECONDS)


def _hiring(settings: Settings, shared: Sequence[str], worker: Sequence[str]) -> Hiring:
    """Say how workers are run: the machine's cores are shared among them."""

    def command(environment: str) -> Sequence[str]:
        python = environments.python_of(environment) if environment else sys.executable
        return worker or (str(python), "-P", "-m", "engine.jobs.worker")

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pictures = settings.pictures
    start = Start(max(1, cores // len(shared)), pictures.max_megapixels, pictures.decode_seconds)
    return Hiring(command, start)


def _catalogue(loaded: set[str]) -> tuple[ModelInfo, ...]:
    return tuple(
        ModelInfo(
            name=entry.name,
            kind="tagger" if entry.kind == "tagger" else "captioner",
            summary=entry.summary,
            licence=entry.licence,
            installed=registry.installed(entry),
            loaded=entry.name in loaded,
            download_bytes=entry.download_bytes,
            threshold=entry.threshold,
            downloaded=weights.present(entry),
        )
        for entry in registry.entries_and_faults()[0]  # `models list` says what is wrong with the others
    )
