"""Which queue is wanted: the one in force, or one that is looked for and takes its place once it was found."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.errors import CutlineError
from tui import patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.review.records import ImageId
    from tui.course.card import Card
    from tui.course.lineup import Lineup
    from tui.course.turns import Turns
    from tui.errands import Errands
    from tui.finding.seeking import Seeker
    from tui.finding.sight import Sight


class Adopt(Protocol):
    """Puts a queue in force."""

    async def __call__(self, lineup: Lineup, found: list[ImageId], *, is_late: bool) -> None:
        """Put a queue in force with what was found for it; late if the person went on with the old one meanwhile."""


class Wanted:
    """The latest wish. What is asked for next begins with it, so that of two keys in one burst neither is lost."""

    def __init__(
        self,
        turns: Turns,
        seeker: Seeker,
        errands: Errands,
        sight: Sight,
        adopt: Adopt,
    ) -> None:
        """Start with the queue in force.

        Args:
            turns: The course of the review.
            seeker: Finds what it is to hold.
            errands: Runs the looks.
            sight: Says how far the reading is.
            adopt: Puts a queue in force.
        """
        self._turns, self._seeker, self._errands, self._sight, self._adopt = turns, seeker, errands, sight, adopt
        self._sought: Lineup | None = None
        self._looks = False
        self._until = -math.inf
        """So long what is typed waits for it."""
        self.begins: Callable[[], None] = lambda: None
        """Called when a look begins."""
        self.goes_on: Callable[[], None] = lambda: None
        """Called when one is in force, and when another question took the thread from the look for it."""

    @property
    def lineup(self) -> Lineup:
        """The queue that is looked for, else the one in force."""
        return self._sought or self._turns.lineup

    @property
    def is_sought(self) -> bool:
        """Whether one is looked for that is not in force."""
        return self._sought is not None

    def want(self, lineup: Lineup) -> None:
        """Look for what a queue is to hold that the person asked for, then let it be the queue."""
        self._until = time.monotonic() + patience.PATIENCE_SECONDS
        self._sight.pass_keys_on()
        self.look_for(lineup)

    def look_for(self, lineup: Lineup) -> None:
        """Look for what a queue is to hold, then let it be the queue."""
        self._sought, self._looks = lineup, True
        self.begins()
        self._errands.start(self._seek(lineup))

    def look_again(self) -> None:
        """Go on with a look that was given up."""
        if self._sought is not None and not self._looks:
            self.look_for(self._sought)

    def forget(self) -> None:
        """Look for nothing any more."""
        self._sought = None

    async def _seek(self, lineup: Lineup) -> None:
        try:
            found = await self._seeker.find(lineup.query, lineup.order, self._sight.say_how_far)
        except CutlineError:
            self._end(lineup)
            raise
        if found is not None:
            self._turns.ask(partial(self._take, lineup, found))
        elif self._sought is lineup:
            self._looks = False
            self.goes_on()

    async def _take(self, lineup: Lineup, found: list[ImageId], _: Card | None) -> None:
        try:
            await self._adopt(lineup, found, is_late=time.monotonic() > self._until)
        finally:
            self._end(lineup)
        self.goes_on()

    def _end(self, lineup: Lineup) -> None:
        if self._sought is lineup:
            self._sought, self._looks = None, False
