"""The course of a review in the linear mode: say what there is, wait for a line, do what it asks for, say what came of it.

Nothing happens between two lines but what other programs do. Each command first looks at what they did: who decides on
an image that is not as it was read out hears the new state instead, and decides again.
"""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import CutlineError, WrongUsage
from engine.models.picture_size import upright_size
from tui import commands
from tui.course.choosing import Choosing
from tui.course.deciding import Deciding
from tui.course.turns import Turns
from tui.finding.seeking import Seeker
from tui.hand import Hand
from tui.idle import Idle
from tui.keys.keymap import Keymap
from tui.plain import assistance, hearing, speak
from tui.plain.choices import Choices
from tui.plain.finding import Finding
from tui.plain.lines import Asked, Lines, nothing_behind, spoken
from tui.plain.own import all_actions, why_not
from tui.plain.results import Results
from tui.plain.stage import SpokenStage
from tui.plain.threshold import Threshold
from tui.plain.tokens import SpokenTokens
from tui.plain.writing import Writing
from tui.shell.output import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.review.states import Entry
    from engine.settings import Settings
    from engine.workspace import Workspace
    from tui.actions.action import Handler
    from tui.course.card import Card
    from tui.course.lineup import Lineup
    from tui.plain.choices import Spoken
    from tui.plain.conversation import Conversation

PROMPT = "> "
ABOUT_THE_CARD = frozenset({"Decide", "Choose"})
"""Groups of actions that wait until the person has heard how the image is now."""
ALWAYS = frozenset({"undo", "redo"})
"""But for these."""


class Session:
    """One review."""

    def __init__(self, workspace: Workspace, settings: Settings, lineup: Lineup, conversation: Conversation) -> None:
        """Prepare; nothing is read yet.

        Args:
            workspace: The dataset.
            settings: Those in force.
            lineup: The queue, empty yet.
            conversation: Where lines come from and go to.
        """
        self.workspace, self._conversation = workspace, conversation
        self._stage, self._idle = SpokenStage(), Idle()
        self._hand = Hand(self._idle)
        self.turns = Turns(workspace, self._hand, self._idle, self._stage, lineup)
        actions, keymap = all_actions(), Keymap(settings.keys)
        self.turns.keys = self._keys = keymap.keys(actions)
        self._lines = Lines(actions, self._keys)
        deciding, choosing = Deciding(self.turns, self._hand), Choosing(self.turns)
        self._writing = Writing(self.turns, deciding, self._hand, self._stage)
        self._results = Results(workspace)
        self._tokens = SpokenTokens(settings, self._hand, self._stage)
        self._seeker = Seeker(workspace, self._idle, settings)
        self._finding = Finding(self.turns, self._seeker, self._hand, self._stage, settings.filters)
        shared = {**self.turns.handlers, **deciding.handlers, **choosing.handlers}
        self._handlers: Spoken = {
            **{name: partial(_alone, name, handler) for name, handler in shared.items()},
            **Choices(choosing, self._stage).handlers,
            **self._writing.handlers,
            **self._finding.handlers,
            **Threshold(self.turns, self._hand, self._stage).handlers,
            **self._tokens.handlers,
            "read": self._read,
            "result": self._result,
            "counts": self._count,
            "help": self._help,
            "quit": self._quit,
        }
        self.actions = tuple(action for action in actions if action.name in self._handlers)
        """What can be asked for here."""
        self._heard: hearing.Heard | None = None
        self._told = 0
        self._problems = keymap.problems
        self._over = False

    def run(self) -> None:
        """Review until the person leaves, or their input ends."""
        try:
            with asyncio.Runner() as runner:
                runner.run(self._begin())
                while not self._over:
                    typing = self._writing.typing
                    line = self._conversation.ask(typing.prompt if typing else PROMPT)
                    runner.run(self._end() if line is None else self._take(line))
        except BaseException:
            self._conversation.say([""])  # what follows does not stand behind the prompt
            raise
        finally:
            self._results.close()
            self._hand.last(self.turns.thresholds.settle)
            self._hand.last(self._writing.put_by)
            self._hand.last(self._writing.drafts.flush)
            self._hand.rest()
            self._seeker.close()

    async def _begin(self) -> None:
        """Look through the folder, and read the first image."""
        await self._hand.do(self.workspace.scan)
        await self._finding.begin()
        await self.turns.arrange()
        counts = self.turns.counts
        waiting = counts.pending + counts.untouched
        self._stage.read([f"cutline, {self.workspace.title}: {count(counts.images, 'image')}, {waiting:,} to decide."])
        self._stage.say("help and Enter tells what you can type, quit and Enter leaves")
        for problem in self._problems:
            self._stage.say(problem)
        await self._writing.begin()
        await self._tell()
        self._results.open()

    async def _take(self, line: str) -> None:
        """Do what a line asks for, and say what came of it."""
        try:
            if (typing := self._writing.typing) is None:
                await self._do(self._lines.read(line))
            elif await typing.take(line) and self._writing.typing is typing:
                self._writing.typing = None
        except WrongUsage as misunderstood:
            self._stage.say(str(misunderstood))
        except CutlineError as problem:
            self._writing.typing = None
            await self.turns.failed(problem)
        await self._tell()

    async def _end(self) -> None:
        """Leave because nothing more will be typed."""
        self._stage.read([""])  # what follows does not stand behind the prompt
        await self._leave()
        await self._tell()

    async def _do(self, asked: Asked) -> None:
        action, turns = asked.action, self.turns
        await (turns.take_news() if self._results.news() else turns.look())
        card = turns.card
        about_it = action.group in ABOUT_THE_CARD and action.name not in ALWAYS
        if about_it and card is not None and hearing.is_changed(self._heard, card):
            self._stage.say("This is not what was read to you: it changed meanwhile. Nothing was done. It is now so")
            return
        if action.name not in self._handlers:
            self._stage.say(f"{spoken(action.name)} is on the screen only: cutline without --plain")
            return
        if reason := why_not(action, asked.rest, turns):
            self._stage.say(reason)
            return
        if action not in (commands.ThresholdDown, commands.ThresholdUp):
            await turns.settle()
        await self._handlers[action.name](card, asked.rest)

    async def _tell(self) -> None:
        """Say what was said, and what of the image in view is news."""
        await self._writing.keep()
        lines = [*self._notices(), *self._results.troubles(), *self._stage.said()]
        card = self.turns.card
        if self._over or self._writing.typing is not None:
            self._conversation.say(lines)
            return
        if card is None:
            lines = lines or ["There is no image here."] if self._heard or not lines else lines
            self._heard = None
        elif hearing.is_new(self._heard, card):
            lines += await self._image(card)
        else:
            assert self._heard is not None
            lines += hearing.news(self._heard, card, self._entry(card))
            self._heard = hearing.heard(card, self._entry(card))
        self._conversation.say(lines or ["Nothing changed."])

    async def _image(self, card: Card) -> list[str]:
        """Return all there is to say of an image."""
        size, damage = await self._hand.do(upright_size, self.workspace.root / os.fsdecode(card.frame.image.key))
        if damage:
            await self._hand.do(self.workspace.note_unreadable, {card.image: damage})
        place = f"{self.turns.place + 1:,} of {self.turns.length:,}"
        lines = speak.head(card, self._entry(card), place, size, has_draft=self._writing.drafts.is_on(card))
        self._heard = hearing.heard(card, self._entry(card))
        return [*lines, *speak.body(card), *await self._tokens.warnings(card)]

    def _entry(self, card: Card) -> Entry | None:
        return self.workspace.entries.get(card.image)

    def _notices(self) -> Iterator[str]:
        """Yield what opening and scanning the folder brought up since the last time."""
        notices, self._told = self.workspace.notices[self._told :], len(self.workspace.notices)
        yield from notices

    # --- actions of its own -----------------------------------------------------------------------------------

    async def _read(self, _: Card | None, rest: str) -> None:
        nothing_behind("read", rest)
        self._heard = None

    async def _result(self, card: Card | None, rest: str) -> None:
        nothing_behind("result", rest)
        if card is not None:
            self._stage.read(speak.result(card))

    async def _count(self, _: Card | None, rest: str) -> None:
        nothing_behind("counts", rest)
        counts = self.workspace.counts()
        states = [f"{getattr(counts, name):,} {name}" for name in ("pending", "untouched", "accepted", "rejected")]
        marks = [f"{getattr(counts, name):,} {name}" for name in ("flagged", "skipped", "unreadable")]
        self._stage.say(f"{count(counts.images, 'image')}: {', '.join([*states, *marks])}")
        self._stage.say(f"Here is {self.turns.place + 1:,} of the {self.turns.length:,} in this queue")
        if self._stage.rhythm:
            self._stage.say(self._stage.rhythm.replace("/min", " a minute").replace(" · ", ", "))

    async def _help(self, _: Card | None, rest: str) -> None:
        asked = rest if rest in ("", "all") else self._lines.read(rest).action.name
        self._stage.read(assistance.about(asked, self.actions, self._keys))

    async def _quit(self, _: Card | None, rest: str) -> None:
        nothing_behind("quit", rest)
        if await self._writing.may_leave():
            await self._leave()

    async def _leave(self) -> None:
        """Leave: everything decided is on disk."""
        self._over = True
        await self.turns.settle()
        if self._writing.typing is not None:
            self._writing.typing.leave()
        self._stage.say("Everything you decided is on disk")
        await self._writing.farewell()


async def _alone(name: str, handler: Handler, card: Card | None, rest: str) -> None:
    """Do what the screen does, too; it takes nothing but its name."""
    nothing_behind(name, rest)
    await handler(card)
