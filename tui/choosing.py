"""What keys choose on the card in view: which change, which candidate; nothing of it is on disk before a decision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.actions.action import Handlers
    from tui.card import Card
    from tui.stage import Stage

NUMBERED_CANDIDATES = 9


class Choosing:
    """Handlers of the actions in `tui.actions.choosing`, but for those of the threshold."""

    def __init__(self, stage: Stage) -> None:
        """Keep where to show it.

        Args:
            stage: Shows the card.
        """
        self._stage = stage

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        numbered = {f"show_candidate_{n}": partial(self.show_candidate, n) for n in range(1, NUMBERED_CANDIDATES + 1)}
        return {
            "toggle_hunk": self.toggle_hunk,
            "next_hunk": partial(self.move_cursor, 1),
            "previous_hunk": partial(self.move_cursor, -1),
            **numbered,
        }

    async def toggle_hunk(self, card: Card | None) -> None:
        """Choose the change at the cursor, or leave it out."""
        if card is not None:
            card.toggle()
            self._stage.renew_card()

    async def move_cursor(self, by: int, card: Card | None) -> None:
        """Go to another change."""
        if card is not None:
            card.move_cursor(by)
            self._stage.renew_card()

    async def show_candidate(self, number: int, card: Card | None) -> None:
        """Bring a candidate into view by its number, from 1."""
        if card is None:
            return
        if number > len(card.frame.candidates):
            self._stage.say(f"there is no candidate {number} here", "warning")
            return
        card.look_at(number - 1)
        self._stage.renew_card()
