"""Long work in short pieces: given up when nobody waits for it any more, and never in one piece of C code for long."""

from __future__ import annotations

import heapq
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

LOOK_SECONDS = 0.01
"""So often it is asked whether anybody waits."""
RUN = 2_000
"""So many keys are sorted in one piece: a sort holds the interpreter until it is done."""


class GivenUp(Exception):
    """Nobody waits for the answer any more; what was learnt on the way stays."""


class Patience:
    """Asks now and then whether somebody still waits."""

    def __init__(self, stop: Callable[[], bool] | None = None) -> None:
        """Take what says that nobody waits any more; None waits for ever."""
        self._stop = stop
        self._next = 0.0

    def look(self) -> None:
        """Ask, unless that was a moment ago.

        Raises:
            GivenUp: Nobody waits.
        """
        if self._stop is not None and (now := time.monotonic()) >= self._next:
            self._next = now + LOOK_SECONDS
            if self._stop():
                raise GivenUp

    def batches(self, items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
        """Yield a sequence in pieces, asking before each."""
        for start in range(0, len(items), size):
            self.look()
            yield items[start : start + size]

    def sorted_places(self, keys: Sequence[bytes]) -> Iterator[int]:
        """Yield the places of keys in the order of the keys, equal ones in that of their places."""
        runs = [sorted(places, key=keys.__getitem__) for places in self.batches(range(len(keys)), RUN)]
        for count, place in enumerate(heapq.merge(*runs, key=keys.__getitem__)):
            if count % RUN == 0:
                self.look()
            yield place
