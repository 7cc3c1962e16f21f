"""The queue of the linear mode: a filter, an order, and going to an image by number or name."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import WrongUsage
from engine.finding.language import parse_order
from engine.finding.language.saved import parse_saved
from engine.finding.language.sorting import ORDERS
from tui.course.lineup import Lineup
from tui.plain.lines import nothing_behind
from tui.plain.places import number
from tui.shell.output import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.review.records import ImageId
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.finding.seeking import Seeker
    from tui.hand import Hand
    from tui.plain.choices import Spoken
    from tui.plain.stage import SpokenStage

MOST_IMAGES = 10_000_000


class Finding:
    """The actions that change the queue, or the place in it by words."""

    def __init__(
        self, turns: Turns, seeker: Seeker, hand: Hand, stage: SpokenStage, filters: Mapping[str, str]
    ) -> None:
        """Keep what finds images.

        Args:
            turns: The course of the review.
            seeker: Finds images; what other programs wrote meanwhile counts.
            hand: Runs what touches the workspace.
            stage: Where lines are said.
            filters: Those that were kept, by name.
        """
        self._turns, self._seeker, self._hand, self._stage = turns, seeker, hand, stage
        self._filters = filters

    @property
    def handlers(self) -> Spoken:
        """What does each action."""
        return {
            "go": self._go,
            "filter": self._filter,
            "order": self._order,
            "limit": self._limit,
            "next_waiting": partial(self._go_waiting, 1),
            "previous_waiting": partial(self._go_waiting, -1),
        }

    async def begin(self) -> None:
        """Fill the queue that the review begins with."""
        lineup = self._turns.lineup
        await self._fill(lineup)
        if lineup.query is not None:
            fit = f"{count(len(lineup.ids), 'image')} of the queue"
            near = self._seeker.near(lineup.query)
            none = f"No image fits {lineup.query.text}{near}"
            self._stage.say((f"{fit}: {lineup.query.text}" if lineup.ids else none) + self._estimated(lineup))

    async def _filter(self, _: Card | None, rest: str) -> None:
        now = self._turns.lineup
        lineup = Lineup(parse_saved(rest, self._filters) if rest else None, now.order, limit=now.limit)
        await self._fill(lineup, here=now.here)
        if not lineup.ids:
            raise WrongUsage(f"no image fits {rest}{self._seeker.near(lineup.query)}", "the queue stays as it is")
        await self._adopt(lineup)
        found = count(len(lineup.ids), "image")
        told = f"{found} {'fits' if len(lineup.ids) == 1 else 'fit'} {rest}" if rest else f"All {found}"
        self._stage.say(told + self._estimated(lineup))

    async def _order(self, _: Card | None, rest: str) -> None:
        turns = self._turns
        if not rest:
            self._stage.say(f"The order is {turns.lineup.order.text}; a minus before a name turns it round. There are:")
            self._stage.read([f"{name}: {word.means}" for name, word in ORDERS.items()])
            return
        lineup = Lineup(turns.lineup.query, parse_order(rest), limit=turns.lineup.limit)
        await self._fill(lineup)
        await self._adopt(lineup)
        if estimated := self._estimated(lineup):
            self._stage.say(f"By {lineup.order.text}{estimated}")

    async def _limit(self, _: Card | None, rest: str) -> None:
        now = self._turns.lineup
        most = number(rest, MOST_IMAGES, "limit") + 1 if rest else 0
        lineup = Lineup(now.query, now.order, limit=most)
        await self._fill(lineup, here=now.here)
        if not lineup.ids:
            raise WrongUsage("no image waits for a decision", "the queue stays as it is")
        await self._adopt(lineup)
        self._stage.say(f"{count(len(lineup.ids), 'image')} in the queue")

    def _estimated(self, lineup: Lineup) -> str:
        return self._seeker.estimated(lineup.query, lineup.order)

    async def _adopt(self, lineup: Lineup) -> None:
        """Put a queue in the place of the one there is."""
        self._turns.lineup = lineup
        await self._turns.arrange()
        await self._turns.arrive()

    async def _fill(self, lineup: Lineup, here: ImageId | None = None) -> None:
        """Find what fits, and begin where the person is, else at the first image that waits."""
        self._seeker.look_again()
        found = await self._seeker.find(lineup.query, lineup.order) if lineup.needs_index else None
        await self._hand.do(lineup.gather, found, self._turns.workspace.entries, here)

    async def _go_waiting(self, step: int, _: Card | None, rest: str) -> None:
        nothing_behind("next_waiting" if step > 0 else "previous_waiting", rest)
        place = self._turns.lineup.next_open(self._turns.workspace.entries, step)
        if place is None:
            self._stage.say("nothing else waits for a decision")
        else:
            await self._turns.go(place)

    async def _go(self, _: Card | None, rest: str) -> None:
        turns = self._turns
        if not rest:
            raise WrongUsage("where to?", "go 12, or go cat.png")
        place = number(rest, turns.length, "image") if rest.isdigit() else await self._hand.do(self._named, rest)
        if place == turns.place:
            await turns.arrive()  # who asks for it wants to hear it
        else:
            await turns.go(place)

    def _named(self, text: str) -> int:
        """Return the place of the image of that name; else of the next one whose name holds the text."""
        ids, entries = self._turns.lineup.ids, self._turns.workspace.entries
        key, part = os.fsencode(text), os.fsencode(text).lower()
        count = len(ids)
        following = [(self._turns.lineup.place + step) % count for step in range(1, count + 1)]
        keys = {place: entries[ids[place]].key for place in following if ids[place] in entries}
        exact = [place for place, name in keys.items() if name == key or name.endswith(b"/" + key)]
        found = exact or [place for place, name in keys.items() if part in name.lower()]
        if not found:
            raise WrongUsage(f"no image of this queue is called {text}", "filter alone brings all images back")
        return found[0]
