"""Keeps the worker fed from the spool and the spool fed from the worker."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from engine.jobs import scheduler
from engine.jobs.loaded_models import LoadedModels
from engine.jobs.news import Bells
from engine.jobs.pool import Listeners, Pool
from engine.jobs.spool import Spool
from engine.wire.protocol import JobInfo, ModelLoading, Progress, WorkerReplaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.jobs.frames import Loading, Outcome
    from engine.jobs.news import News
    from engine.jobs.scheduler import Lane, ModelKey
    from engine.jobs.spool_thread import SpoolThread
    from engine.wire.protocol import Labels

COMMIT_SECONDS = 0.02
"""Results are stored at most so often; between two times they gather."""
LEAST_AHEAD, MOST_AHEAD = 16, 1024
"""How many pictures the worker holds: few, so that an urgent one does not wait and little is done twice."""
AHEAD_SECONDS = 0.25
"""Between those, work for about so long."""
RATE_SECONDS = 5.0
"""The recent past that a job's rate speaks of."""
_PACE_WEIGHT = 0.3
_ROOM, _OUTCOMES = "room", "outcomes"


class Runner:
    """The tasks that move work and results; one for the engine."""

    def __init__(self, spool: SpoolThread, command: Sequence[str], bells: Bells, news: News) -> None:
        """Set up; `run` does the work.

        Args:
            spool: Where jobs and results are kept.
            command: How to run a worker.
            bells: Rung when a job has new results.
            news: Told about progress, models and workers.
        """
        self._spool, self._bells, self._news = spool, bells, news
        self.pool = Pool(command, Listeners(self._came, self._labels, self._loading, self._died))
        self.models = LoadedModels()
        self._lanes: list[Lane] = []
        self._last_model: ModelKey | None = None
        self._arrived: list[Outcome] = []
        self._tables: list[Labels] = []
        self._storing = 0
        self._changes = Bells()
        self._pace = 0.0
        self._stopping = self._abandon = self._closed = False
        self._rates: dict[str, deque[tuple[float, int]]] = {}

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self._lanes or self.pool.in_flight or self._arrived or self._storing)

    def add(self, lanes: Sequence[Lane]) -> None:
        """Take on the lanes of a job."""
        self._lanes.extend(lanes)
        self._changes.ring(_ROOM)

    async def run(self) -> None:
        """Feed and store until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            self.pool.tasks = tasks
            tasks.create_task(self._feed())
            tasks.create_task(self._store())

    def hand_out_no_more(self) -> None:
        """Leave what nobody has begun to the next engine."""
        self._stopping = True
        self._changes.ring_all()

    async def stop(self, *, now: bool) -> None:
        """Hand out no more; wait for what is in flight, or abandon it; then `run` stores what has come and ends."""
        self._abandon = self._abandon or now
        self.hand_out_no_more()
        while self.pool.in_flight and not self._abandon:
            await self._changes.next_ring(_ROOM)
        await self.pool.close()
        self._closed = True
        self._changes.ring_all()

    def hurry(self) -> None:
        """Abandon what `stop` still waits for."""
        self._abandon = True
        self._changes.ring_all()

    async def unload_idle(self, idle_seconds: float) -> None:
        """Give back the memory of models that nobody asked for so long."""
        for key in self.models.due(idle_seconds, time.time()):
            if not self.pool.in_flight_of(key):
                await self.pool.unload(key)

    async def _feed(self) -> None:
        """Hand out work while there is any and the worker has room."""
        while not self._stopping:
            changed = self._changes.next_ring(_ROOM)
            lane = scheduler.choose(self._lanes, self._last_model)
            room = 0 if lane is None else self._room(urgent=lane.urgent)
            if lane is None or room <= 0:
                await changed
                continue
            order = await self._spool.do(Spool.order, lane, room)
            if not order.tasks:
                self._lanes.remove(lane)
            elif self.pool.takes_orders:  # a worker may have died in the meantime
                lane.given = order.tasks[-1].place
                self._last_model = lane.key
                await self.pool.give(order)
                self._count_uses()

    def _room(self, *, urgent: bool) -> int:
        """Say how many pictures may be handed out now."""
        if not self.pool.takes_orders:
            return 0
        ahead = min(max(LEAST_AHEAD, int(self._pace * AHEAD_SECONDS)), MOST_AHEAD)
        held = self.pool.in_flight + len(self._arrived) + self._storing
        return ahead - held + (LEAST_AHEAD if urgent else 0)

    async def _store(self) -> None:
        """Store what has come, all of it in one go, and say so."""
        last = time.monotonic()
        while self._arrived or self._tables or not self._closed:
            if not (self._arrived or self._tables):
                await self._changes.next_ring(_OUTCOMES)
                continue
            outcomes, self._arrived = self._arrived, []
            tables, self._tables = self._tables, []
            self._storing = len(outcomes)
            infos = await self._spool.do(Spool.commit, outcomes, tables)
            self._storing = 0
            now = time.monotonic()
            self._pace += (len(outcomes) / max(now - last, COMMIT_SECONDS) - self._pace) * _PACE_WEIGHT
            last = now
            for info in infos:
                self._tell(info, now)
            self._count_uses()
            self._changes.ring(_ROOM)
            await asyncio.sleep(COMMIT_SECONDS)

    def _tell(self, info: JobInfo, now: float) -> None:
        seen = self._rates.setdefault(info.id, deque())
        seen.append((now, info.done + info.failed))
        while now - seen[0][0] > RATE_SECONDS:
            seen.popleft()
        self._bells.ring(info.id)
        self._news.publish(info.id, Progress(self.with_rate(info)))
        if info.ended is not None:
            del self._rates[info.id]

    def with_rate(self, info: JobInfo) -> JobInfo:
        """Add the recent rate to what the spool knows of a job."""
        seen, now = self._rates.get(info.id), time.monotonic()
        if not seen or now - seen[-1][0] > RATE_SECONDS:
            return info
        (begin, before), after = seen[0], seen[-1][1]
        span = max(now - begin, 1.0)  # seconds; a shorter past says little
        return msgspec.structs.replace(info, rate=round((after - before) / span, 2))

    def _count_uses(self) -> None:
        now = time.time()
        for model in self.models.report(now):
            key = model.name, model.device
            self.models.in_flight(key, self.pool.in_flight_of(key), now)

    # --- what the pool says ---------------------------------------------------------------------------------------

    def _came(self, outcomes: Sequence[Outcome]) -> None:
        self._arrived.extend(outcomes)
        self._changes.ring_all()

    def _labels(self, table: Labels) -> None:
        self._tables.append(table)
        self._changes.ring(_OUTCOMES)

    def _loading(self, change: Loading) -> None:
        key = change.model, change.device
        if change.state == "loaded":
            self.models.loaded(key, time.time())
        elif change.state == "unloaded":
            self.models.unloaded(key)
        self._news.publish(("model", *key), ModelLoading(change.model, change.state, change.device, change.message))

    def _died(self, how: str) -> None:
        self.models.clear()
        self._news.publish("worker", WorkerReplaced("cpu", how))
