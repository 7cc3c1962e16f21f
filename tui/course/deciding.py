"""What keys decide about the card in view: each is one step of the journal, made in the hand's thread.

A decision and the reading of the next image are one visit of that thread, so that the next card follows at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from engine.errors import ChangedOutside
from tui import commands
from tui.course.lineup import OPEN_STATES
from tui.course.undoing import Undoing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.review.decide import Step
    from engine.review.records import ImageId
    from tui.actions.action import Handlers
    from tui.course.card import Card, Decision
    from tui.course.turns import Turns
    from tui.hand import Hand


T = TypeVar("T")


class Deciding:
    """Handlers of the actions in `tui.actions.deciding`, but for editing by hand."""

    def __init__(self, turns: Turns, hand: Hand) -> None:
        """Keep what decisions are made with.

        Args:
            turns: The course of the review.
            hand: Runs what touches the workspace.
        """
        self._turns, self._hand = turns, hand
        self._workspace, self._stage = turns.workspace, turns.stage
        self._left: dict[ImageId, int] = {}
        """Images set aside in this session: where each stood in the queue."""
        self.undoing = Undoing(turns, hand, self._left)

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        return {
            "accept": self.accept,
            "accept_candidate": self.accept_candidate,
            "reject": self.reject,
            "skip": self.skip,
            "flag": self.flag,
            "set_aside": self.set_aside,
            **self.undoing.handlers,
        }

    async def accept(self, card: Card | None) -> None:
        """Write what is chosen on the card, answer all its open candidates, go on; only go on where that was done."""
        if card is None:
            return
        entry = self._workspace.entries.get(card.image)
        if entry is not None and entry.state == "accepted" and not card.frame.open:
            await self._go_on(f"{_name(card)}: accepted already")
        else:
            await self._decide(card, _told_accept, lambda: self._accept(card.decision()))

    async def reject(self, card: Card | None) -> None:
        """Turn all open candidates of the card down, go on."""
        if card is not None:
            await self._decide(card, _told_reject, lambda: self._workspace.reject(card.frame))

    async def skip(self, card: Card | None) -> None:
        """Pass the image over for this session, go on."""
        if card is not None:
            await self._decide(card, _told_skip, lambda: self._workspace.mark(card.image, "skip"))

    async def accept_candidate(self, card: Card | None) -> None:
        """Write what is chosen of the candidate in view, stay; say what is in view then."""
        if card is None or not card.frame.candidates:
            return
        what = card.blend.name if card.blend else card.candidate.proposal.source if card.candidate else ""
        step = await self._stay(card, lambda: self._accept(card.decision(alone=True)))
        now = self._turns.card.candidate if self._turns.card else None
        left = f"{now.proposal.source} is open yet" if now and now.answer is None else "no candidate is open any more"
        self._stage.say(f"{_name(card)}: {what} {_told_accept(step)}; {left}", "good")

    def _accept(self, what: Decision) -> Step:
        return self._workspace.accept(what.frame, what.chosen, what.only, hunks=what.hunks)

    async def flag(self, card: Card | None) -> None:
        """Put a flag on the image or take it off, stay."""
        if card is None:
            return
        entry = self._workspace.entries.get(card.image)
        if entry is None:
            raise ChangedOutside("the image was moved or set aside meanwhile", "it leaves the queue")
        mark = "unflag" if entry.flagged else "flag"
        await self._stay(card, lambda: self._workspace.mark(card.image, mark))

    async def set_aside(self, card: Card | None) -> None:
        """Move the image out of the dataset; the queue closes behind it."""
        if card is None:
            return
        turns, entries = self._turns, self._workspace.entries

        def move_and_arrange() -> Sequence[ImageId]:
            self._workspace.set_aside(card.image)
            return turns.lineup.arranged(entries)

        ids = await self._hand.do(move_and_arrange)
        if card.image in turns.lineup.ids:
            self._left[card.image] = turns.lineup.ids.index(card.image)
        turns.rhythm.beat()
        turns.lineup.take(ids)
        turns.recount([card.image])
        here = entries.get(turns.lineup.here or 0)
        onward = turns.lineup.next_open(entries) if here is not None and here.state not in OPEN_STATES else None
        if onward is not None:
            turns.lineup.move(onward)
        self._stage.say(f"{_name(card)}: set aside; {turns.keys.told(commands.Undo)} brings it back", "good")
        await turns.arrive()

    async def save(self, card: Card, text: str) -> None:
        """Write a caption by hand, stay.

        Raises:
            CutlineError: Nothing was written; the text is still the caller's to keep.
        """
        await self._stay(card, lambda: self._workspace.edit(card.frame, text))

    async def rewrite(self, card: Card, after: bytes | None) -> None:
        """Write a caption's bytes as an edit by hand, stay.

        Raises:
            CutlineError: Nothing was written.
        """
        await self._stay(card, lambda: self._workspace.write(card.frame, after))

    async def _decide(
        self,
        card: Card,
        told: Callable[[Step | None], str],
        step: Callable[[], Step | None],
    ) -> None:
        """Make a step, and go to the next image that waits, in one visit of the thread."""
        entries = self._workspace.entries

        def decide_and_read() -> tuple[Step | None, int | None, Card | None]:
            result = step()
            place = self._turns.lineup.next_open(entries)
            return result, place, None if place is None else self._turns.read(self._turns.lineup.ids[place])

        made, onward, following = await self._hand.do(decide_and_read)
        self._turns.rhythm.beat()
        self._turns.recount([card.image])
        told_text = f"{_name(card)}: {told(made)}"
        self._stage.say(told_text if onward is not None else f"{told_text}; {self._turns.told_end()}", "good")
        if onward is None:
            await self._turns.arrive()
        else:
            self._turns.lineup.move(onward)
            self._turns.turn_to(following)

    async def _go_on(self, told: str) -> None:
        """Go to the next image that waits, without a step."""
        onward = self._turns.lineup.next_open(self._workspace.entries)
        self._stage.say(told if onward is not None else f"{told}; {self._turns.told_end()}")
        if onward is not None:
            self._turns.lineup.move(onward)
            await self._turns.arrive()

    async def _stay(self, card: Card, step: Callable[[], T]) -> T:
        """Make a step and show the same image as it is then; return the step."""

        def step_and_read() -> tuple[T, Card]:
            return step(), self._turns.read(card.image, of=card)

        made, renewed = await self._hand.do(step_and_read)
        self._turns.recount([card.image])
        self._turns.redraw(card, renewed)
        return made


def _name(card: Card) -> str:
    return card.frame.image.key.rpartition(b"/")[2].decode(errors="surrogateescape")


def _told_accept(step: Step | None) -> str:
    return "accepted and written" if step and step.wrote else "accepted as it stands"


def _told_reject(_: Step | None) -> str:
    return "rejected, the caption stays"


def _told_skip(_: Step | None) -> str:
    return "skipped for this session"
