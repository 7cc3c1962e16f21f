"""Keeping a queue up with news: images that came, or fit by now, where only an index can tell."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.course.lineup import Lineup

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.review.records import ImageId
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.errands import Errands
    from tui.finding.seeking import Seeker
    from tui.finding.wanted import Wanted


class Following:
    """Looks again where something is new, one look at a time, and none while somebody types."""

    def __init__(self, turns: Turns, seeker: Seeker, errands: Errands, wanted: Wanted) -> None:
        """Start with nothing new.

        Args:
            turns: The course of the review.
            seeker: Finds images.
            errands: Runs the looks.
            wanted: Looks for what a queue is to hold from the start.
        """
        self._turns, self._seeker, self._errands, self._wanted = turns, seeker, errands, wanted
        self._refreshing = self._is_stale = False
        self.is_held: Callable[[], bool] = lambda: False
        """Says whether somebody types."""

    def came(self) -> None:
        """Note that something came or changed, and look."""
        if self._wanted.lineup.needs_index:
            self._is_stale = True
            self.resume()

    def begins(self) -> None:
        """Note that what is new by now is found by a look that begins."""
        self._is_stale = False

    def resume(self) -> None:
        """Go on with what was given up, unless somebody types."""
        lineup = self._turns.lineup
        if self.is_held():
            return
        if self._wanted.is_sought:
            self._wanted.look_again()
        elif self._refreshing:
            return
        elif not lineup.is_found:
            self._wanted.look_for(Lineup(lineup.query, lineup.order, chosen=lineup.chosen, limit=lineup.limit))
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
            self.resume()

    async def _take_new(self, lineup: Lineup, found: list[ImageId], _: Card | None) -> None:
        turns = self._turns
        if lineup is turns.lineup:
            await turns.take_in(lambda images: lineup.with_found(found, images))
