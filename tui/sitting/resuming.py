"""Coming back: where a person was is kept while they review, and found again at the next start."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from tui.sitting import bookmark
from tui.sitting.bookmark import Bookmark

if TYPE_CHECKING:
    from engine.review.records import ImageId
    from tui.course.turns import Turns
    from tui.finding.in_force import Finding
    from tui.hand import Hand

KEPT_EVERY_SECONDS = 4.0
"""A sitting that is killed loses no more than this of where it was."""


class Resuming:
    """Reads the bookmark of a dataset at the start, and writes it now and then and at the end."""

    def __init__(self, turns: Turns, finding: Finding, hand: Hand) -> None:
        """Read nothing yet.

        Args:
            turns: The course of the review.
            finding: Puts the filter of the last time in force.
            hand: Reads and writes.
        """
        self._turns, self._finding, self._hand = turns, finding, hand
        self.is_on = False
        """Whether the sitting begins where the last one ended; one that was told what to show does not, and leaves the
        bookmark as it is."""
        workspace = turns.workspace
        self._folder = workspace.root / os.fsdecode(workspace.below)
        self._kept = Bookmark()
        self._begun = False

    async def begin(self) -> None:
        """Show the image of the last time, else the first that waits; then all others, and what was selected."""
        turns = self._turns
        if self.is_on:
            self._kept = await self._hand.do(bookmark.load, self._folder)
            if self._kept.query or self._kept.order:
                self._finding.recall(self._kept.query, self._kept.order)
        kept = self._kept
        await turns.begin(kept.image, also_decided=bool(kept.query))
        if kept.selected:
            turns.selection.add(await self._hand.do(self._images, kept.selected))
            turns.stage.show_lineup()
        self._begun = True

    def _images(self, keys: tuple[bytes, ...]) -> list[ImageId]:
        by_key = self._turns.workspace.roster.by_key
        return [entry.id for key in keys if (entry := by_key(key)) is not None]

    async def keep(self) -> None:
        """Write the bookmark where something changed since the last time."""
        if self.is_on and self._begun:
            await self._hand.do(self.save)

    def close(self) -> None:
        """Write it once more, in the hand's thread behind all else."""
        self._hand.last(self.save)

    def save(self) -> None:
        """Write it where something changed; in any thread."""
        if not (self.is_on and self._begun):
            return
        turns, entries = self._turns, self._turns.workspace.entries
        card, query, order = turns.card, turns.lineup.query, turns.lineup.order
        selected = [entries[image].key for image in tuple(turns.selection.images) if image in entries]
        now = msgspec.structs.replace(
            bookmark.load(self._folder),  # it holds more than this
            image=card.frame.image.key if card is not None else b"",
            query=query.text if query is not None else "",
            order="" if order.text == "queue" else order.text,
            selected=tuple(sorted(selected)),
        )
        if now != self._kept:
            bookmark.save(self._folder, now)
            self._kept = now
