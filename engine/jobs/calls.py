"""What a worker's threads are waiting for, and for how long: so that a model that hangs can be told from a slow one.

Time is counted in beats, not read from a clock: a machine that slept, or a process that was stopped, did not hang.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from engine.jobs.frames import Beat

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Call(msgspec.Struct, eq=False):
    what: str
    patience_seconds: float
    seconds: float = 0.0


class Calls:
    """The calls under way, of all threads."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._under_way: list[_Call] = []

    @contextmanager
    def waiting(self, what: str, patience_seconds: float) -> Iterator[None]:
        """Count the time spent inside.

        Args:
            what: What is waited for, for the message.
            patience_seconds: How long it may take.
        """
        call = _Call(what, patience_seconds)
        with self._lock:
            self._under_way.append(call)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.remove(call)

    def beat(self, seconds: float, batch: int) -> Beat:
        """Let time pass for every call, and report the one that is nearest to the end of its patience.

        Args:
            seconds: The time since the last beat.
            batch: The size of batches, to go with it.
        """
        with self._lock:
            for call in self._under_way:
                call.seconds += seconds
            nearest = max(self._under_way, key=lambda call: call.seconds - call.patience_seconds, default=None)
            if nearest is None:
                return Beat(batch)
            return Beat(batch, nearest.what, nearest.seconds, nearest.patience_seconds)
