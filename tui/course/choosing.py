"""What keys choose on the card in view: which change, which candidate; nothing of it is on disk before a decision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.actions.choosing import AsProposed

if TYPE_CHECKING:
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.turns import Turns

NUMBERED_CANDIDATES = 9


class Choosing:
    """Handlers of the actions in `tui.actions.choosing`, but for those of the threshold and of writing anew."""

    def __init__(self, turns: Turns) -> None:
        """Keep where to show it.

        Args:
            turns: The course of the review, whose stage shows the card.
        """
        self._turns, self._stage = turns, turns.stage
        self._put_back: Card | None = None
        """What the person had made of the card that was last put back as it was proposed."""

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        numbered = {f"show_candidate_{n}": partial(self.show_candidate, n) for n in range(1, NUMBERED_CANDIDATES + 1)}
        return {
            "toggle_hunk": self.toggle_hunk,
            "next_hunk": partial(self.move_cursor, 1),
            "previous_hunk": partial(self.move_cursor, -1),
            "choose_range": self.choose_range,
            "choose_category": self.choose_category,
            "choose_above": self.choose_above,
            "choose_all": self.choose_all,
            "invert_choice": self.invert_choice,
            "split_hunk": self.split_hunk,
            "as_proposed": self.as_proposed,
            **numbered,
            "next_candidate": partial(self.turn_candidates, 1),
            "previous_candidate": partial(self.turn_candidates, -1),
            "next_blend": self.next_blend,
        }

    # --- changes ----------------------------------------------------------------------------------------------

    async def toggle_hunk(self, card: Card | None) -> None:
        """Choose the change at the cursor, or leave it out."""
        if card is not None:
            card.toggle()
            self._stage.renew_card()

    async def move_cursor(self, by: int, card: Card | None) -> None:
        """Go to another change."""
        if card is not None:
            card.move_cursor(by)
            self._stage.renew_card()

    async def choose_range(self, card: Card | None) -> None:
        """Do to all changes between the last one chosen and the cursor what was done to that one."""
        if card is None or card.anchor is None:
            return
        first, last = sorted((card.anchor, card.cursor))
        stretch, chosen = frozenset(range(first, last + 1)), card.chosen(card.shown)
        self._choose(card, chosen | stretch if card.anchor in chosen else chosen - stretch)

    async def choose_category(self, card: Card | None) -> None:
        """Choose all changes of a category, or leave them out."""
        if card is not None and card.hunks:
            self._choose_or_leave(card, card.face(card.shown).alike(card.cursor))

    async def choose_all(self, card: Card | None) -> None:
        """Choose all changes, or leave them out."""
        if card is not None:
            self._choose_or_leave(card, frozenset(range(len(card.hunks))))

    async def choose_above(self, card: Card | None) -> None:
        """Choose what scores as high as the change at the cursor, and leave out what scores lower."""
        if card is None or not card.hunks or (least := card.hunks[card.cursor].score) is None:
            return
        scores = {i: hunk.score for i, hunk in enumerate(card.hunks) if hunk.score is not None}
        unscored = card.chosen(card.shown) - scores.keys()
        self._choose(card, unscored | {i for i, score in scores.items() if score >= least})

    async def invert_choice(self, card: Card | None) -> None:
        """Choose what is left out, leave out what is chosen."""
        if card is not None:
            self._choose(card, frozenset(range(len(card.hunks))) - card.chosen(card.shown))

    def _choose_or_leave(self, card: Card, which: frozenset[int]) -> None:
        before = card.chosen(card.shown)
        self._choose(card, before | which)
        if card.chosen(card.shown) == before:  # all of it that can be chosen together was
            self._choose(card, before - which)

    def _choose(self, card: Card, chosen: frozenset[int]) -> None:
        card.choose(chosen)
        self._stage.renew_card()

    async def split_hunk(self, card: Card | None) -> None:
        """Take the change at the cursor to parts."""
        if card is None:
            return
        if card.work():
            self._stage.renew_card()
        else:
            self._stage.say("this change has no smaller parts", "warning")

    async def as_proposed(self, card: Card | None) -> None:
        """Put the changes of the image back as they were proposed; once more brings back what the person made of them."""
        if card is None:
            return
        if card.touched:
            self._put_back = card
            self._turns.redraw(card, card.as_proposed())
            self._turns.left.forget(card.image)
            again = self._turns.keys.shown(AsProposed)
            self._stage.say(f"as it was proposed; {again} again brings back what you chose and wrote")
        elif self._put_back is not None and self._put_back.image == card.image:
            self._turns.redraw(card, self._put_back.renewed(card.frame, card.problem))
            self._stage.say("as you had chosen and written it")
        else:
            self._stage.say("nothing was chosen, split or written here: it is as it was proposed", "warning")

    # --- candidates -------------------------------------------------------------------------------------------

    async def show_candidate(self, number: int, card: Card | None) -> None:
        """Bring a candidate into view by its number, from 1."""
        if card is None:
            return
        if number > len(card.frame.candidates):
            self._stage.say(f"there is no candidate {number} here", "warning")
            return
        await self.look_at(number - 1, card)

    async def look_at(self, place: int, card: Card | None) -> None:
        """Bring a candidate or a blend into view by its place, from 0."""
        if card is not None and place < len(card.frame.candidates) + len(card.blends):
            card.look_at(place)
            self._stage.renew_card()
            if card.blend is not None and (left := card.face(place).left_behind):
                told = ", ".join(left)
                self._stage.say(f"{card.blend.name} has no place for what you wrote: {told}", "warning")

    async def turn_candidates(self, by: int, card: Card | None) -> None:
        """Bring the next or previous candidate into view, round the ends; from a blend the first or last one."""
        if card is not None and (count := len(card.frame.candidates)):
            here = card.shown if card.blend is None else -1 if by > 0 else count
            await self.look_at((here + by) % count, card)

    async def next_blend(self, card: Card | None) -> None:
        """Bring the next blend into view, round the ends."""
        if card is not None and card.blends:
            first = len(card.frame.candidates)
            here = card.shown - first if card.blend else -1
            await self.look_at(first + (here + 1) % len(card.blends), card)
