"""Long work on many images: one thread, of whose questions only the latest is answered, and how far it has come."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from engine.errors import CutlineError
from engine.finding.patience import GivenUp

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.idle import Idle

T = TypeVar("T")

TELL_SECONDS = 0.1
"""So often progress is told."""
MINUTE = 60


class Progress(NamedTuple):
    """How far something has come."""

    done: int
    total: int
    seconds: float
    """Since it began."""

    def __str__(self) -> str:
        told = f"{self.done:,} of {self.total:,}"
        if self.done < 1 or self.seconds < TELL_SECONDS:
            return told
        rate = self.done / self.seconds
        left = (self.total - self.done) / rate
        rest = f"{left / MINUTE:.0f} min" if left > 2 * MINUTE else f"{left:.0f} s"
        return f"{told} · {rate:,.0f}/s · {rest} left"


class Course:
    """What work asks and tells on its way; used in the thread."""

    def __init__(self, is_over: Callable[[], bool], tell: Callable[[Progress], object]) -> None:
        """Begin.

        Args:
            is_over: Says whether to leave the rest.
            tell: Is told how far it is, a few times a second.
        """
        self.stop, self._tell = is_over, tell
        self._began = self._told = time.monotonic()

    def progress(self, done: int, total: int) -> None:
        """Take how much is done, and of how much."""
        now = time.monotonic()
        if now - self._told >= TELL_SECONDS or done == total:
            self._told = now
            self._tell(Progress(done, total, now - self._began))


class LongWork:
    """One thread for it; it ends with the screen."""

    def __init__(self, idle: Idle) -> None:
        """Start with nothing asked.

        Args:
            idle: Counts what is under way.
        """
        self._idle = idle
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="many")
        self._asked = 0
        self._changing = 0
        """How much of what is asked changes files."""
        self._closed = False

    def ask(
        self,
        work: Callable[[Course], T],
        done: Callable[[T | CutlineError], object],
        progress: Callable[[Progress], object] | None = None,
        *,
        always_told: bool = False,
    ) -> None:
        """Have something done instead of all that was asked before.

        Args:
            work: Done in the thread.
            done: Is told the outcome on the event loop, or why there is none.
            progress: Is told there how far it is.
            always_told: Whether the outcome is told also when it was given up, as that of work which changes files.
        """
        if self._closed:
            return
        self._asked += 1
        number, loop = self._asked, asyncio.get_running_loop()

        def is_over() -> bool:
            return self._closed or number != self._asked

        def tell(so_far: Progress) -> None:
            if progress is not None and not is_over():
                progress(so_far)

        def finished(future: asyncio.Future[T | CutlineError | None]) -> None:
            self._idle.fall()
            self._changing -= always_told
            if future.cancelled() or (self._closed and future.exception()):
                return  # the store may be closed by now, too
            outcome = None if self._closed else future.result()
            if outcome is not None and (always_told or not is_over()):
                done(outcome)

        def tried() -> T | CutlineError | None:
            course = Course(is_over, lambda so_far: _tell_soon(loop, tell, so_far))
            return None if is_over() and not always_told else _tried(work, course)

        self._idle.rise()
        self._changing += always_told
        loop.run_in_executor(self._thread, tried).add_done_callback(finished)

    def give_up(self) -> None:
        """Leave what is under way, at the next moment where that can be done."""
        self._asked += 1

    def close(self) -> None:
        """Leave what is under way, and end the thread; what changes files comes to its end first."""
        self._closed = True
        self._thread.shutdown(wait=self._changing > 0, cancel_futures=True)


def _tried(work: Callable[[Course], T], course: Course) -> T | CutlineError | None:
    """Return what work gives, or why it failed; None where it was given up."""
    try:
        return work(course)
    except CutlineError as problem:
        return problem
    except GivenUp:
        return None


def _tell_soon(loop: asyncio.AbstractEventLoop, tell: Callable[[Progress], None], so_far: Progress) -> None:
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(tell, so_far)
