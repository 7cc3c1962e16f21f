"""A card: one image as the person sees it, and what they chose on it so far; pure, but for the choosing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.diff import apply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.captions.diff import Hunk
    from engine.review.frames import Frame, Shown
    from engine.review.records import ImageId


class Card:
    """A frame with a shown candidate, a cursor among its hunks, and the hunks chosen."""

    def __init__(self, frame: Frame, visit: int, problem: str = "") -> None:
        """Open on the first candidate that nobody answered.

        Args:
            frame: What was read.
            visit: Which coming-to-this-image it belongs to: a key pressed on a card counts for the same visit.
            problem: Why the caption cannot be decided on; empty when it can.
        """
        self.frame = frame
        self.visit = visit
        self.problem = problem
        self.shown = next((i for i, one in enumerate(frame.candidates) if one.answer is None), 0)
        self.cursor = 0
        self.redrawn: Card | None = None
        """What a key of the person made of it; None while nothing did."""
        self._touched: dict[int, frozenset[int]] = {}
        self._said: dict[int, dict[str, bool]] = {}
        """By proposal that was touched: what was last said of each hunk, by label, also of those that are gone."""

    @property
    def image(self) -> ImageId:
        """The image it shows."""
        return self.frame.image.id

    @property
    def latest(self) -> Card:
        """What keys have made of it by now."""
        card = self
        while card.redrawn is not None:
            card = card.redrawn
        return card

    @property
    def candidate(self) -> Shown | None:
        """The candidate in view; None when there is none."""
        return self.frame.candidates[self.shown] if self.frame.candidates else None

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """The hunks of the candidate in view."""
        return self.candidate.hunks if self.candidate else ()

    def chosen(self, place: int) -> frozenset[int]:
        """Return which hunks of a candidate are chosen: what the person said, else the default of the one in view."""
        shown = self.frame.candidates[place]
        if shown.answer is not None:
            return frozenset()
        if shown.proposal.id in self._touched:
            return self._touched[shown.proposal.id]
        if place != self.shown or shown.stale:
            return frozenset()
        return frozenset(i for i, hunk in enumerate(shown.hunks) if hunk.chosen)

    def toggle(self) -> None:
        """Choose the hunk at the cursor, or unchoose it."""
        if self.candidate is not None and self.hunks:
            self._touched[self.candidate.proposal.id] = self.chosen(self.shown) ^ {self.cursor}

    def move_cursor(self, by: int) -> None:
        """Go to another hunk of the candidate in view, round the ends."""
        if self.hunks:
            self.cursor = (self.cursor + by) % len(self.hunks)

    def look_at(self, place: int) -> None:
        """Bring another candidate into view."""
        if place != self.shown:
            self.shown, self.cursor = place, 0

    def decision(self) -> dict[int, tuple[Hunk, ...]]:
        """Return the chosen hunks of every open candidate, by proposal."""
        return {
            shown.proposal.id: tuple(shown.hunks[i] for i in sorted(self.chosen(place)))
            for place, shown in enumerate(self.frame.candidates)
            if shown.answer is None
        }

    def result(self) -> bytes | None:
        """Return exactly what accepting would leave in the file; None when there would be none."""
        return apply(self.frame.caption, [hunk for hunks in self.decision().values() for hunk in hunks])

    def renewed(self, frame: Frame, problem: str = "") -> Card:
        """Return a card of the same visit over a newer frame.

        What was chosen or left out by hand stays so, also where its hunk was gone for a while; a hunk that is new is
        as on opening. The cursor stays on its hunk.
        """
        card = Card(frame, self.visit, problem)
        was = {shown.proposal.id: (place, shown) for place, shown in enumerate(self.frame.candidates)}
        for place, shown in enumerate(frame.candidates):
            proposal = shown.proposal.id
            if self.candidate is not None and proposal == self.candidate.proposal.id and shown.answer is None:
                card.shown, card.cursor = place, self._cursor_among(shown.hunks)
            if proposal in self._touched:
                before, old = was[proposal]
                chosen = self.chosen(before)
                said = self._said.get(proposal, {}) | {h.label: i in chosen for i, h in enumerate(old.hunks)}
                card._said[proposal] = said
                card._touched[proposal] = frozenset(
                    i for i, h in enumerate(shown.hunks) if said.get(h.label, h.chosen and not shown.stale)
                )
        return card

    def _cursor_among(self, hunks: Sequence[Hunk]) -> int:
        """Return where the hunk under the cursor stands among others; where it is gone, the same place."""
        label = self.hunks[self.cursor].label if self.hunks else ""
        places = [place for place, hunk in enumerate(hunks) if hunk.label == label]
        return min(places or [min(self.cursor, max(0, len(hunks) - 1))], key=lambda place: abs(place - self.cursor))
