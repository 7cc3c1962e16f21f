"""How fast pictures are answered, of late. Pure: time is given, from a monotonic clock."""

from __future__ import annotations

LEAST_SECONDS = 0.1
"""A shorter time says little."""
_WEIGHT = 0.3


class Pace:
    """A mean over the recent past in which the latest counts most."""

    def __init__(self, now: float) -> None:
        """Start at nothing."""
        self.per_second = 0.0
        self._since = now
        self._count = 0

    def count(self, answered: int, now: float) -> None:
        """Note that so many were answered since the last time."""
        self._count += answered
        if (seconds := now - self._since) >= LEAST_SECONDS:
            self.per_second += (self._count / seconds - self.per_second) * _WEIGHT
            self._since, self._count = now, 0
