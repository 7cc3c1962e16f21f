"""Choosing by number, category and score: what the screen does with a cursor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.errors import WrongUsage
from tui.plain import speak
from tui.plain.places import number, which

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.course.card import Card
    from tui.course.choosing import Choosing
    from tui.plain.stage import SpokenStage

Spoken = dict[str, "Callable[[Card | None, str], Awaitable[None]]"]
"""By the names of actions: does what is asked for to a card, with what stands behind the command."""


class Choices:
    """Those actions on changes that take more than their name."""

    def __init__(self, choosing: Choosing, stage: SpokenStage) -> None:
        """Keep what chooses.

        Args:
            choosing: Does what is done to the change at the cursor.
            stage: Where lines are said.
        """
        self._choosing, self._stage = choosing, stage

    @property
    def handlers(self) -> Spoken:
        """What does each action."""
        shared = self._choosing.handlers
        at_cursor = ("toggle_hunk", "choose_category", "split_hunk")
        return {
            **{name: partial(self._at, shared[name]) for name in at_cursor},
            "next_hunk": partial(self._step, 1),
            "previous_hunk": partial(self._step, -1),
            "take": self._take,
            "leave": self._leave,
            "choose_range": self._range,
            "choose_above": self._above,
            "changes": self._changes,
            "show_candidate": self._candidate,
        }

    async def _at(self, act: Callable[[Card | None], Awaitable[None]], card: Card | None, rest: str) -> None:
        """Do something to the change that is named, else to the one at the cursor."""
        if card is not None:
            if rest:
                card.cursor = min(which(rest, card.hunks)) if not rest.isdigit() else number(rest, len(card.hunks))
            await act(card)

    async def _step(self, by: int, card: Card | None, rest: str) -> None:
        """Go to another change, and read it also where it is the only one."""
        if card is not None:
            if rest:
                raise WrongUsage("this goes one change further", "a change is chosen with + and its number")
            card.move_cursor(by)
            if len(card.hunks) == 1:  # else the cursor is elsewhere, and that is read
                self._stage.read([speak.change(card, card.cursor)])

    async def _take(self, card: Card | None, rest: str) -> None:
        if card is not None:
            card.choose(card.chosen(card.shown) | which(rest, card.hunks))

    async def _leave(self, card: Card | None, rest: str) -> None:
        if card is not None:
            card.choose(card.chosen(card.shown) - which(rest, card.hunks))

    async def _range(self, card: Card | None, rest: str) -> None:
        """Choose the changes that are named; without any, do to all up to the cursor what was last done to one."""
        await (self._take(card, rest) if rest else self._choosing.choose_range(card))

    async def _above(self, card: Card | None, rest: str) -> None:
        """Choose what scores as high as what is named or at the cursor, leave out what scores lower."""
        if card is None or not rest:
            await self._choosing.choose_above(card)
            return
        chosen, scored = card.chosen(card.shown), which(">0", card.hunks)
        if not scored:
            raise WrongUsage("no change here has a score", "+3 chooses change 3, +all all of them")
        card.choose((chosen - scored) | which(f">{rest}", card.hunks))

    async def _changes(self, card: Card | None, rest: str) -> None:
        if card is not None:
            self._stage.read(speak.changes(card, number(rest or "1", len(card.hunks))))

    async def _candidate(self, card: Card | None, rest: str) -> None:
        if card is not None:
            if not card.frame.candidates:
                raise WrongUsage("nothing is proposed for this image")
            place = number(rest or str(card.shown + 1), len(card.frame.candidates), "candidate")
            await self._choosing.look_at(place, card)
            if not rest:
                self._stage.read([*speak.candidates(card), *speak.changes(card)])
