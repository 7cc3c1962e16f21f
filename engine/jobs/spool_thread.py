"""The one thread that the spool lives in, so that the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from engine.jobs.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

P = ParamSpec("P")
T = TypeVar("T")


class SpoolThread:
    """A spool behind a thread."""

    def __init__(self, path: Path) -> None:
        """Open the spool; this waits until it is open.

        Raises:
            TooNew: A newer cutline wrote it.
        """
        self._thread = ThreadPoolExecutor(1, "spool")
        self._spool = self._thread.submit(Spool, path).result()
        self.id = self._spool.id

    async def do(self, step: Callable[Concatenate[Spool, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a method of `Spool`, or a function that takes one first, in the thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: step(self._spool, *args, **kwargs))

    async def close(self) -> None:
        """Close the spool after all that was asked before."""
        await self.do(Spool.close)
        self._thread.shutdown()
