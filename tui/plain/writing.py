"""Editing by hand without an editor: a text typed line by line, a text in one line, edits by words; and their drafts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from engine.captions.editing.edits import FORMS, apply_edits, parse_edit
from engine.errors import CutlineError, WrongUsage
from tui.plain import speak
from tui.plain.conversation import checked
from tui.plain.lines import nothing_behind
from tui.plain.places import number
from tui.typing.drafts import Drafts, caption_text

if TYPE_CHECKING:
    from engine.review.drafts import Unwritten
    from engine.review.records import ImageId
    from tui.course.card import Card
    from tui.course.deciding import Deciding
    from tui.course.turns import Turns
    from tui.hand import Hand
    from tui.plain.choices import Spoken
    from tui.plain.stage import SpokenStage
    from tui.typing.drafts import Opening

END = "."
"""Alone on a line it ends a text; two of them stand for a line that is one full stop."""
_NEXT_EDIT = re.compile(rf"\s+(?=(?:{'|'.join(FORMS)}):|dedupe(?:\s|$))")


class Typing(Protocol):
    """Something that takes the lines that follow a command."""

    prompt: str

    async def take(self, line: str) -> bool:
        """Take a line; say whether it was the last."""

    def leave(self) -> None:
        """Take no more: the input ended."""


class Writing:
    """The actions that write what the person types."""

    def __init__(self, turns: Turns, deciding: Deciding, hand: Hand, stage: SpokenStage) -> None:
        """Start without drafts.

        Args:
            turns: The course of the review.
            deciding: Writes.
            hand: Keeps drafts.
            stage: Where lines are said.
        """
        self.drafts = Drafts(turns.workspace, hand, stage.say)
        self.typing: Typing | None = None
        """Takes the lines that come next; None for a command."""
        self._told_of: dict[ImageId, Unwritten] = {}
        """What could not be kept when that was last said."""
        self._asked_with: dict[ImageId, Unwritten] = {}
        """What could not be kept when the person last asked to leave."""
        self._turns, self._deciding, self._stage, self._hand = turns, deciding, stage, hand

    @property
    def handlers(self) -> Spoken:
        """What does each action."""
        return {"edit": self._edit, "edit_hunk": self._edit_hunk, "amend": self._amend, "forget": self._forget}

    async def begin(self) -> None:
        """Take in the drafts of earlier sittings."""
        if count := await self.drafts.begin():
            self._stage.say(f"{_drafts(count)} of earlier sittings not written yet")

    async def keep(self) -> None:
        """Have the store hold what was typed."""
        problem, unkept = await self.drafts.keep_all(), self.drafts.unkept
        if problem is not None and unkept != self._told_of:
            self._stage.say(f"What you typed is not kept yet: {problem}")
        self._told_of = unkept

    def put_by(self) -> None:
        """Make drafts of what was written into changes and not decided on; in the hand's thread."""
        self.drafts.put_by(self._turns.rewritten())

    async def may_leave(self) -> bool:
        """Say whether nothing is lost by leaving, or the person was told of it and asks again."""
        await self._hand.do(self.put_by)
        problem, unkept = await self.drafts.keep_all(), self.drafts.unkept
        if problem is None or not unkept or unkept == self._asked_with:
            return True
        self._asked_with = self._told_of = unkept
        why = problem.__cause__ or problem.message
        self._stage.say(f"What you typed could not be kept, {why}. Mend that, then quit. Quit as it is reads it to you")
        return False

    async def farewell(self) -> None:
        """Say what became of drafts when leaving, and read those that could not be kept."""
        await self._hand.do(self.put_by)
        await self.drafts.keep_all()
        unkept = self.drafts.unkept
        if count := len(self.drafts.waiting.keys() - unkept.keys()):
            of_changes = ", with what you wrote into changes and did not accept" if self.drafts.put_by_for else ""
            self._stage.say(f"{_drafts(count)} kept and not written{of_changes}")
        for image, draft in unkept.items():
            self._stage.read(
                speak.named(f"{self.drafts.name(image)}, kept nowhere, here is what you typed", draft.text)
            )

    # --- a whole caption --------------------------------------------------------------------------------------

    async def _edit(self, card: Card | None, rest: str) -> None:
        if card is None:
            return
        if not rest:
            self._open(card)
        elif self.drafts.is_on(card):
            raise WrongUsage("a draft of yours waits here", "edit alone goes on with it, forget drops it")
        else:
            await self.write(card, checked(rest))

    def _open(self, card: Card) -> None:
        begins = self.drafts.opening(card)
        if begins.is_draft:
            if begins.is_outdated:
                self._stage.say("The caption was changed since you began this draft")
                self._stage.read(speak.caption(card))
            self._stage.read(speak.named("Your draft", begins.text))
            self._stage.say("Lines you type are added to it. A line of one full stop writes it, an empty one leaves it")
        else:
            self._stage.read(speak.caption(card))
            self._stage.say("Type the new text. A line of one full stop writes it; an empty first line changes nothing")
        self.typing = _CaptionTyping(self, begins)

    async def write(self, card: Card, text: str) -> None:
        """Write a whole caption; where that fails it is kept as a draft.

        Raises:
            CutlineError: It is kept as a draft only.
        """
        if text == caption_text(card):
            self.drafts.opening(card)
            self.drafts.written()
            self._stage.say("That is what the caption says: nothing was written")
            return
        self.drafts.opening(card)
        self.drafts.typed(text)
        await self.keep()
        try:
            await self._deciding.save(card, text)
        except CutlineError:
            self.drafts.leave(text)
            await self.keep()
            if card.image not in self.drafts.unkept:
                again = "edit, then a full stop, writes it over what is there then"
                self._stage.say(f"Your text is kept as a draft: {again}")
            raise
        self.drafts.written()
        self._stage.say("edited and written")

    def left(self, text: str) -> None:
        """Say what became of a text that was not written."""
        if self.drafts.leave(text):
            self._stage.say(f"{'Not' if self.drafts.unkept else 'Kept as a draft, not'} written; edit goes on with it")
        else:
            self._stage.say("Nothing was changed")

    async def _forget(self, card: Card | None, rest: str) -> None:
        nothing_behind("forget", rest)
        if card is not None:
            if not self.drafts.is_on(card):
                raise WrongUsage("there is no draft here")
            self._stage.read(speak.named("Dropped", self.drafts.opening(card).text))
            self.drafts.written()

    # --- part of it -------------------------------------------------------------------------------------------

    async def _edit_hunk(self, card: Card | None, rest: str) -> None:
        """Write a change anew: its number and the text; without a text that is asked for."""
        if card is None:
            return
        named, _, text = rest.partition(" ")
        if named:
            card.cursor = number(named, len(card.hunks))
        if card.hunks[card.cursor].op == "move":
            raise WrongUsage("a tag that is moved has no text to edit")
        if text.strip():
            self.reword(card, checked(text.strip()))
        else:
            self._stage.read(speak.named("It puts in", card.hunks[card.cursor].new.strip()))
            self._stage.say("Type what it puts in instead; an empty line changes nothing")
            self.typing = _HunkTyping(self, card)

    def reword(self, card: Card, text: str) -> None:
        """Write the change at the cursor anew."""
        if not card.work(text):
            self._stage.say("that is what it says: nothing changed")

    async def _amend(self, card: Card | None, rest: str) -> None:
        """Edit by words, as `cutline edit` does; a text needs no quotes: an edit ends where the next one begins."""
        if card is None:
            return
        if not rest:
            forms = ", ".join(form for form, _ in FORMS.values())
            raise WrongUsage("which edits?", f"write {forms}")
        separator = self._turns.workspace.separator
        edits = [parse_edit(checked(part), separator) for part in _NEXT_EDIT.split(rest)]
        after = apply_edits(card.frame.raw, edits, separator)
        if after == card.frame.raw:
            self._stage.say("that changes nothing here")
        else:
            await self._deciding.rewrite(card, after)
            self._stage.say("edited and written")


class _CaptionTyping:
    """A caption being typed; each line is in the store before the next one is asked for."""

    prompt = "text> "

    def __init__(self, writing: Writing, begins: Opening) -> None:
        self._writing, self._begins = writing, begins
        self._lines = begins.text.split("\n") if begins.is_draft and begins.text else []
        self._typed = False

    async def take(self, line: str) -> bool:
        """Take a line; say whether it was the last."""
        if line == END or (not line and not self._typed):
            await self._end(line)
            return True
        self._lines.append(checked(line[1:] if line in (END * 2, END * 3) else line))
        self._typed = True
        self._writing.drafts.typed("\n".join(self._lines))
        await self._writing.keep()
        return False

    async def _end(self, line: str) -> None:
        card = self._writing.drafts.open_on
        if line == END and card is not None and (self._lines or self._begins.is_draft):
            await self._writing.write(card, "\n".join(self._lines))
        else:
            self._writing.drafts.insist(self._text)
            self.leave()

    def leave(self) -> None:
        """Keep what was typed as a draft."""
        self._writing.left(self._text)

    @property
    def _text(self) -> str:
        return "\n".join(self._lines) if self._typed or self._begins.is_draft else self._begins.text


class _HunkTyping:
    """The text of one change being typed."""

    prompt = "change> "

    def __init__(self, writing: Writing, card: Card) -> None:
        self._writing, self._card = writing, card

    async def take(self, line: str) -> bool:
        """Take the line."""
        if line.strip():
            self._writing.reword(self._card, checked(line.strip()))
        return True

    def leave(self) -> None:
        """Change nothing."""


def _drafts(count: int) -> str:
    return "1 draft is" if count == 1 else f"{count:,} drafts are"
