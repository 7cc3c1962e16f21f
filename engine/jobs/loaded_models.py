"""Which models a worker has in memory, since when, and which have been idle for too long. Pure: time is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.wire.protocol import LoadedModel

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Use(msgspec.Struct):
    since: float
    idle_since: float
    in_flight: int = 0


class LoadedModels:
    """A use count and an idle clock for every model that one worker holds."""

    def __init__(self, device: str) -> None:
        """Start with nothing loaded.

        Args:
            device: Where the worker runs them.
        """
        self._device = device
        self._uses: dict[str, _Use] = {}

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self._uses)

    def loaded(self, model: str, now: float, time: float) -> None:
        """Note that a model is in memory; its clock starts as if it had just been used.

        Args:
            model: Its name.
            now: Monotonic, as everywhere here.
            time: Of day, to show.
        """
        self._uses[model] = _Use(time, now)

    def unloaded(self, model: str) -> None:
        """Note that a model is no longer in memory."""
        self._uses.pop(model, None)

    def clear(self) -> None:
        """Note that the process that held the models is gone."""
        self._uses.clear()

    def count(self, in_flight: Mapping[str, int], now: float) -> None:
        """Note how many tasks each model has been given and not yet answered; none for those not named."""
        for model, use in self._uses.items():
            count = in_flight.get(model, 0)
            if use.in_flight and not count:
                use.idle_since = now
            use.in_flight = count

    def due(self, idle_seconds: float, now: float) -> list[str]:
        """List those that nobody asked for so long."""
        return [
            model for model, use in self._uses.items() if not use.in_flight and now - use.idle_since >= idle_seconds
        ]

    def report(self, now: float) -> tuple[LoadedModel, ...]:
        """Describe all of them for the status reply."""
        return tuple(
            LoadedModel(model, self._device, use.since, 0.0 if use.in_flight else max(0.0, now - use.idle_since))
            for model, use in self._uses.items()
        )
