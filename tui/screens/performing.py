"""What becomes of a key on the review screen: put in order with the others, held back, done, or answered with why not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui import commands

if TYPE_CHECKING:
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.finding.in_force import Finding
    from tui.garbage import Sweeping
    from tui.screens.surface import Surface
    from tui.thresholds.threshold_keys import ThresholdKeys


class Performing:
    """Turns the name of an action into a turn of its handler."""

    def __init__(self, surface: Surface, finding: Finding, thresholds: ThresholdKeys, sweeping: Sweeping) -> None:
        """Start without handlers.

        Args:
            surface: Whose keys they are.
            finding: Has the keys while a filter is typed.
            thresholds: Settle before anything else is done.
            sweeping: Waits while keys come.
        """
        self.handlers: Handlers = {}
        self._surface, self._turns = surface, surface.turns
        self._finding, self._thresholds, self._sweeping = finding, thresholds, sweeping

    def ask(self, name: str, number: int) -> None:
        """Put a command at the end of what was asked."""
        command, turns = commands.named(name), self._turns
        if command is not commands.Quit and (self._surface.typed_ahead.is_handing or self._finding.is_typing):
            return  # asked for by the mouse: it would cover what is about to open
        if self._finding.open_line(name):
            return
        if turns.busy and command is not commands.Quit:
            self._surface.say(f"{turns.busy} …; press it again after that", "warning")
            return
        if command.decides and (turns.guard.holds or turns.card is None):
            turns.ask(partial(self._hold_back, command))
        elif command.hands_over:
            self._surface.hand_over(partial(self._perform, command, number))
        else:
            turns.ask(partial(self._perform, command, number))

    async def _hold_back(self, command: type[commands.Command], card: Card | None) -> None:
        """Decide nothing that the person has not seen, and say so."""
        if card is None:
            self._surface.say(command.why_not(self._turns), "warning")
        else:
            again = self._turns.keys.shown(command)
            self._surface.say(f"held back: this card changed just now; look, then {again} again", "warning")

    async def _perform(self, command: type[commands.Command], number: int, card: Card | None) -> None:
        """Do what a key asked for, or say why it does nothing."""
        if reason := command.why_not(self._turns):
            self._surface.say(reason, "warning")
        else:
            await self._do(command, number, card)

    async def _do(self, command: type[commands.Command], number: int, card: Card | None) -> None:
        self._thresholds.key_pressed()
        self._sweeping.key_pressed()
        if command not in (commands.ThresholdDown, commands.ThresholdUp):
            await self._turns.settle()
        self._surface.said = False
        await self.handlers[f"{command.name}_{number}" if number else command.name](card)
        if not self._surface.said:  # not before: a frame drawn for the empty line would delay that of the next image
            self._surface.say("")
