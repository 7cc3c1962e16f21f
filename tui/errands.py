"""Errands: small pieces of work beside the turns, each counted from its beginning, its problem told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from engine.errors import CutlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tui.idle import Idle


class Errands:
    """Runs coroutines that nobody waits for."""

    def __init__(self, idle: Idle, tell: Callable[[CutlineError], None]) -> None:
        """Start with none.

        Args:
            idle: Counts each until its end.
            tell: Is told what went wrong.
        """
        self._idle, self._tell = idle, tell
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run one."""
        self._idle.rise()  # before it begins, so that nobody takes the moment between for idleness
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._idle.fall()

    async def _run(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except CutlineError as problem:
            self._tell(problem)
