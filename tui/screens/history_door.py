"""The way from the review to the history and back; what is taken back there is done in turn with everything else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.errors import ChangedOutside, CutlineError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from engine.review.history import HistoryStep
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.course.undoing import Undoing
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.stage import Tone

    Told = Callable[[str, Tone], object]


class HistoryDoor:
    """Opens the history, and does what is asked there."""

    def __init__(self, turns: Turns, hand: Hand, idle: Idle, undoing: Undoing, app: Callable[[], App[int]]) -> None:
        """Keep what it is done with.

        Args:
            turns: The course of the review.
            hand: Runs what touches the workspace.
            idle: Counts what is under way.
            undoing: Takes steps back.
            app: Returns the app, which shows the screen.
        """
        self._turns, self._hand, self._idle, self._undoing, self._app = turns, hand, idle, undoing, app

    @property
    def handlers(self) -> Handlers:
        """What does the action."""
        return {"history": self.open}

    async def open(self, _: Card | None) -> None:
        """Show the history."""
        # Here, not above: the first caption does not wait for a screen that is not asked for.
        from tui.screens.history import HistoryScreen  # noqa: PLC0415

        screen = HistoryScreen(self._turns.workspace, self._idle, self._take, self._put_back)
        await self._app().push_screen(screen, self._closed)

    def _closed(self, key: bytes | None) -> None:
        if key is not None:
            self._turns.ask(lambda _: self._turns.go_to(key))

    def _take(self, doing: str, rows: list[int], told: Told) -> None:
        self._turns.ask(partial(self._taken, doing, rows, told))

    async def _taken(self, doing: str, rows: list[int], told: Told, _: Card | None) -> None:
        workspace = self._turns.workspace

        try:
            await self._undoing.take(
                doing, lambda to: workspace.undo(rows, on_progress=to.progress, stop=to.stop), told=told
            )
        except CutlineError as problem:
            told(str(problem), "error")
            raise

    def _put_back(self, step: HistoryStep, told: Told) -> None:
        self._turns.ask(partial(self._written, step, told))

    async def _written(self, step: HistoryStep, told: Told, _: Card | None) -> None:
        try:
            await self._hand.do(self._write, step)
        except CutlineError as problem:
            told(str(problem), "error")
            raise
        await self._turns.look()
        self._turns.recount()
        told("written as an edit; undo takes it back", "good")

    def _write(self, step: HistoryStep) -> None:
        """Write the text that a step kept, in place of the caption as it is now; in the hand's thread."""
        workspace = self._turns.workspace
        (row,) = workspace.step_rows(step, 1)
        if row.image is None or row.image not in workspace.entries:
            raise Refused("the image of this text is not there any more", "bring it back first")
        frame = workspace.frame(row.image)
        if frame.raw == row.before:
            raise ChangedOutside("the caption says exactly this already", "nothing is to be done")
        workspace.write(frame, row.before)
