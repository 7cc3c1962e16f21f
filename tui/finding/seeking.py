"""The thread that finds images by a filter: only the latest question is answered, an earlier one is given up.

The libraries that find come with the first question that needs them, so that they cost neither the command's start nor
the first image.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from engine.errors import BadSetting
from engine.finding.language import Order, parse, query_text
from engine.review import queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.captions.tokens.tokens import Tokens
    from engine.finding.finder import Completion, Finder
    from engine.finding.language import Query
    from engine.review.records import ImageId
    from engine.settings import Settings
    from engine.workspace import Workspace
    from tui.idle import Idle

TOLD_EVERY_SECONDS = 0.15
"""How often it is told how far the reading is."""
EVERYTHING = "tag:* folder:*"
"""A filter for which everything is read that completion needs."""


class Seeker:
    """One thread with a `Finder`, and the latest question for it."""

    def __init__(self, workspace: Workspace, idle: Idle, settings: Settings) -> None:
        """Read nothing yet.

        Args:
            workspace: The dataset.
            idle: Counts a question from its asking to its answer.
            settings: Name T5's tokenizer file.
        """
        self._workspace, self._idle = workspace, idle
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="finding")
        self._finder: Finder | None = None
        self._settings = settings
        self._counters: dict[str, Tokens] = {}
        """By what needs them, once they were needed."""
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

    def estimated(self, query: Query | None, order: Order = Order()) -> str:  # noqa: B008  (frozen)
        """Return how an answer goes on that rests on an estimate of tokens; else empty."""
        from engine.models.token_counters import guessed  # noqa: PLC0415  (most questions count no tokens)

        needs = {order.needs, *(query.needs if query is not None else ())}
        told = [words for need, tokens in self._counters.items() if (words := guessed(tokens, needs & {need}))]
        return f" ({', '.join(told)})" if told else ""

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
                self._finder = Finder(self._workspace, self._count_clip, self._count_t5)
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

    def _count_clip(self, text: str) -> int:
        """Count CLIP's tokens; the vocabulary is read when somebody asks for them first."""
        if "tokens" not in self._counters:
            from engine.models.token_counters import load_without_t5  # noqa: PLC0415  (as above)

            self._counters["tokens"] = load_without_t5()
        return self._counters["tokens"].clip.count(text)

    def _count_t5(self, text: str) -> int:
        """Count T5's tokens, as the card does: where its file cannot be used, which is said at the start, by estimate."""
        if "t5" not in self._counters:
            from engine.models.token_counters import load, load_without_t5  # noqa: PLC0415  (as above)

            try:
                self._counters["t5"] = load(self._settings)
            except BadSetting:
                self._counters["t5"] = load_without_t5()
        return self._counters["t5"].t5.count(text)
