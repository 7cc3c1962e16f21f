"""Moving a threshold by words: seen at once, counted at once, in force with the next command of another kind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.plain.places import number
from tui.thresholds.live_count import Counting, Question
from tui.thresholds.moving import told_count

if TYPE_CHECKING:
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.hand import Hand
    from tui.plain.choices import Spoken
    from tui.plain.stage import SpokenStage
    from tui.thresholds.moving import Moved, Way

MOST_STEPS = 100
"""At once; a step is 0.01."""


class Threshold:
    """The two actions that move it."""

    def __init__(self, turns: Turns, hand: Hand, stage: SpokenStage) -> None:
        """Start with nothing moved.

        Args:
            turns: Keep the run, show the card.
            hand: Runs what touches the workspace.
            stage: Where lines are said.
        """
        self._turns, self._hand, self._stage = turns, hand, stage
        self._counting = Counting(turns.workspace.store, turns.workspace.below)

    @property
    def handlers(self) -> Spoken:
        """What does each action."""
        return {"threshold_down": partial(self._move, -1), "threshold_up": partial(self._move, 1)}

    async def _move(self, way: Way, card: Card | None, rest: str) -> None:
        """Move the threshold of the candidate in view, by so many steps of 0.01."""
        if card is None:
            return
        steps = number(rest, MOST_STEPS, "step") + 1 if rest else 1
        turns = self._turns

        def move_and_read() -> tuple[Moved, Card]:
            for _ in range(steps):
                moved = turns.thresholds.move(card, way, self._counting.floors)
            return moved, turns.read(card.image, of=card)

        moved, renewed = await self._hand.do(move_and_read)
        turns.redraw(card, renewed)
        counted = await self._hand.do(
            self._counting.count, Question(moved.source, moved.before, moved.applied(moved.before), moved.line)
        )
        self._stage.say(moved.line)
        if counted is not None:
            self._stage.say(f"{told_count(counted)}; in force with your next command")
