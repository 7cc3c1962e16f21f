"""Editing a caption by hand on the review screen: the editor, the drafts, and what leaving means."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.errors import CutlineError
from tui import commands
from tui.drafts import Drafts

if TYPE_CHECKING:
    from tui.card import Card
    from tui.deciding import Deciding
    from tui.stage import Stage
    from tui.turns import Turns
    from tui.widgets.tag_editor import TagEditor


class Desk(Protocol):
    """What tells the rest of the screen that the keys go to the editor now."""

    def show_editing(self, *, editing: bool) -> None:
        """Show that the editor is open, or closed again."""


class Editing:
    """One editor over the caption in view."""

    def __init__(self, editor: TagEditor, turns: Turns, deciding: Deciding, stage: Stage, desk: Desk) -> None:
        """Start closed, without drafts.

        Args:
            editor: Takes the keys while it is open.
            turns: Take the text in order with everything else that was asked.
            deciding: Writes it.
            stage: Shows cards and lines.
            desk: Is told when the editor opens and closes.
        """
        self.drafts = Drafts()
        self._editor, self._turns, self._deciding, self._stage, self._desk = editor, turns, deciding, stage, desk
        self._sure_to_quit = False

    @property
    def under_way(self) -> bool:
        """Whether the editor is open."""
        return self.drafts.open_on is not None

    def open(self, card: Card) -> None:
        """Open the editor on a card."""
        try:
            self._editor.open(self.drafts.opening(card))
            self._desk.show_editing(editing=True)
        except CutlineError as refused:
            self.drafts.open_on = None
            self._stage.say(str(refused), "error")

    def save(self, text: str) -> None:
        """Ask for the text to be written."""
        self._turns.ask(partial(self._write, text))

    async def _write(self, text: str, _: Card | None) -> None:
        card = self.drafts.open_on
        if card is None:
            return
        try:
            await self._deciding.save(card, text)
        except CutlineError as problem:
            await self._turns.look()
            self.drafts.open_on = self._turns.card
            self._stage.say(f"{problem}; ctrl+s again writes your text over it", "error")
            return
        self.drafts.written()
        self._close()
        self._stage.say("edited and written", "good")

    def leave(self, text: str) -> None:
        """Close the editor and keep what was typed."""
        if self.drafts.leave(text):
            again = commands.shown_key(commands.Edit)
            self._stage.say(f"kept as a draft, not written; {again} goes on with it", "warning")
        self._close()

    def may_quit(self) -> bool:
        """Say whether nothing typed would be lost; where something would, say so and agree the next time."""
        if self.under_way:
            self.leave(self._editor.content())
        waiting = len(self.drafts.waiting)
        if waiting and not self._sure_to_quit:
            self._sure_to_quit = True
            drafts = "1 draft is" if waiting == 1 else f"{waiting} drafts are"
            again = commands.shown_key(commands.Quit)
            self._stage.say(f"{drafts} not written; {again} again throws them away", "warning")
            return False
        return True

    def think_again(self) -> None:
        """Another key was pressed: quitting asks anew."""
        self._sure_to_quit = False

    def _close(self) -> None:
        self._editor.close()
        self._desk.show_editing(editing=False)
        self._stage.show_card(self._turns.card)
