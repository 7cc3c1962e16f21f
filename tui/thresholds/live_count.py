"""The live count: what a threshold under way would change in how many images, counted in a thread of its own.

Only the latest question is answered; an earlier one is given up. The libraries that count come with the first question,
so that they cost neither the command's start nor the first image.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, Protocol

from engine.errors import CutlineError
from tui import garbage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.captions.viewing.view import View
    from engine.review.score_index import ScoreIndex
    from engine.review.store import Store
    from engine.review.threshold_counts import Counted, ThresholdCounts
    from tui.idle import Idle


class Question(NamedTuple):
    """What is counted."""

    source: str
    before: View
    after: View
    line: str
    """What the status bar says meanwhile."""


class Listener(Protocol):
    """Whoever is told."""

    def counted(self, question: Question, counted: Counted) -> None:
        """Take the number."""

    def not_counted(self, problem: CutlineError) -> None:
        """Take the reason why there is none."""


class Counting:
    """Counts by source, kept from one question to the next; one thread at a time."""

    def __init__(self, store: Store, below: bytes = b"") -> None:
        """Start with nothing read.

        Args:
            store: Holds the scores; each thread has a connection of its own.
            below: Only images in this folder are counted, `sub/`; empty for all.
        """
        self._store, self._below = store, below
        self.floors: dict[str, float] = {}
        """By source, once it was counted: the score below which not all of its candidates kept their tags, 0 to 1."""
        self._counts: dict[str, tuple[ScoreIndex, ThresholdCounts]] = {}

    def knows(self, source: str) -> bool:
        """Say whether a source's scores are read."""
        return source in self._counts

    def count(self, question: Question, is_stale: Callable[[], bool] = lambda: False) -> Counted | None:
        """Say what would change; None where nobody waits for the answer any more.

        Args:
            question: What is counted.
            is_stale: Says whether nobody waits.
        """
        # Here, not above: they bring numpy, which takes longer to import than the first caption may.
        from engine.review.score_index import ScoreIndex  # noqa: PLC0415
        from engine.review.threshold_counts import ThresholdCounts  # noqa: PLC0415

        if is_new := question.source not in self._counts:
            index = ScoreIndex(question.source, self._below)
            self._counts[question.source] = index, ThresholdCounts(index)
        index, counts = self._counts[question.source]
        if is_stale():
            return None
        with self._store.explained():
            index.follow(self._store.db)
        self.floors[question.source] = index.floor
        if is_new:
            garbage.give_back()
        return counts.count(question.before, question.after, is_stale)


class LiveCount:
    """One thread that counts, and the latest question for it."""

    def __init__(self, counting: Counting, idle: Idle, listener: Listener) -> None:
        """Start with nothing asked.

        Args:
            counting: Counts, in the thread.
            idle: Counts a question from its asking to its answer.
            listener: Is told on the event loop.
        """
        self._counting, self._idle, self._listener = counting, idle, listener
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="count")
        self._asked = asyncio.Event()
        self._latest: Question | None = None
        self._prepared: set[str] = set()
        self._closed = False

    @property
    def floors(self) -> Mapping[str, float]:
        """By source, once it was counted: the score below which not all of its candidates kept their tags, 0 to 1."""
        return self._counting.floors

    def ask(self, question: Question) -> None:
        """Count this, and nothing that was asked before."""
        if self._latest is None:
            self._idle.rise()
        self._latest = question
        self._asked.set()

    def prepare(self, source: str, settings: View) -> None:
        """Read a source's scores before anybody asks."""
        if not self._counting.knows(source) and source not in self._prepared and self._latest is None:
            self._prepared.add(source)
            self._thread.submit(self._count, Question(source, settings, settings, ""))

    async def run(self) -> None:
        """Answer for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await self._asked.wait()
            self._asked.clear()
            question = self._latest
            assert question is not None
            try:
                counted = await loop.run_in_executor(self._thread, self._count, question)
                if question is self._latest and counted is not None:
                    self._listener.counted(question, counted)
            except CutlineError as problem:
                self._listener.not_counted(problem)
            if question is self._latest:
                self._latest = None
                self._idle.fall()

    def close(self) -> None:
        """Give up what is under way, and end the thread."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _count(self, question: Question) -> Counted | None:
        """Count; in the thread."""
        return self._counting.count(
            question,
            lambda: self._closed or (self._latest is not None and question is not self._latest),
        )
