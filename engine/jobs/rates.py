"""How many pictures a second each job answered of late."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from engine.wire.protocol import JobInfo

RATE_SECONDS = 5.0
"""The recent past that a job's rate speaks of."""
_LEAST_SECONDS = 1.0
"""A shorter past says little."""


class Rates:
    """What was seen of every job that moves. Pure: time is given, from a monotonic clock."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._seen: dict[str, deque[tuple[float, int]]] = {}

    def note(self, info: JobInfo, now: float) -> None:
        """Note how far a job is."""
        seen = self._seen.setdefault(info.id, deque())
        seen.append((now, info.done + info.failed))
        while now - seen[0][0] > RATE_SECONDS:
            seen.popleft()

    def forget(self, job: str) -> None:
        """Forget a job that has ended."""
        self._seen.pop(job, None)

    def told(self, info: JobInfo, now: float) -> JobInfo:
        """Add the recent rate to what the spool knows of a job that runs."""
        seen = self._seen.get(info.id)
        if not seen or info.state != "running" or now - seen[-1][0] > RATE_SECONDS:
            return info
        (begin, before), after = seen[0], seen[-1][1]
        return msgspec.structs.replace(info, rate=round((after - before) / max(now - begin, _LEAST_SECONDS), 2))
