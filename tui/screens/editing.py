"""Editing a caption by hand on the review screen: the editor, the drafts, and what leaving means."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.errors import ChangedOutside, CutlineError
from tui import commands
from tui.actions.writing import WriteCaption
from tui.course.guard import Guard
from tui.stage import Stage
from tui.typing.drafts import Drafts, caption_text

if TYPE_CHECKING:
    from engine.review.drafts import Unwritten
    from engine.review.records import ImageId
    from tui.actions.action import Handler
    from tui.course.card import Card
    from tui.course.deciding import Deciding
    from tui.course.turns import Turns
    from tui.hand import Hand
    from tui.typing.completing import Completing
    from tui.widgets.tag_editor import TagEditor


KEY_REPEAT_SECONDS = 1.0
"""A key that is held down comes again within that time, the first time after two thirds of a second in many places."""


class Desk(Stage, Protocol):
    """Where cards and lines are shown, and what is told that the keys go to the editor now."""

    def show_editing(self, *, editing: bool) -> None:
        """Show that the editor is open, or closed again."""

    def hand_over(self, act: Handler) -> None:
        """Ask for a turn after which something else has the keys."""

    def notice(self, *told: str) -> None:
        """Say raw lines that nobody asked for, beside others of that kind that still stand there."""


class Editing:
    """One editor over the caption in view."""

    def __init__(
        self, editor: TagEditor, turns: Turns, deciding: Deciding, hand: Hand, desk: Desk, completing: Completing
    ) -> None:
        """Start closed, without drafts.

        Args:
            editor: Takes the keys while it is open.
            turns: Take the text in order with everything else that was asked.
            deciding: Writes it.
            hand: Keeps drafts.
            desk: Shows cards and lines; is told when the editor opens and closes.
            completing: Knows tags, once it has begun.
        """
        self.drafts = Drafts(turns.workspace, hand, lambda problem: desk.say(problem, "error"))
        self._editor, self._turns, self._deciding, self._desk = editor, turns, deciding, desk
        self._hand, self._completing = hand, completing
        self._told_of: dict[ImageId, Unwritten] = {}
        """What could not be kept when the person last asked to leave."""
        self._warned = Guard(seconds=KEY_REPEAT_SECONDS)
        """Changed when the person is told that their text would replace what somebody else wrote, and while they hold the key."""
        editor.completer, editor.typed = completing, self._typed

    async def begin(self) -> None:
        """Take in the drafts of earlier sittings, and mark the one in view."""
        count = await self.drafts.begin()
        card = self._turns.card
        if card is not None and self.drafts.is_on(card) and not self.under_way:
            self._desk.show_card(card)
        if count:
            self._desk.notice(f"{_drafts(count)} waiting from an earlier sitting: ✎ marks where")

    def close(self) -> None:
        """Keep what was typed last, and end the thread that knows tags."""
        self._hand.last(self._put_by)
        self._hand.last(self.drafts.flush)
        self._completing.close()

    @property
    def under_way(self) -> bool:
        """Whether the editor is open."""
        return self.drafts.open_on is not None

    @property
    def _write_key(self) -> str:
        return self._editor.keys.shown(WriteCaption)

    def open(self, card: Card) -> None:
        """Open the editor on a card."""
        begins = self.drafts.opening(card)
        try:
            self._editor.open(begins.text, self._turns.workspace.separator)
        except CutlineError as refused:
            self.drafts.open_on = None
            self._desk.say(str(refused), "error")
            return
        self._desk.show_editing(editing=True)
        self._completing.begin()
        if begins.is_outdated:
            told = "the caption was changed since you began this draft: it is shown above;"
            self._desk.say(f"{told} {self._write_key} replaces it", "warning")
        elif begins.is_draft:
            self._desk.say("this is your draft; it is not written yet")

    def _typed(self) -> None:
        if self.under_way:
            self.drafts.typed(self._editor.content())

    def save(self, text: str) -> None:
        """Ask for the text to be written."""
        if self._warned.holds:
            self._warned.changed()
            self._desk.say(f"held back: the caption changed just now; look, then {self._write_key} again", "warning")
            self._editor.go_on()
        else:
            self._desk.hand_over(partial(self._write, text))

    async def _write(self, text: str, _: Card | None) -> None:
        try:
            if (card := self.drafts.open_on) is not None:
                await self._write_over(card, text)
        finally:
            self._editor.go_on()

    async def _write_over(self, card: Card, text: str) -> None:
        if text == caption_text(card):
            self._leave(text)
            self._desk.say("nothing was changed here: nothing was written")
            return
        try:
            await self._deciding.save(card, text)
        except CutlineError as problem:
            await self._turns.look()
            now = self._turns.card
            if now is not None and now.image == card.image:
                self.drafts.open_on = now
                over = ""
                if isinstance(problem, ChangedOutside):
                    self._warned.changed()
                    over = f"; {self._write_key} again writes your text over it"
                self._desk.say(f"{problem}{over}", "error")
            else:  # what was typed is for no other image
                self._leave(text)
                self._desk.say(f"{problem}; what you typed is kept as a draft", "error")
            return
        self.drafts.written()
        self._close()
        self._desk.say("edited and written", "good")

    def leave(self, text: str) -> None:
        """Close the editor and keep what was typed."""
        self.drafts.insist(text)
        self._leave(text)

    def _leave(self, text: str) -> None:
        if self.drafts.leave(text):
            again = self._turns.keys.told(commands.Edit)
            self._desk.say(f"kept as a draft, not written; {again} goes on with it", "warning")
        self._close()

    async def may_leave(self) -> bool:
        """Close the editor; say whether nothing is lost by leaving, or the person was told of it and asks again."""
        if self.under_way:
            self._leave(self._editor.content())
        await self._hand.do(self._put_by)
        problem = await self.drafts.keep_all()
        unkept = self.drafts.unkept
        if problem is None or not unkept or unkept == self._told_of:
            return True
        self._told_of = unkept
        key = self._turns.keys.told(commands.Quit)
        told = f"what you typed could not be kept ({problem.__cause__ or problem.message})"
        self._desk.say(f"{told}: mend that, then {key}; {key} as it is leaves and prints the text", "error")
        return False

    def _put_by(self) -> None:
        """Make drafts of what was written into changes and not decided on; in the hand's thread."""
        self.drafts.put_by(self._turns.rewritten())

    def farewell(self) -> str:
        """Return what is to be said of drafts that are in the store, one line, empty where there are none."""
        count = len(self.drafts.waiting.keys() - self.drafts.unkept.keys())
        of_changes = ", with what you wrote into changes and did not accept" if self.drafts.put_by_for else ""
        told = f"{_drafts(count)} kept and not written{of_changes}: ✎ marks where, when you open this folder again"
        return told if count else ""

    def _close(self) -> None:
        self._editor.close()
        self._desk.show_editing(editing=False)
        self._desk.show_card(self._turns.card)


def _drafts(count: int) -> str:
    return "1 draft is" if count == 1 else f"{count:,} drafts are"
