"""Keeps workers fed from the spool and the spool fed from workers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, NotWritable
from engine.jobs import scheduler
from engine.jobs.news import Bells
from engine.jobs.pool import Pool
from engine.jobs.slot import Listeners
from engine.jobs.spool import Spool
from engine.jobs.storing import Storing
from engine.models import registry
from engine.wire.protocol import JobInfo, ModelLoading, WorkerReplaced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.jobs.frames import Loading, Order, Outcome
    from engine.jobs.news import News
    from engine.jobs.scheduler import Lane
    from engine.jobs.slot import Hiring, Slot
    from engine.jobs.spool_thread import SpoolThread

LEAST_AHEAD, MOST_AHEAD = 16, 1024
"""How many pictures a worker holds: few, so that an urgent one does not wait and little is done twice."""
AHEAD_SECONDS = 0.25
"""Between those, work for about so long; and always two batches."""
_ROOM = "room"


class Runner:
    """The tasks that move work and results; one for the engine."""

    def __init__(self, spool: SpoolThread, devices: Sequence[str], hiring: Hiring, bells: Bells, news: News) -> None:
        """Set up; `run` does the work.

        Args:
            spool: Where jobs and results are kept.
            devices: Those that jobs share; one named twice gets two workers.
            hiring: How workers are run.
            bells: Rung when a job has new results.
            news: Told about progress, models and workers.
        """
        self._spool, self._news = spool, news
        self._changes = Bells()
        self._storing = Storing(spool, bells, news, self._ring)
        self.pool = Pool(
            devices,
            hiring,
            Listeners(self._came, self._storing.labels, self._loading, self._died, self._stuck),
        )
        self._lanes: list[Lane] = []
        self._stopping = self._abandon = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self._lanes or self.pool.in_flight or self._storing.waiting)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know, one line each."""
        return self._storing.notices

    def doubt(self, devices: Mapping[str, str]) -> None:
        """Warn of devices, by name, that do not seem to be there: jobs that share or name them, and persons."""
        self._storing.unseen = devices

    def count(self, jobs: Mapping[str, int]) -> dict[str, int]:
        """Count jobs by the state that `describe` gives them."""
        return self._storing.count(jobs)

    def describe(self, info: JobInfo) -> JobInfo:
        """Add to what the spool knows of a job: its recent rate, and whether it waits for space."""
        return self._storing.describe(info)

    def add(self, lanes: Sequence[Lane]) -> None:
        """Take on the lanes of a job, or take them on again."""
        for lane in lanes:
            self.pool.allow(lane.job)
            if self.pool.serves(lane):
                self._lanes.append(lane)
            else:
                self._storing.stuck(lane.job, f"there is no device {lane.device} here")
        self._ring()

    def drop(self, job: int) -> None:
        """Give out no more of a job, and have back what workers have not begun; what they have begun still comes."""
        self._lanes = [lane for lane in self._lanes if lane.job != job]
        self.pool.withdraw(job)
        self._ring()

    async def run(self) -> None:
        """Feed and store until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            self.pool.tasks = tasks
            tasks.create_task(self._feed())
            tasks.create_task(self._storing.run())

    def hand_out_no_more(self) -> None:
        """Leave what nobody has begun to the next engine."""
        self._stopping = True
        self._ring()

    async def stop(self, *, now: bool) -> None:
        """Hand out no more; wait for what is in flight, or abandon it; then `run` stores what has come and ends."""
        self._abandon = self._abandon or now
        self.hand_out_no_more()
        while self.pool.in_flight and not self._abandon:
            await self._changes.next_ring(_ROOM)
        await self.pool.close()
        await self._storing.close()

    def hurry(self) -> None:
        """Abandon what `stop` still waits for."""
        self._abandon = True
        self._ring()

    def unload_idle(self, idle_seconds: float) -> None:
        """Give back the memory of models that nobody asked for so long."""
        self.pool.unload_idle(idle_seconds)

    # --- feeding ----------------------------------------------------------------------------------------------------

    async def _feed(self) -> None:
        """Hand out work while there is any and a worker has room."""
        while not self._stopping:
            changed = self._changes.next_ring(_ROOM)
            await self._look_up_environments()
            chosen = self._choose()
            if chosen is None:
                await changed
                continue
            lane, slot, room = chosen
            try:
                order = await self._spool.do(Spool.order, lane, room)
            except NotWritable as error:
                await self._storing.wait_for_room(error)
                continue
            await self._storing.has_room()
            if any(lane is kept for kept in self._lanes):  # its job may have been dropped in the meantime
                await self._give(slot, lane, order)

    async def _give(self, slot: Slot, lane: Lane, order: Order) -> None:
        if not order.tasks:
            self._lanes.remove(lane)
            return
        if not slot.takes(urgent=lane.urgent):
            return  # its worker has died in the meantime
        lane.given = order.tasks[-1].place
        # Of a job that was paused some may be in flight still.
        tasks = tuple(task for task in order.tasks if not self.pool.has(order.job, order.step, task.place))
        if tasks:
            await slot.give(msgspec.structs.replace(order, tasks=tasks))

    def _choose(self) -> tuple[Lane, Slot, int] | None:
        """Choose what to hand out, to whom, and how much of it: whoever has least comes first."""
        if self._storing.no_room and self._storing.waiting:
            return None
        lanes = [lane for lane in self._lanes if not self.pool.withdraws(lane.job)]
        for place in sorted(self.pool.places, key=lambda place: place.in_flight):
            lane = scheduler.choose([lane for lane in lanes if place.serves(lane.device)], place.last_model)
            if lane is not None:
                slot = self.pool.slot(place, lane.environment or "")
                if (room := self._room(slot, place.in_flight, urgent=lane.urgent)) > 0:
                    place.last_model = lane.model
                    return lane, slot, room
        return None

    def _room(self, slot: Slot, in_flight: int, *, urgent: bool) -> int:
        """Say how many pictures may be handed to a worker now."""
        if not slot.takes(urgent=False):
            return LEAST_AHEAD if slot.takes(urgent=urgent) else 0
        ahead = min(max(LEAST_AHEAD, 2 * slot.batch, int(slot.pace.per_second * AHEAD_SECONDS)), MOST_AHEAD)
        held = in_flight + self._storing.waiting // sum(place.shared for place in self.pool.places)
        return ahead - held + (LEAST_AHEAD if urgent else 0)

    async def _look_up_environments(self) -> None:
        for lane in list(self._lanes):
            if lane.environment is None:
                lane.environment = await asyncio.to_thread(_environment, lane.model)

    def _ring(self) -> None:
        self._changes.ring(_ROOM)

    # --- what the pool says ---------------------------------------------------------------------------------------

    def _came(self, outcomes: Sequence[Outcome]) -> None:
        self._storing.outcomes(outcomes)
        self._ring()

    def _loading(self, change: Loading) -> None:
        self._storing.loading(change)
        event = ModelLoading(change.model, change.state, change.device, change.message)
        self._news.publish(("model", change.model, change.device), event)

    def _died(self, device: str, how: str) -> None:
        self._news.publish(("worker", device), WorkerReplaced(device, how))

    def _stuck(self, job: int, why: str) -> None:
        self._storing.stuck(job, why)
        self.drop(job)


def _environment(model: str) -> str:
    """Name the Python environment of a model; a worker says what is wrong with one that is no longer known."""
    try:
        return registry.find(model).environment
    except CutlineError:
        return ""
