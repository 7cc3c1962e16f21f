"""Which models are in memory, since when, and which have been idle for too long. Pure: time is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.wire.protocol import LoadedModel

if TYPE_CHECKING:
    from engine.jobs.scheduler import ModelKey


class _Use(msgspec.Struct):
    since: float
    in_flight: int = 0
    idle_since: float = 0.0


class LoadedModels:
    """A use count and an idle clock for every model a worker holds."""

    def __init__(self) -> None:
        """Start with nothing loaded."""
        self._uses: dict[ModelKey, _Use] = {}

    def loaded(self, key: ModelKey, now: float) -> None:
        """Note that a model is in memory; its clock starts as if it had just been used."""
        self._uses[key] = _Use(since=now, idle_since=now)

    def unloaded(self, key: ModelKey) -> None:
        """Note that a model is no longer in memory."""
        self._uses.pop(key, None)

    def clear(self) -> None:
        """Note that the process that held the models is gone."""
        self._uses.clear()

    def in_flight(self, key: ModelKey, count: int, now: float) -> None:
        """Note how many tasks the model has been given and not yet answered."""
        if use := self._uses.get(key):
            if use.in_flight and not count:
                use.idle_since = now
            use.in_flight = count

    def due(self, idle_seconds: float, now: float) -> list[ModelKey]:
        """List those that nobody asked for so long."""
        return [key for key, use in self._uses.items() if not use.in_flight and now - use.idle_since >= idle_seconds]

    def report(self, now: float) -> tuple[LoadedModel, ...]:
        """Describe all of them for the status reply."""
        return tuple(
            LoadedModel(name, device, use.since, 0.0 if use.in_flight else max(0.0, now - use.idle_since))
            for (name, device), use in self._uses.items()
        )
