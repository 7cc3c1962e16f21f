"""The threads that the spool lives in, so that the event loop never waits for a disk: one writes, one only looks."""

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
    """A spool behind its threads. Who looks sees all that was written before, and never waits for who writes."""

    def __init__(self, path: Path) -> None:
        """Open the spool; this waits until it is open.

        Raises:
            TooNew: A newer cutline wrote it.
        """
        self._writing = ThreadPoolExecutor(1, "spool")
        self._looking = ThreadPoolExecutor(1, "spool-looking")
        self._spool = self._writing.submit(Spool, path).result()
        self._view = self._looking.submit(Spool, path).result()
        self.id = self._spool.id

    async def do(self, step: Callable[Concatenate[Spool, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a method of `Spool`, or a function that takes one first, in the thread that writes."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writing, lambda: step(self._spool, *args, **kwargs))

    async def look(self, step: Callable[Concatenate[Spool, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what only reads, beside what is being written."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._looking, lambda: step(self._view, *args, **kwargs))

    async def close(self) -> None:
        """Close the spool after all that was asked before."""
        await self.look(Spool.close)
        self._looking.shutdown()
        await self.do(Spool.close)  # the last to close takes the journal into the file
        self._writing.shutdown()
