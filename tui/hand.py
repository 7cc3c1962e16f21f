"""The one hand that touches the workspace: a single thread, so that what keys ask for happens in their order."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.idle import Idle

P = ParamSpec("P")
T = TypeVar("T")


class Hand:
    """Runs blocking calls one after another, away from the event loop."""

    def __init__(self, idle: Idle) -> None:
        """Start with nothing to do.

        Args:
            idle: Counts every call from its request to its outcome.
        """
        self._idle = idle
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="workspace")

    async def do(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call after all that were asked for earlier, and return what it returns."""
        with self._idle.working():
            future = self._thread.submit(call, *args, **kwargs)
            return await asyncio.wrap_future(future)

    def last(self, call: Callable[[], None]) -> None:
        """Have one more thing done when nobody is left to be told how it went."""
        self._thread.submit(call)

    def rest(self) -> None:
        """Finish what was asked for and end the thread."""
        self._thread.shutdown(wait=True)
