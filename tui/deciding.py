"""What keys decide about the card in view: each is one step of the journal, made in the hand's thread.

A decision and the reading of the next image are one visit of that thread, so that the next card follows at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.review.decide import Step
    from tui.actions.action import Handlers
    from tui.card import Card
    from tui.hand import Hand
    from tui.turns import Turns


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

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        return {
            "accept": self.accept,
            "accept_candidate": self.accept_candidate,
            "reject": self.reject,
            "skip": self.skip,
            "flag": self.flag,
            "undo": self.undo,
        }

    async def accept(self, card: Card | None) -> None:
        """Write what is chosen on the card, answer all its open candidates, go on; only go on where that was done."""
        if card is None:
            return
        entry = self._workspace.entries.get(card.image)
        if entry is not None and entry.state == "accepted" and not card.frame.open:
            await self._go_on(f"{_name(card)}: accepted already")
        else:
            await self._decide(card, _told_accept, lambda: self._workspace.accept(card.frame, card.decision()))

    async def reject(self, card: Card | None) -> None:
        """Turn all open candidates of the card down, go on."""
        if card is not None:
            await self._decide(card, _told_reject, lambda: self._workspace.reject(card.frame))

    async def skip(self, card: Card | None) -> None:
        """Pass the image over for this session, go on."""
        if card is not None:
            await self._decide(card, _told_skip, lambda: self._workspace.mark(card.image, "skip"))

    async def accept_candidate(self, card: Card | None) -> None:
        """Write what is chosen of the candidate in view, stay."""
        if card is None or card.candidate is None:
            return
        only = card.candidate.proposal.id
        await self._stay(card, lambda: self._workspace.accept(card.frame, card.decision(), only={only}))

    async def flag(self, card: Card | None) -> None:
        """Put a flag on the image or take it off, stay."""
        if card is not None:
            mark = "unflag" if self._workspace.entries[card.image].flagged else "flag"
            await self._stay(card, lambda: self._workspace.mark(card.image, mark))

    async def save(self, card: Card, text: str) -> None:
        """Write a caption by hand, stay.

        Raises:
            CutlineError: Nothing was written; the text is still the caller's to keep.
        """
        await self._stay(card, lambda: self._workspace.edit(card.frame, text))

    async def undo(self, _: Card | None) -> None:
        """Take back this session's last step and go where it was made."""
        undone = await self._hand.do(self._workspace.undo_last)
        if undone is None:
            self._stage.say("nothing of this session is left to undo", "warning")
            return
        for _image, reason in undone.refused:
            self._stage.say(f"not undone: {reason}", "error")
        if undone.images or undone.sources:
            views = [f"view of {source}" for source in undone.sources]
            self._stage.say(
                f"undone: {', '.join([*views, *(kind for kind in undone.kinds if kind != 'view')])}", "good"
            )
            self._turns.recount()
            if undone.images and undone.images[0] in self._turns.lineup.ids:
                self._turns.lineup.move(self._turns.lineup.ids.index(undone.images[0]))
            await self._turns.arrive()

    async def _decide(self, card: Card, told: Callable[[Step | None], str], step: Callable[[], Step | None]) -> None:
        """Make a step, and go to the next image that waits, in one visit of the thread."""
        entries = self._workspace.entries

        def decide_and_read() -> tuple[Step | None, int | None, Card | None]:
            result = step()
            place = self._turns.lineup.next_open(entries)
            return result, place, None if place is None else self._turns.read(self._turns.lineup.ids[place])

        made, onward, following = await self._hand.do(decide_and_read)
        self._turns.recount()
        told_text = f"{_name(card)}: {told(made)}"
        self._stage.say(told_text if onward is not None else f"{told_text}; nothing else waits for a decision", "good")
        if onward is None:
            await self._turns.arrive()
        else:
            self._turns.lineup.move(onward)
            self._turns.turn_to(following)

    async def _go_on(self, told: str) -> None:
        """Go to the next image that waits, without a step."""
        onward = self._turns.lineup.next_open(self._workspace.entries)
        self._stage.say(told if onward is not None else f"{told}; nothing else waits for a decision")
        if onward is not None:
            self._turns.lineup.move(onward)
            await self._turns.arrive()

    async def _stay(self, card: Card, step: Callable[[], object]) -> None:
        """Make a step and show the same image as it is then."""

        def step_and_read() -> Card:
            step()
            return self._turns.read(card.image, of=card)

        renewed = await self._hand.do(step_and_read)
        self._turns.recount()
        self._turns.redraw(card, renewed)


def _name(card: Card) -> str:
    return card.frame.image.key.rpartition(b"/")[2].decode(errors="surrogateescape")


def _told_accept(step: Step | None) -> str:
    return "accepted and written" if step and step.wrote else "accepted as it stands"


def _told_reject(_: Step | None) -> str:
    return "rejected, the caption stays"


def _told_skip(_: Step | None) -> str:
    return "skipped for this session"
