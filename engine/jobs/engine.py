"""The engine as one thing: what every request comes down to. The routes in `engine.wire.server` are thin over it."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from importlib import metadata
from typing import TYPE_CHECKING

from engine.errors import CutlineError
from engine.jobs.admission import admit
from engine.jobs.news import Bells, News
from engine.jobs.runner import Runner
from engine.jobs.spool import Spool
from engine.jobs.spool_thread import SpoolThread
from engine.models import registry
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

DEVICES = ("cpu",)


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
        usual = (sys.executable, "-P", "-m", "engine.jobs.worker")
        self.settings = settings
        self.spool = SpoolThread(state / "spool.db")
        self.bells, self.news = Bells(), News()
        self.runner = Runner(
            self.spool, (*(worker or usual), str(settings.pictures.max_megapixels)), self.bells, self.news
        )
        self.stopping = False
        """No new work is taken; what is in flight may still end."""
        self.ended = False
        """Nothing more will happen; streams end."""
        self._started = time.time()
        self.version = metadata.version("cutline")

    async def run(self) -> None:
        """Work until `stop`."""
        self.runner.add(await self.spool.do(Spool.lanes))
        await self.runner.run()

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

    async def submit(self, body: bytes) -> JobInfo:
        """Take on a job, or find it when it is known already.

        Raises:
            WrongUsage: It cannot be done as it stands.
            GoingDown: The engine takes no new work.
        """
        if self.stopping:
            raise GoingDown("the engine is stopping", "start it again")
        job, steps = await asyncio.to_thread(admit, body, self.settings.engine.device, DEVICES)
        info, lanes = await self.spool.do(Spool.add, job, steps)
        self.runner.add(lanes)
        self.news.publish(info.id, Progress(info))
        return self.runner.with_rate(info)

    async def resolve(self, body: bytes) -> Resolved:
        """Say what a job would do, without keeping it.

        Raises:
            WrongUsage: It cannot be done as it stands.
        """
        job, steps = await asyncio.to_thread(admit, body, self.settings.engine.device, DEVICES)
        return Resolved(steps, job.device, self.spool.id)

    async def jobs(self) -> tuple[JobInfo, ...]:
        """Describe all jobs, newest first."""
        return tuple(map(self.runner.with_rate, await self.spool.do(Spool.jobs)))

    async def job(self, job_id: str) -> JobInfo:
        """Describe one job.

        Raises:
            UnknownJob: There is none with this id.
        """
        return self.runner.with_rate(await self.spool.do(Spool.job, job_id))

    async def models(self) -> ModelList:
        """List the catalogue."""
        loaded = {model.name for model in self.runner.models.report(time.time())}
        return ModelList(await asyncio.to_thread(_catalogue, loaded))

    async def status(self) -> Status:
        """Say what the engine is and does."""
        return Status(
            version=self.version,
            protocol=Versions(),
            pid=os.getpid(),
            spool=self.spool.id,
            started=self._started,
            devices=DEVICES,
            models=self.runner.models.report(time.time()),
            jobs=await self.spool.do(Spool.counts),
            worker_pids=self.runner.pool.pids,
            worker_restarts=self.runner.pool.restarts,
            idle_exit_seconds=self.settings.engine.idle_exit_minutes * 60,
        )


def _catalogue(loaded: set[str]) -> tuple[ModelInfo, ...]:
    adapters = registry.adapters()
    return tuple(
        ModelInfo(
            name=entry.name,
            kind=entry.kind,
            summary=entry.summary,
            licence=entry.licence,
            installed=entry.adapter in adapters,
            loaded=entry.name in loaded,
            download_bytes=entry.download_bytes,
            threshold=entry.threshold,
        )
        for entry in registry.entries()
    )
