"""Memory that is not felt: no collection that stops a key for 60 ms, nothing kept that only the start needed."""

from __future__ import annotations

import asyncio
import ctypes
import gc

QUIET_SECONDS = 0.05
"""After a key: its frame is out by then, and the next key of a person far."""
GROWN = 3
"""Collections of the middle generation, after which all is looked through in a quiet moment; by itself it is after ten."""

_ARENA_MAX = -8  # M_ARENA_MAX
_trim, _set = (getattr(ctypes.CDLL(None), name, None) for name in ("malloc_trim", "mallopt"))
"""None where the C library has no such calls: glibc alone has them."""
_held = False
"""Whether this process is ours, and its collector ours to set."""


def hold() -> None:
    """Collect nothing while the program starts: what is made then stays; and one heap for all threads.

    With a heap for each of its ten threads, 100,000 images took 22 MB more. None of them asks for memory often enough
    to wait for another.
    """
    global _held  # noqa: PLW0603 - the collector is one for the whole process, and so is this
    _held = True
    gc.disable()
    if _set is not None:
        _set(_ARENA_MAX, 1)


def settle() -> None:
    """Leave what there is by now out of every later collection, and collect what comes; nothing without `hold`."""
    if _held:
        gc.freeze()
        gc.enable()


def give_back() -> None:
    """Let the system have the memory that was freed: after large arrays were made and dropped it is tens of megabytes."""
    if _trim is not None:
        _trim(0)


class Sweeping:
    """Collects in the moment after a key, so that no key waits for it; where keys are held down it comes by itself."""

    def __init__(self) -> None:
        """Wait for the first key."""
        self._due: asyncio.TimerHandle | None = None

    def key_pressed(self) -> None:
        """Put it off until the keys pause."""
        self.close()
        self._due = asyncio.get_running_loop().call_later(QUIET_SECONDS, _sweep)

    def close(self) -> None:
        """Collect no more."""
        if self._due is not None:
            self._due.cancel()


def _sweep() -> None:
    if gc.get_count()[2] >= GROWN:
        gc.collect()
