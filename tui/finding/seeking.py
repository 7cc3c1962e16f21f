"""The thread that finds images by a filter: only the latest question is answered, an earlier one is given up.

The libraries that find come with the first question that needs them, so that they cost neither the command's start nor
the first image.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from engine.finding.language import Order, parse, query_text
from engine.review import queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.finding.finder import Completion, Finder
    from engine.finding.language import Query
    from engine.review.records import ImageId
    from engine.workspace import Workspace
    from tui.idle import Idle

TOLD_EVERY_SECONDS = 0.15
"""How often it is told how far the reading is."""
EVERYTHING = "tag:* folder:*"
"""A filter for which everything is read that completion needs."""


class Seeker:
    """One thread with a `Finder`, and the latest question for it."""

    def __init__(self, workspace: Workspace, idle: Idle) -> None:
        """Read nothing yet.

        Args:
            workspace: The dataset.
            idle: Counts a question from its asking to its answer.
        """
        self._workspace, self._idle = workspace, idle
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="finding")
        self._finder: Finder | None = None
        self._count: Callable[[str], int] | None = None
        self._making = threading.Lock()
        self._asked = 0
        self._closed = False

    async def find(
        self,
        query: Query | None,
        order: Order = Order(),  # noqa: B008  (frozen)
        tell: Callable[[str], None] | None = None,
    ) -> list[ImageId] | None:
        """Return the images that fit, in order; None where something else was asked meanwhile.

        Args:
            query: None for all images.
            order: In which they come.
            tell: Told now and then how far the reading is, where it takes a while; one raw line.

        Raises:
            CutlineError: The store cannot be read.
        """
        self._asked += 1
        number = self._asked

        def is_stale() -> bool:
            return self._closed or number != self._asked

        with self._idle.working():
            future = asyncio.wrap_future(self._thread.submit(self._find, query, order, is_stale))
            while tell is not None and not (await asyncio.wait((future,), timeout=TOLD_EVERY_SECONDS))[0]:
                if not is_stale():
                    tell(self.told)
            found = await future
            return None if is_stale() else found

    def forget(self) -> None:
        """Give up what is asked."""
        self._asked += 1

    @property
    def told(self) -> str:
        """How far the reading is, in words."""
        progress = self._finder.progress if self._finder is not None else None
        if progress is None:
            return "looking through the images …"
        done, total = progress
        return f"reading for the filter: {100 * done // max(1, total)} %"

    def complete(self, text: str, cursor: int) -> list[Completion]:
        """Return what the word at the cursor may become; tags and folders once they were read."""
        if self._finder is not None:
            return self._finder.complete(text, cursor)
        # Here, not above: nobody types before the first image is shown.
        from engine.finding.completion import Known, complete  # noqa: PLC0415

        return complete(text, cursor, Known())

    def near(self, query: Query | None) -> str:
        """Return how a filter goes on being told that found nothing: that there is something like it; else empty."""
        term = self._finder.near(query) if self._finder is not None and query is not None else ""
        return f"; there is {term}" if term else ""

    async def prepare(self) -> None:
        """Read what completion needs, unless something else is asked."""
        await self.find(parse(EVERYTHING))

    def look_again(self) -> None:
        """Have the next question notice what other programs wrote into captions."""
        if self._finder is not None:
            self._finder.look_again()

    def close(self) -> None:
        """Give up what is under way, and end the thread."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    # --- in the thread ----------------------------------------------------------------------------------------

    @property
    def finder(self) -> Finder:
        """What finds; asked for in this thread, or in another one."""
        # Here, not above: it brings numpy, which takes longer to import than the first caption may.
        from engine.finding.finder import Finder  # noqa: PLC0415

        with self._making:
            if self._finder is None:
                self._finder = Finder(self._workspace, self._tokens)
            return self._finder

    def _find(self, query: Query | None, order: Order, is_stale: Callable[[], bool]) -> list[ImageId] | None:
        if is_stale():
            return None
        if not queue.needs_index(query, order):
            entries = dict(self._workspace.entries).values()
            return queue.order(entries, order.text, query_text(query.node) if query else "")
        from engine.finding.finder import GivenUp  # noqa: PLC0415  (see `finder`)

        try:
            return self.finder.find(query, order, is_stale)
        except GivenUp:
            return None

    def _tokens(self, text: str) -> int:
        """Count the tokens of a text; the vocabulary is read when somebody asks for them first."""
        if self._count is None:
            from engine.models.token_counters import counter  # noqa: PLC0415

            self._count = counter()
        return self._count(text)
