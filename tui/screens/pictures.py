"""The picture of the image in view: asked for ahead, shown once it is drawn, its facts handed to the caption."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.review.records import ImageId
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.hand import Hand
    from tui.preview.gallery import Drawn
    from tui.preview.shrink import Facts
    from tui.preview.window import Window
    from tui.widgets.caption_diff import CaptionDiff
    from tui.widgets.picture import PicturePane


class Pictures:
    """Keeps the pane at the image in view."""

    def __init__(self, window: Window, pane: PicturePane, caption: CaptionDiff, turns: Turns, hand: Hand) -> None:
        """Start with nothing drawn.

        Args:
            window: Draws pictures ahead, in threads.
            pane: Shows one.
            caption: Shows what the picture's head says.
            turns: Know which image is in view.
            hand: Keeps which pictures cannot be read.
        """
        self._window, self._pane, self._caption, self._turns, self._hand = window, pane, caption, turns, hand
        self._drawn: Drawn | None = None
        self._drawn_of: ImageId | None = None
        pane.resized = self.look

    def facts_of(self, image: ImageId) -> Facts | None:
        """Return what the head of an image's picture says; None where it is not the one that is drawn."""
        return self._drawn.facts if self._drawn and self._drawn_of == image else None

    def look(self) -> None:
        """Show the picture at the present place, or have it drawn."""
        lineup, size = self._turns.lineup, self._pane.size
        _, ground = self._pane.background_colors
        entries = self._turns.workspace.entries
        drawn = self._window.look(lineup.ids, lineup.place, entries, (size.width, size.height), ground.rgb)
        if drawn is not None:
            self._draw(drawn)
        elif lineup.here is None:
            self._drawn = self._drawn_of = None
            self._pane.show_rows(())

    def arrived(self, drawn: Drawn) -> None:
        """Show a picture that was still being drawn, if its image is in view."""
        if self._window.arrived(drawn):
            self._draw(drawn)

    def close(self) -> None:
        """End the threads."""
        self._window.close()

    def _draw(self, drawn: Drawn) -> None:
        self._drawn, self._drawn_of = drawn, self._turns.lineup.here
        self._pane.show_rows(drawn.strips, f"no picture: {drawn.problem}" if drawn.problem else "")
        if self._caption.card is not None and self._caption.card.image == self._drawn_of:
            self._caption.show_facts(drawn.facts)  # else they come with the card, which is then painted once
        entry = self._turns.workspace.entries.get(self._drawn_of or 0)
        if drawn.damage and entry is not None and not entry.unreadable:
            self._turns.ask(partial(self._note, entry.id, drawn.damage))

    async def _note(self, image: ImageId, damage: str, _: Card | None) -> None:
        """Keep why a picture cannot be read, so that filters and counts know it."""
        if await self._hand.do(self._turns.workspace.note_unreadable, {image: damage}):
            self._turns.recount([image])
            self._turns.stage.show_lineup()
            self._caption.renew()
