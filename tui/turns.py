"""Turns: what keys ask for, one after another, each on the image the person was looking at.

Keys go into a queue; one task takes them out and lets the hand (one thread) do the disk's part. A key pressed
while the next image is still being read waits, and then acts on the image that is shown by then. A key pressed
on a card acts on that card as it was seen, also when others' changes drew it anew in between; what an earlier key
made of the card counts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import parse
from engine.errors import CutlineError, WrongUsage
from engine.review.frames import Frame
from engine.review.records import Counts, Image
from tui.card import Card
from tui.lineup import OPEN_STATES
from tui.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.review.decide import Step
    from engine.review.records import ImageId
    from engine.workspace import Workspace
    from tui.actions.action import Handler, Handlers
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.lineup import Lineup
    from tui.stage import Stage


class Turn(NamedTuple):
    """One thing asked for."""

    act: Handler
    seen: Card | None


class Turns:
    """The course of a review: the queue of what was asked, the line-up, and the card in view."""

    def __init__(self, workspace: Workspace, hand: Hand, idle: Idle, stage: Stage, lineup: Lineup) -> None:
        """Start with an empty line-up.

        Args:
            workspace: The dataset.
            hand: Runs what touches the workspace.
            idle: Counts what is asked and not yet done.
            stage: Shows the outcome.
            lineup: The queue, empty yet.
        """
        self.workspace, self.stage = workspace, stage
        self.lineup = lineup
        self.card: Card | None = None
        self.counts = Counts()
        self.thresholds = Thresholds(workspace)
        self._hand, self._idle = hand, idle
        self._asked: asyncio.Queue[Turn] = asyncio.Queue()
        self._visit = 0
        self._first_was_decided = False

    @property
    def place(self) -> int:
        """Where the image in view stands in the queue, from 0."""
        return self.lineup.place

    @property
    def length(self) -> int:
        """How many images the queue holds."""
        return len(self.lineup.ids)

    @property
    def state(self) -> str:
        """The state of the image in view; empty when there is none."""
        entry = self.workspace.entries.get(self.card.image) if self.card else None
        return entry.state if entry else ""

    @property
    def waiting(self) -> bool:
        """Whether something was asked for and not yet begun."""
        return not self._asked.empty()

    @property
    def handlers(self) -> Handlers:
        """What does the actions of `tui.actions.deciding` and `tui.actions.moving`, but for editing."""
        return {
            "accept": self.accept,
            "accept_candidate": self.accept_candidate,
            "reject": self.reject,
            "skip": self.skip,
            "flag": self.flag,
            "undo": self.undo,
            "next": lambda _: self.go(self.place + 1),
            "previous": lambda _: self.go(self.place - 1),
            "first": lambda _: self.go(0),
            "last": lambda _: self.go(self.length - 1),
        }

    def ask(self, act: Handler) -> None:
        """Put one thing at the end of the queue, for the card that is seen now."""
        self._idle.rise()
        self._asked.put_nowait(Turn(act, self.card))

    async def run(self) -> None:
        """Take turns for ever."""
        while True:
            turn = await self._asked.get()
            try:
                seen = turn.seen.latest if turn.seen else None
                await turn.act(seen if seen and self.card and seen.visit == self.card.visit else self.card)
            except CutlineError as problem:
                self.stage.say(str(problem), "error")
                await self.look()
            finally:
                self._idle.fall()

    # --- decisions --------------------------------------------------------------------------------------------

    async def accept(self, card: Card | None) -> None:
        """Write what is chosen on the card, answer all its open candidates, go on; only go on where that was done."""
        if card is None:
            return
        entry = self.workspace.entries.get(card.image)
        if entry is not None and entry.state == "accepted" and not card.frame.open:
            await self._go_on(f"{_name(card)}: accepted already")
        else:
            await self._decide(card, _told_accept, lambda: self.workspace.accept(card.frame, card.decision()))

    async def reject(self, card: Card | None) -> None:
        """Turn all open candidates of the card down, go on."""
        if card is not None:
            await self._decide(card, _told_reject, lambda: self.workspace.reject(card.frame))

    async def skip(self, card: Card | None) -> None:
        """Pass the image over for this session, go on."""
        if card is not None:
            await self._decide(card, _told_skip, lambda: self.workspace.mark(card.image, "skip"))

    async def accept_candidate(self, card: Card | None) -> None:
        """Write what is chosen of the candidate in view, stay."""
        if card is None or card.candidate is None:
            return
        only = card.candidate.proposal.id
        await self._stay(card, lambda: self.workspace.accept(card.frame, card.decision(), only={only}))

    async def flag(self, card: Card | None) -> None:
        """Put a flag on the image or take it off, stay."""
        if card is not None:
            mark = "unflag" if self.workspace.entries[card.image].flagged else "flag"
            await self._stay(card, lambda: self.workspace.mark(card.image, mark))

    async def save(self, card: Card, text: str) -> None:
        """Write a caption by hand, stay.

        Raises:
            CutlineError: Nothing was written; the text is still the caller's to keep.
        """
        await self._stay(card, lambda: self.workspace.edit(card.frame, text))

    async def undo(self, _: Card | None) -> None:
        """Take back this session's last step and go where it was made."""
        undone = await self._hand.do(self.workspace.undo_last)
        if undone is None:
            self.stage.say("nothing of this session is left to undo", "warning")
            return
        for _image, reason in undone.refused:
            self.stage.say(f"not undone: {reason}", "error")
        if undone.images or undone.sources:
            views = [f"view of {source}" for source in undone.sources]
            self.stage.say(f"undone: {', '.join([*views, *(kind for kind in undone.kinds if kind != 'view')])}", "good")
            self._recount()
            if undone.images and undone.images[0] in self.lineup.ids:
                self.lineup.move(self.lineup.ids.index(undone.images[0]))
            await self._arrive()

    async def _decide(self, card: Card, told: Callable[[Step | None], str], step: Callable[[], Step | None]) -> None:
        """Make a step, and go to the next image that waits, in one visit of the thread."""
        entries = self.workspace.entries

        def decide_and_read() -> tuple[Step | None, int | None, Card | None]:
            result = step()
            place = self.lineup.next_open(entries)
            return result, place, None if place is None else self.read(self.lineup.ids[place])

        made, onward, following = await self._hand.do(decide_and_read)
        self._recount()
        told_text = f"{_name(card)}: {told(made)}"
        self.stage.say(told_text if onward is not None else f"{told_text}; nothing else waits for a decision", "good")
        if onward is None:
            await self._arrive()
        else:
            self.lineup.move(onward)
            self._turn_to(following)

    async def _go_on(self, told: str) -> None:
        """Go to the next image that waits, without a step."""
        onward = self.lineup.next_open(self.workspace.entries)
        self.stage.say(told if onward is not None else f"{told}; nothing else waits for a decision")
        if onward is not None:
            self.lineup.move(onward)
            await self._arrive()

    async def _stay(self, card: Card, step: Callable[[], object]) -> None:
        """Make a step and show the same image as it is then."""

        def step_and_read() -> Card:
            step()
            return self.read(card.image, of=card)

        renewed = await self._hand.do(step_and_read)
        self._recount()
        self.redraw(card, renewed)

    # --- moving and looking -----------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Show the image that the review begins with, then load all others behind it."""
        if self.lineup.is_usual:
            first = await self._hand.do(self.workspace.first_in_queue)
            if first is not None:
                self.lineup.take([first])
                await self._arrive()
        await self._hand.do(self.workspace.load)
        await self.arrange()

    async def settle(self) -> None:
        """Put the threshold that is being moved in force."""
        if self.thresholds.moved is not None:
            await self._hand.do(self.thresholds.settle)

    async def go(self, place: int) -> None:
        """Go to a place of the queue, at most to its ends."""
        await self.settle()
        if self.lineup.move(place):
            await self._arrive()

    async def go_to(self, key: bytes) -> None:
        """Go to an image by its key.

        Raises:
            CutlineError: It is not in the dataset, or not in this queue.
        """
        image = self.workspace.entry_of(key).id
        if image not in self.lineup.ids:
            raise WrongUsage(f"{key.decode(errors='surrogateescape')} is not in this queue", "it is filtered out")
        await self.go(self.lineup.ids.index(image))

    async def arrange(self, _: Card | None = None) -> None:
        """Take in images that are new or gone."""
        ids = await self._hand.do(self.lineup.arranged, self.workspace.entries)
        here = self.lineup.here
        self.lineup.take(ids)
        self._recount()
        self.stage.show_lineup()
        onward = self.lineup.next_open(self.workspace.entries) if self._begun_on_decided() else None
        if onward is not None:
            self.lineup.move(onward)
        if self.lineup.here != here or self.card is None:
            await self._arrive()

    def _begun_on_decided(self) -> bool:
        """Say whether the person still is where the review began, and nothing waited for a decision there."""
        return self._visit == 1 and self._first_was_decided and self.lineup.is_usual

    async def look(self, _: Card | None = None) -> None:
        """Take in what others did to the store and to the caption in view."""
        card = self.card

        def refresh_and_read() -> tuple[bool, Card | None]:
            changed = bool(self.workspace.refresh())
            return changed, None if card is None else self.read(card.image, of=card)

        changed, renewed = await self._hand.do(refresh_and_read)
        if changed:
            await self.arrange()
        if renewed and card is self.card and card and (renewed.frame, renewed.problem) != (card.frame, card.problem):
            self._show(renewed)

    async def take_news(self) -> None:
        """Take in results that a thread of ours stored: it has refreshed the workspace, so `look` sees no change."""
        await self.arrange()
        await self.look()

    def _recount(self) -> None:
        self.counts = self.workspace.counts()
        self.stage.show_counts(self.counts)

    async def _arrive(self) -> None:
        """Read the image at the present place and show it."""
        here = self.lineup.here
        self._turn_to(None if here is None else await self._hand.do(self.read, here))

    def _turn_to(self, card: Card | None) -> None:
        """Show an image newly come to."""
        self._visit += 1
        if card is not None:
            card.visit = self._visit
        self._show(card)
        if self._visit == 1:
            self._first_was_decided = self.state not in {"", *OPEN_STATES}

    def _show(self, card: Card | None) -> None:
        self.card = card
        self.stage.show_lineup()
        self.stage.show_card(card)

    def redraw(self, card: Card, renewed: Card) -> None:
        """Show what a key made of a card: keys pressed on the card before act on this one."""
        card.redrawn = renewed
        if self.card is not None and self.card is not renewed:
            self.card.redrawn = renewed
        self._show(renewed)

    def read(self, image: ImageId, of: Card | None = None) -> Card:
        """Read a card; in the hand's thread."""
        try:
            frame = self.workspace.frame(image, self.thresholds.views)
            problem = frame.unwritable
        except (CutlineError, OSError) as unreadable:
            entry = self.workspace.entries[image]
            bare = Image(image, entry.key, entry.size, entry.mtime_ns, None, entry.unreadable)
            frame, problem = Frame(bare, b"", None, parse(None), ()), str(unreadable)
        return Card(frame, 0, problem) if of is None else of.renewed(frame, problem)


def _name(card: Card) -> str:
    return card.frame.image.key.rpartition(b"/")[2].decode(errors="surrogateescape")


def _told_accept(step: Step | None) -> str:
    return "accepted and written" if step and step.wrote else "accepted as it stands"


def _told_reject(_: Step | None) -> str:
    return "rejected, the caption stays"


def _told_skip(_: Step | None) -> str:
    return "skipped for this session"
