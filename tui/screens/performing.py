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

OPEN_AN_EDITOR = (commands.Edit.name, commands.EditHunk.name)


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
        self.opens_editor = False
        """Whether an editor was asked for that is not open yet."""

    def ask(self, name: str, number: int) -> None:
        """Put a command at the end of what was asked."""
        command, turns = commands.named(name), self._turns
        if self.opens_editor and command is not commands.Quit:
            return  # asked for by the mouse or by name: it would cover the editor that is about to open
        if (self._finding.is_typing and command is not commands.Quit) or self._finding.open_line(name):
            return
        if turns.busy and command is not commands.Quit:
            self._surface.say(f"{turns.busy} …; press it again after that", "warning")
            return
        self.opens_editor = self.opens_editor or name in OPEN_AN_EDITOR
        if command.decides and (turns.guard.holds or turns.card is None):
            turns.ask(partial(self._hold_back, command))
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
        try:
            if reason := command.why_not(self._turns) or self._covered(command):
                self._surface.say(reason, "warning")
            else:
                await self._do(command, number, card)
        finally:
            if command.name in OPEN_AN_EDITOR:
                self.opens_editor = False

    def _covered(self, command: type[commands.Command]) -> str:
        """Say why an editor is not opened below another screen; empty where there is none."""
        is_covered = self._surface.app.screen is not self._surface
        return "not opened: another screen came first" if is_covered and command.name in OPEN_AN_EDITOR else ""

    async def _do(self, command: type[commands.Command], number: int, card: Card | None) -> None:
        self._thresholds.key_pressed()
        self._sweeping.key_pressed()
        if command not in (commands.ThresholdDown, commands.ThresholdUp):
            await self._turns.settle()
        self._surface.said = False
        await self.handlers[f"{command.name}_{number}" if number else command.name](card)
        if not self._surface.said:  # not before: a frame drawn for the empty line would delay that of the next image
            self._surface.say("")
