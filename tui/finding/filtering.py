"""Typing a filter: what is wrong and how many images fit while somebody types, earlier ones, and those kept by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.finding.language import BadQuery
from engine.finding.language.saved import is_name, parse_saved
from tui.errands import Errands

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.finding.completion import Completion
    from engine.finding.language import Query
    from tui.finding.seeking import Seeker
    from tui.idle import Idle
    from tui.stage import Tone
    from tui.widgets.filter_bar import FilterBar

MOST_EARLIER = 50
"""So many filters that were in force are remembered."""
MOST_NAMED = 6
"""So many of those kept are offered before anything was typed."""


class Say(Protocol):
    """Where lines are said."""

    def __call__(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line."""


class Keeper(Protocol):
    """Where filters are kept."""

    def __call__(self, name: str, text: str, done: Callable[[str], None]) -> None:
        """Keep one under a name; say so, or why not, then call with what was kept under it before."""


class Filtering:
    """The dialogue with whoever types."""

    def __init__(self, seeker: Seeker, idle: Idle, say: Say, filters: dict[str, str], keeper: Keeper) -> None:
        """Start with nothing typed.

        Args:
            seeker: Counts and completes.
            idle: Counts what is under way.
            say: Says one raw line to the person.
            filters: Those kept, by name.
            keeper: Keeps another one.
        """
        self._seeker, self._say, self._filters, self._keeper = seeker, say, filters, keeper
        self._bar: FilterBar | None = None
        self._then: Callable[[Query | None], None] = lambda _: None
        self._closed: Callable[[], None] = lambda: None
        self._before = ""
        self._asks = False
        """Whether the line is asking for a filter, not for a name."""
        self._earlier: list[str] = []
        self._at = 0
        """Which of the earlier ones is in the line, the newest being 1; 0 for what was typed."""
        self._typed = ""
        self._errands = Errands(idle, lambda problem: say(str(problem), "error"))

    @property
    def under_way(self) -> bool:
        """Whether the line is open."""
        return self._bar is not None and self._bar.prompt.is_open

    def open(self, bar: FilterBar, text: str, then: Callable[[Query | None], None], left: Callable[[], None]) -> None:
        """Ask for a filter.

        Args:
            bar: Where it is typed.
            text: What to begin with.
            then: Called with what was understood; None for no filter.
            left: Called when the line was left without one.
        """
        self._bar, self._then, self._closed, self._before, self._at = bar, then, left, text, 0
        self._ask(text)

    def read(self, text: str) -> Query | None:
        """Read a filter; None for an empty one.

        Raises:
            BadQuery: It cannot be understood.
        """
        return parse_saved(text, self._filters) if text.strip() else None

    def remember(self, text: str) -> None:
        """Take a filter that was in force to the earlier ones."""
        if text.strip():
            self._earlier = [*(one for one in self._earlier if one != text), text][-MOST_EARLIER:]

    # --- keys -------------------------------------------------------------------------------------------------

    def _ask(self, text: str) -> None:
        assert self._bar is not None
        self._asks = True
        self._bar.prompt.ask("filter", text, self._done, changed=self._changed, left=self._left)

    def _changed(self, text: str) -> None:
        """Say what is wrong, or how many images fit."""
        assert self._bar is not None
        prompt = self._bar.prompt
        if not self._at:
            self._typed = text
        cursor = min(prompt.cursor, len(text))
        self._bar.show_found(self._completions(text, cursor))
        try:
            query = self.read(text)
        except BadQuery as wrong:
            prompt.underline(wrong.at, wrong.end)
            self._seeker.forget()
            self._say(str(wrong), "warning")
            self._errands.start(self._prepare())
            return
        prompt.underline(0, 0)
        if query is None:
            self._say("an empty line shows all images; docs/filters.md has every word of the language")
            self._errands.start(self._prepare())
        else:
            self._errands.start(self._count(query))

    async def _count(self, query: Query) -> None:
        found = await self._seeker.find(query, tell=self._say)
        if found is not None and self.under_way:
            near = "" if found else self._seeker.near(query)
            self._say(f"{told(len(found))}{near}{self._seeker.estimated(query)}", "plain" if found else "warning")
            await self._prepare()

    async def _prepare(self) -> None:
        """Read what completion needs, and complete again."""
        await self._seeker.prepare()
        self._renew_list()

    def _renew_list(self) -> None:
        """Complete again: more is known by now."""
        if self._bar is not None and self.under_way:
            text = self._bar.prompt.text
            self._bar.show_found(self._completions(text, min(self._bar.prompt.cursor, len(text))))

    def _done(self, text: str) -> None:
        assert self._bar is not None
        self._asks = False
        if self._bar.list.entered:
            self._ask(text)
            self.complete()
            return
        self._bar.list.close()
        try:
            query = self.read(text)
        except BadQuery as wrong:
            self._ask(text)
            self._say(str(wrong), "error")
            return
        self.remember(text)
        self._then(query)

    def _left(self) -> None:
        assert self._bar is not None
        self._asks = False
        self._bar.list.close()
        self._seeker.forget()
        self._say(f"the filter stays: {self._before}" if self._before else "")
        self._closed()

    def complete(self) -> None:
        """Put in what is chosen of the list."""
        if self._bar is None or not self._asks or (chosen := self._bar.chosen) is None:
            return
        text = self._bar.prompt.text
        whole = text[: chosen.start] + chosen.text + text[chosen.end :]
        self._bar.list.close()
        self._bar.prompt.put(whole, chosen.start + len(chosen.text))

    def earlier(self, by: int) -> None:
        """Go to an earlier filter, or back to a later one and at last to what was typed."""
        at = max(0, min(self._at + by, len(self._earlier)))
        if self._bar is not None and self._asks and at != self._at:
            self._at = at
            self._bar.prompt.put(self._earlier[-at] if at else self._typed)

    def keep(self) -> None:
        """Ask for a name, keep what is typed under it, and put it in force."""
        if self._bar is None or not self._asks:
            return
        text = self._bar.prompt.text
        try:
            query = self.read(text)
        except BadQuery as wrong:
            self._say(str(wrong), "error")
            return
        if query is None:
            self._say("there is nothing to keep: type a filter first", "warning")
            return
        self._asks = False
        self._bar.list.close()
        self._seeker.forget()
        self._say("a name of letters, digits, - and _; @name brings it back, here and in --filter")
        self._bar.prompt.ask("keep as @", "", partial(self._named, text), left=partial(self._ask, text))

    def _named(self, text: str, name: str) -> None:
        assert self._bar is not None
        name = name.strip().removeprefix("@")
        if not is_name(name):
            self._bar.prompt.ask("keep as @", name, partial(self._named, text), left=partial(self._ask, text))
            self._say("a name has letters, digits, - and _ only", "error")
            return
        self.remember(text)
        self._keeper(name, text, partial(self._kept, f"@{name}"))

    def _kept(self, mention: str, before: str) -> None:
        self.remember(before)  # it is in force nowhere any more, but can be had again
        self._then(self.read(mention))

    # --- what may come next -----------------------------------------------------------------------------------

    def _completions(self, text: str, cursor: int) -> list[Completion]:
        from engine.finding.completion import Completion  # noqa: PLC0415  (nobody types before the first image)

        start = max(text.rfind(sign, 0, cursor) for sign in " (-") + 1
        word = text[start:cursor]
        named = [
            Completion(f"@{name}", start, cursor, meant)
            for name, meant in self._filters.items()
            if is_name(name) and f"@{name}".startswith(word) and f"@{name}" != word
        ]
        if word.startswith("@"):
            return named
        return [*(named[:MOST_NAMED] if not text else ()), *self._seeker.complete(text, cursor)]


def told(count: int) -> str:
    """Say how many images fit."""
    return "1 image fits" if count == 1 else f"{count:,} images fit" if count else "no image fits"
