"""Finding on the review screen: a filter, an order, a selection or a limit put in force, and kept up with what is new.

What fits is found in a thread of its own; meanwhile keys go on with the queue as it is. The answer becomes the queue in
its turn, behind what was asked before.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine import settings_change
from engine.errors import CutlineError
from engine.finding.highlights import Highlights
from engine.finding.language import BadQuery, Order, parse_order
from engine.finding.language.saved import broken
from tui import commands
from tui.course.lineup import USUAL, Lineup
from tui.errands import Errands
from tui.finding.filtering import Filtering, told
from tui.finding.seeking import Seeker
from tui.sitting.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.finding.finder import Finder
    from engine.finding.language import Query
    from engine.review.records import ImageId
    from engine.settings import Settings
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.stage import Tone
    from tui.widgets.filter_bar import FilterBar

USUAL_LIMIT = 200


class Sight(Protocol):
    """Where it is seen what was looked for."""

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line."""

    def show_filter(self, told: str) -> None:
        """Show what the queue holds, one raw line; empty for all images in their usual order."""

    def show_highlights(self, highlights: Highlights | None) -> None:
        """Mark what was looked for."""

    def show_empty(self, text: str) -> None:
        """Say what is read where there is no image, raw text."""

    def filter_bar(self) -> FilterBar | None:
        """Return the line to type in; None while there is none yet."""

    def show_typing(self, *, typing: bool) -> None:
        """Show that keys go to the line, or to the screen again."""

    async def ask_order(self, order: Order, then: Callable[[Order | None], None]) -> None:
        """Let the person choose an order."""


class Finding:
    """Handlers of the actions in `tui.actions.finding`."""

    def __init__(self, turns: Turns, hand: Hand, idle: Idle, sight: Sight, settings: Settings) -> None:
        """Start with the line-up as it is.

        Args:
            turns: The course of the review.
            hand: Runs what touches the workspace.
            idle: Counts questions.
            sight: Shows what was found.
            settings: Hold the filters kept.
        """
        self._turns, self._hand, self._sight = turns, hand, sight
        self._filters = dict(settings.filters)
        self._seeker = Seeker(turns.workspace, idle)
        self.filtering = Filtering(self._seeker, idle, sight.say, self._filters, self._keep)
        """Answers the keys of the line."""
        self._session: Session | None = None
        self._limit = USUAL_LIMIT
        self._before: Lineup | None = None
        """What was in force before only what is selected was shown."""
        self._kept = ""
        """Is said before what a filter brought, once."""
        self._refreshing = self._is_stale = self._is_scanned = False
        self.is_typing = False
        """Whether keys go to the line."""
        self._errands = Errands(idle, lambda problem: sight.say(str(problem), "error"))
        turns.arranged_hook, turns.told_end = self._came, self.told_end

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        return {
            "order": self._order,
            "only_selected": self._only_selected,
            "next_waiting": partial(self._go_waiting, 1),
            "previous_waiting": partial(self._go_waiting, -1),
        }

    def shared_finder(self) -> Finder:
        """Return what knows all captions; called in a thread."""
        return self._seeker.finder

    # --- the beginning and the end ----------------------------------------------------------------------------

    def recall(self, text: str, order: str) -> None:
        """Begin with a filter and an order of an earlier sitting; what cannot be understood any more is said."""
        lineup = self._turns.lineup
        try:
            query, sort = self.filtering.read(text), parse_order(order) if order else USUAL
        except CutlineError as wrong:
            self._sight.say(f"the filter and order of the last time are left out: {wrong}", "warning")
            return
        self._turns.lineup = Lineup(query, sort, limit=lineup.limit)

    def begin(self) -> None:
        """Look for what the queue is to hold, where only an index can tell; say which kept filters cannot be used."""
        lineup = self._turns.lineup
        if lineup.limit:
            self._limit, self._session = lineup.limit, Session(self._turns.rhythm)
        self._show(lineup)
        self._resume()
        problems = [f"the filter {name} in cutline.toml: {why}" for name, why in broken(self._filters)]
        if problems:
            self._sight.say(" · ".join(problems), "warning")

    def scanned(self) -> None:
        """Note that the whole folder was looked through."""
        self._is_scanned = True
        self._show(self._turns.lineup)

    def close(self) -> None:
        """Give up what is under way, and end the thread."""
        self._seeker.close()

    # --- what is wanted ---------------------------------------------------------------------------------------

    async def apply(self, text: str) -> None:
        """Put a filter in force, as if it was typed; an empty one shows all images.

        Raises:
            BadQuery: It cannot be understood.
        """
        query = self.filtering.read(text)
        self.filtering.remember(text)
        self._want_query(query)

    def apply_images(self, images: frozenset[ImageId]) -> None:
        """Show only these images, as if they were selected."""
        now = self._turns.lineup
        self._before = now if now.chosen is None else self._before
        self._want(Lineup(None, now.order, chosen=images))

    def _want_query(self, query: Query | None) -> None:
        now = self._turns.lineup
        self._want(Lineup(query, now.order, limit=now.limit))

    def _want(self, lineup: Lineup) -> None:
        """Look for what a queue is to hold, then let it be the queue."""
        self._errands.start(self._seek(lineup))

    async def _seek(self, lineup: Lineup) -> None:
        found = await self._seeker.find(lineup.query, lineup.order, self._sight.say)
        if found is not None:
            self._turns.ask(partial(self._adopt, lineup, found))

    async def _adopt(self, lineup: Lineup, found: list[ImageId], _: Card | None) -> None:
        turns, entries = self._turns, self._turns.workspace.entries
        was = turns.lineup
        here = was.here if was.is_found or was.next_open(entries) is not None or not turns.is_decided else None
        await self._hand.do(lineup.gather, found, entries, here)
        turns.lineup = lineup
        self._session = Session(turns.rhythm) if lineup.limit else None
        self._is_stale = False
        self._show(lineup)
        turns.recount()
        self._sight.say(self._kept + self._told(lineup), "plain" if lineup.ids else "warning")
        self._kept = ""
        if turns.card is None or turns.card.image != lineup.here:
            await turns.arrive()
            turns.guard.changed()
        else:
            turns.stage.show_lineup()

    def _show(self, lineup: Lineup) -> None:
        """Show what is in force."""
        words = [lineup.query.text] if lineup.query else []
        words += ["selected"] if lineup.chosen is not None else []
        words += [f"by {lineup.order.text}"] if lineup.order != USUAL else []
        self._sight.show_filter(" ".join(words))
        separator = self._turns.workspace.separator
        self._sight.show_highlights(Highlights(lineup.query, separator) if lineup.query else None)
        if lineup.query is None and lineup.chosen is None:
            told = "There are no images in this folder." if self._is_scanned else "looking for images …"
            self._sight.show_empty(told)
        elif lineup.query is None:
            self._sight.show_empty("Nothing that was selected is there any more.")
        elif not lineup.is_found:
            self._sight.show_empty(f"Looking for images that fit {lineup.query.text} …")
        else:
            key = self._turns.keys.shown(commands.Filter)
            self._sight.show_empty(
                f"No image fits {lineup.query.text}: {key} changes the filter, an empty line ends it."
            )

    def _told(self, lineup: Lineup) -> str:
        count = len(lineup.ids)
        if lineup.limit:
            return f"a session of {count:,}" if count else "nothing waits for a decision here"
        if lineup.query is None:
            return f"{count:,} images" + (f" by {lineup.order.text}" if lineup.order != USUAL else "")
        key = self._turns.keys.shown(commands.Filter)
        more = "" if count else f"; {key} changes the filter, an empty line ends it"
        return f"{told(count)}: {lineup.query.text}{more}"

    def told_end(self) -> str:
        """Say why there is no next image."""
        lineup, keys = self._turns.lineup, self._turns.keys
        if not lineup.is_found:
            return "the other images that fit are still looked for"
        if lineup.limit and self._session is not None:
            return f"session over: {self._session.told()}; {keys.shown(commands.Limit)} goes on, {keys.shown(commands.Quit)} leaves"
        if lineup.query is not None:
            return f"nothing else that fits {lineup.query.text} waits for a decision"
        return "nothing else waits for a decision"

    # --- what is new ------------------------------------------------------------------------------------------

    def _came(self) -> None:
        """Look for images that came, or fit by now, where the queue itself cannot tell."""
        lineup = self._turns.lineup
        if lineup.needs_index and lineup.is_found:
            self._is_stale = True
            self._resume()

    def _resume(self) -> None:
        """Go on with what was given up, unless somebody types."""
        if self.is_typing or self._refreshing:
            return
        lineup = self._turns.lineup
        if not lineup.is_found:
            self._want(Lineup(lineup.query, lineup.order, chosen=lineup.chosen, limit=lineup.limit))
        elif self._is_stale:
            self._refreshing, self._is_stale = True, False
            self._errands.start(self._refresh(lineup))

    async def _refresh(self, lineup: Lineup) -> None:
        try:
            found = await self._seeker.find(lineup.query, lineup.order)
        finally:
            self._refreshing = False
        if found is None:
            self._is_stale = True
        else:
            self._turns.ask(partial(self._take_new, lineup, found))
            self._resume()

    async def _take_new(self, lineup: Lineup, found: list[ImageId], _: Card | None) -> None:
        turns = self._turns
        if lineup is turns.lineup:
            await turns.take_in(lambda images: lineup.with_found(found, images))

    # --- keys -------------------------------------------------------------------------------------------------

    def open_line(self, name: str) -> bool:
        """Open the line that an action asks for, at once: what is typed next belongs into it; False for other actions."""
        if name not in (commands.Filter.name, commands.Limit.name):
            return False
        if (bar := self._sight.filter_bar()) is not None:
            self._open()
            (self._ask_filter if name == commands.Filter.name else self._ask_limit)(bar)
        return True

    def _ask_filter(self, bar: FilterBar) -> None:
        query = self._turns.lineup.query
        self._seeker.look_again()
        self.filtering.open(bar, query.text if query else "", self._typed, self._left)

    def _typed(self, query: Query | None) -> None:
        self._shut()
        self._want_query(query)

    def _left(self) -> None:
        self._shut()
        self._resume()

    def _open(self) -> None:
        self.is_typing = True
        self._sight.show_typing(typing=True)

    def _shut(self) -> None:
        self.is_typing = False
        self._sight.show_typing(typing=False)

    async def _order(self, _: Card | None) -> None:
        await self._sight.ask_order(self._turns.lineup.order, self._want_order)

    def _want_order(self, order: Order | None) -> None:
        if order is not None:
            now = self._turns.lineup
            self._want(Lineup(now.query, order, chosen=now.chosen, limit=now.limit))

    def _ask_limit(self, bar: FilterBar) -> None:
        self._sight.say("a session: the next so many images that wait; an empty line brings all back")
        bar.prompt.ask("how many images", str(self._limit), self._limited, left=self._left, replaced=True)

    def _limited(self, text: str) -> None:
        self._shut()
        number = text.strip()
        if number and not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004  (enough)
            self._sight.say(f"`{number}` is no number of images", "error")
            return
        self._limit = int(number or 0) or self._limit
        now = self._turns.lineup
        self._want(Lineup(now.query, now.order, chosen=now.chosen, limit=int(number or 0)))

    async def _only_selected(self, _: Card | None) -> None:
        now, before = self._turns.lineup, self._before
        if now.chosen is None:
            self.apply_images(frozenset(self._turns.selection.images))
        else:
            self._want(Lineup(before.query if before else None, now.order))

    async def _go_waiting(self, step: int, _: Card | None) -> None:
        place = self._turns.lineup.next_open(self._turns.workspace.entries, step)
        if place is None:
            self._sight.say(self.told_end())
        else:
            await self._turns.go(place)

    # --- filters kept -----------------------------------------------------------------------------------------

    def _keep(self, name: str, text: str, done: Callable[[], None]) -> None:
        self._errands.start(self._keep_in_settings(name, text, done))

    async def _keep_in_settings(self, name: str, text: str, done: Callable[[], None]) -> None:
        if name in _mentioned(text):
            self._shut()
            raise BadQuery(f"@{name} would mention itself", "choose another name", 0, 0)
        try:
            changed = await self._hand.do(settings_change.change, f"filters.{name}", text)
        except CutlineError:
            self._shut()
            raise
        self._filters[name] = text
        kept = f"; the file with its comments is {changed.kept.name} now" if changed.kept else ""
        self._kept = f"kept as @{name}{kept} · "
        done()


def _mentioned(text: str) -> set[str]:
    return {word.strip("()-@") for word in text.split() if "@" in word}
