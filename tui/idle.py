"""Counted idleness: how many pieces of work are under way, so that a test can wait without sleeping."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Idle:
    """A number that rises before work starts and falls when its outcome is on the screen."""

    def __init__(self) -> None:
        """Start idle."""
        self.under_way = 0
        self._reached = asyncio.Event()
        self._reached.set()

    def rise(self) -> None:
        """Count one piece of work; called on the event loop before it starts."""
        self.under_way += 1
        self._reached.clear()

    def fall(self) -> None:
        """Count it off; called on the event loop when nothing of it is left to do."""
        self.under_way -= 1
        if not self.under_way:
            self._reached.set()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the block as one piece of work."""
        self.rise()
        try:
            yield
        finally:
            self.fall()

    async def reached(self) -> None:
        """Wait until nothing is under way."""
        while self.under_way:
            await self._reached.wait()
