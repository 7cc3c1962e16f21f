"""Finding on the review screen: a filter, an order, a selection or a limit put in force.

What fits is found in a thread of its own; meanwhile keys go on with the queue as it is. The answer becomes the queue in
its turn, behind what was asked before.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.errors import CutlineError
from engine.finding.language import BadQuery, parse_order
from engine.finding.language.saved import broken
from tui.course.lineup import USUAL, Lineup
from tui.errands import Errands
from tui.finding.asking import LINES, Asking
from tui.finding.filtering import Filtering
from tui.finding.following import Following
from tui.finding.keeping import Keeping
from tui.finding.seeking import Seeker
from tui.finding.telling import Telling
from tui.finding.wanted import Wanted
from tui.sitting.session import Session

if TYPE_CHECKING:
    from engine.finding.finder import Finder
    from engine.finding.language import Order
    from engine.review.records import ImageId
    from engine.settings import Settings
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.finding.sight import Sight
    from tui.hand import Hand
    from tui.idle import Idle


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
        self._errands = Errands(idle, lambda problem: sight.say(str(problem), "error"))
        self._filters = dict(settings.filters)
        self._seeker = Seeker(turns.workspace, idle, settings)
        self._keeping = Keeping(self._filters, hand, self._errands)
        self.filtering = Filtering(self._seeker, idle, sight.say, self._filters, self._keeping.keep)
        """Answers the keys of the line."""
        self._telling = Telling(turns, self._seeker, sight)
        self._wanted = Wanted(turns, self._seeker, self._errands, sight, self._adopt)
        self._following = Following(turns, self._seeker, self._errands, self._wanted)
        self._asking = Asking(self._wanted, self._seeker, sight, self.filtering, self._following)
        self._wanted.begins, self._wanted.goes_on = self._following.begins, self._following.resume
        self._keeping.failed = self._asking.shut
        self._before: Lineup | None = None
        """What was in force before only what is selected was shown."""
        turns.arranged_hook, turns.told_end = self._following.came, self._telling.end

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        return {
            **{name: partial(self._open_line, name) for name in LINES},
            "order": self._order,
            "only_selected": self._only_selected,
            "next_waiting": partial(self._go_waiting, 1),
            "previous_waiting": partial(self._go_waiting, -1),
        }

    @property
    def is_typing(self) -> bool:
        """Whether keys go to the line."""
        return self._asking.is_typing

    @property
    def owes(self) -> bool:
        """Whether a queue that was asked for is not in force yet."""
        return self._wanted.is_sought or self._keeping.under_way

    def open_line(self, name: str) -> bool:
        """Open the line that an action asks for at once, waiting for no turn; False where that cannot be done."""
        return self._asking.open(name)

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
            self._sight.notice(f"the filter and order of the last time are left out: {wrong}")
            return
        self._turns.lineup = Lineup(query, sort, limit=lineup.limit)

    def begin(self) -> None:
        """Look for what the queue is to hold, where only an index can tell; say which kept filters cannot be used."""
        lineup = self._turns.lineup
        if lineup.limit:
            self._asking.limit, self._telling.session = lineup.limit, Session(self._turns.rhythm)
        self._telling.show(lineup)
        self._following.resume()
        problems = [f"the filter {name} in cutline.toml: {why}" for name, why in broken(self._filters)]
        self._sight.notice(*problems)

    def scanned(self) -> None:
        """Note that the whole folder was looked through."""
        self._telling.is_scanned = True
        self._telling.show(self._turns.lineup)

    def close(self) -> None:
        """Give up what is under way, and end the thread."""
        self._wanted.forget()
        self._seeker.close()

    # --- what is wanted ---------------------------------------------------------------------------------------

    def apply(self, text: str) -> None:
        """Put a filter in force, as if it was typed; an empty one shows all images."""
        try:
            query = self.filtering.read(text)
        except BadQuery as wrong:
            self._sight.say(str(wrong), "error")
            return
        self.filtering.remember(text)
        self._asking.want_query(query)

    def apply_images(self, images: frozenset[ImageId]) -> None:
        """Show only these images, as if they were selected."""
        now = self._wanted.lineup
        self._before = now if now.chosen is None else self._before
        self._wanted.want(Lineup(None, now.order, chosen=images))

    async def _adopt(self, lineup: Lineup, found: list[ImageId], *, is_late: bool) -> None:
        turns, entries = self._turns, self._turns.workspace.entries
        was = turns.lineup
        here = was.here if was.is_found or was.next_open(entries) is not None or not turns.is_decided else None
        await self._hand.do(lineup.gather, found, entries, here)
        turns.lineup = lineup
        self._telling.session = Session(turns.rhythm) if lineup.limit else None
        self._telling.show(lineup)
        turns.recount()
        self._sight.say(self._keeping.told() + self._telling.found(lineup), "plain" if lineup.ids else "warning")
        if turns.card is None or turns.card.image != lineup.here:
            await turns.arrive()
            if is_late:
                turns.guard.changed()
        else:
            turns.stage.show_lineup()

    # --- keys -------------------------------------------------------------------------------------------------

    async def _open_line(self, name: str, _: Card | None) -> None:
        """Open a line in its turn: it was asked for before there was one."""
        self._asking.open(name)

    async def _order(self, _: Card | None) -> None:
        await self._sight.ask_order(self._wanted.lineup.order, self._want_order)

    def _want_order(self, order: Order | None) -> None:
        if order is not None:
            now = self._wanted.lineup
            self._wanted.want(Lineup(now.query, order, chosen=now.chosen, limit=now.limit))

    async def _only_selected(self, _: Card | None) -> None:
        now, before = self._wanted.lineup, self._before
        if now.chosen is None:
            self.apply_images(frozenset(self._turns.selection.images))
        else:
            self._wanted.want(Lineup(before.query if before else None, now.order))

    async def _go_waiting(self, step: int, _: Card | None) -> None:
        place = self._turns.lineup.next_open(self._turns.workspace.entries, step)
        if place is None:
            self._sight.say(self._telling.end())
        else:
            await self._turns.go(place)
