"""The keys `[` and `]`: the card at once, then how many images would change, and a pause that puts it in force."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import CutlineError, Refused
from tui.thresholds.live_count import Counting, LiveCount, Question
from tui.thresholds.moving import Moved, Way, told_count

if TYPE_CHECKING:
    from engine.review.threshold_counts import Counted
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.hand import Hand
    from tui.idle import Idle

PAUSE_SECONDS = 0.8
"""After so long without a press the threshold is in force."""
QUIET_LOOKS = 3
"""After so many looks without a key the scores are read, so that the first count need not wait for them."""


class ThresholdKeys:
    """What the two keys do."""

    def __init__(self, turns: Turns, hand: Hand, idle: Idle) -> None:
        """Start with nothing moved.

        Args:
            turns: Read and show cards, keep the run.
            hand: Runs what touches the workspace.
            idle: Counts questions.
        """
        self._turns, self._hand = turns, hand
        self.live = LiveCount(Counting(turns.workspace.store, turns.workspace.below), idle, self)
        self._pause: asyncio.TimerHandle | None = None
        self._quiet = 0

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        return {"threshold_down": partial(self.move, -1), "threshold_up": partial(self.move, 1)}

    async def move(self, way: Way, card: Card | None) -> None:
        """Move the threshold of the candidate in view by a step, and show the card as it would be."""
        turns = self._turns
        if card is None:
            return
        floors = self.live.floors

        def move_and_read() -> tuple[Moved, Card]:
            with turns.workspace.store.explained():
                return turns.thresholds.move(card, way, floors), turns.read(card.image, of=card)

        try:
            moved, renewed = await self._hand.do(move_and_read)
        except Refused as reason:
            turns.stage.say(str(reason), "warning")
            return
        turns.redraw(card, renewed)
        turns.stage.say(moved.line)
        self.live.ask(Question(moved.source, moved.before, moved.applied(moved.before), moved.line))
        self._settle_after_a_pause()

    def key_pressed(self) -> None:
        """Note that the person is busy."""
        self._quiet = 0

    def looked(self) -> None:
        """Read the scores of the candidate in view where the person has been quiet for a while."""
        self._quiet += 1
        card = self._turns.card
        if self._quiet >= QUIET_LOOKS and card and card.candidate and card.candidate.view and card.frame.open:
            self.live.prepare(card.candidate.proposal.source, card.candidate.view)

    def counted(self, question: Question, counted: Counted) -> None:
        """Say the number, and behind it the threshold, which gives way first where it is narrow."""
        self._turns.stage.say_instead(question.line, f"{told_count(counted)} · {question.line}")

    def not_counted(self, problem: CutlineError) -> None:
        """Say why there is no number."""
        self._turns.stage.say(str(problem), "error")

    def close(self) -> None:
        """End the thread and the pause."""
        self._stop_pause()
        self.live.close()

    def _settle_after_a_pause(self) -> None:
        self._stop_pause()
        self._pause = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._turns.ask, self._settle)

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()

    async def _settle(self, _: Card | None) -> None:
        await self._turns.settle()
