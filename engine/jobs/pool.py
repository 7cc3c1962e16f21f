"""All workers: one slot for each device and Python environment that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.jobs.slot import Slot

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from engine.jobs.scheduler import Lane
    from engine.jobs.slot import Hiring, Listeners
    from engine.wire.protocol import LoadedModel, WorkerInfo


class Place(msgspec.Struct, eq=False):
    """Where a worker may be: each device as often as the settings name it."""

    device: str
    shared: bool
    """Whether jobs that name no device come here, too."""
    slots: dict[str, Slot] = {}
    """By Python environment."""
    last_model: str = ""
    """Asked here last; empty before the first."""

    @property
    def in_flight(self) -> int:
        """How many pictures its workers have."""
        return sum(slot.in_flight for slot in self.slots.values())

    def serves(self, device: str) -> bool:
        """Say whether a job for a device may run here."""
        return device == self.device or (device == "auto" and self.shared)


class Pool:
    """The workers of one engine."""

    def __init__(self, devices: Sequence[str], hiring: Hiring, tell: Listeners) -> None:
        """Set up; no worker is started before its first order.

        Args:
            devices: Those that jobs share; one named twice gets two workers. Jobs may name the CPU besides.
            hiring: How workers are run.
            tell: Who is told what they say.
        """
        self.places = tuple(Place(device, shared=True) for device in devices)
        if "cpu" not in devices:
            self.places += (Place("cpu", shared=False),)
        self._hiring = hiring
        self._tell = tell
        self.tasks: asyncio.TaskGroup | None = None
        """Where tasks of slots run; set before the first order."""

    @property
    def _slots(self) -> list[Slot]:
        return [slot for place in self.places for slot in place.slots.values()]

    @property
    def workers(self) -> tuple[WorkerInfo, ...]:
        """Every worker there is now."""
        return tuple(slot.info for slot in self._slots if slot.info is not None)

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of all workers."""
        return tuple(worker.pid for worker in self.workers)

    @property
    def restarts(self) -> int:
        """How many workers were replaced."""
        return sum(slot.restarts for slot in self._slots)

    @property
    def in_flight(self) -> int:
        """How many pictures workers have."""
        return sum(place.in_flight for place in self.places)

    def models(self, now: float) -> tuple[LoadedModel, ...]:
        """Describe the models in memory.

        Args:
            now: Monotonic.
        """
        return tuple(model for slot in self._slots for model in slot.models.report(now))

    def slot(self, place: Place, environment: str) -> Slot:
        """Return the slot of an environment at a place."""
        if environment not in place.slots:
            assert self.tasks is not None
            place.slots[environment] = Slot(place.device, environment, self._hiring, self._tell, self.tasks)
        return place.slots[environment]

    def serves(self, lane: Lane) -> bool:
        """Say whether there is any place for a lane."""
        return any(place.serves(lane.device) for place in self.places)

    def has(self, job: int, step: int, place: int) -> bool:
        """Say whether a task is in flight anywhere."""
        return any(slot.has(job, step, place) for slot in self._slots)

    def withdraws(self, job: int) -> bool:
        """Say whether it is not known yet what of a job was begun."""
        return any(slot.withdraws(job) for slot in self._slots)

    def withdraw(self, job: int) -> None:
        """Begin nothing more of a job; what was begun still comes."""
        for slot in self._slots:
            slot.withdraw(job)

    def allow(self, job: int) -> None:
        """Take orders of a job again."""
        for slot in self._slots:
            slot.allow(job)

    def unload_idle(self, idle_seconds: float) -> None:
        """Give back the memory of models that nobody asked for so long."""
        for slot in self._slots:
            slot.unload_idle(idle_seconds)

    async def close(self) -> None:
        """End all workers at once; what they had in flight is forgotten here."""
        for slot in self._slots:
            await slot.close()
