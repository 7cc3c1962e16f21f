"""Drafts: text that a person typed and has not written; it waits until they write it or throw it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.review.records import ImageId
    from tui.card import Card


class Drafts:
    """Unwritten text by image, and the card an open editor stands on."""

    def __init__(self) -> None:
        """Start with none."""
        self.waiting: dict[ImageId, str] = {}
        self.open_on: Card | None = None
        """The card whose caption is in the editor; None while it is closed."""

    def opening(self, card: Card) -> str:
        """Open on a card; return the text to begin with: its draft, else its caption."""
        self.open_on = card
        return self.waiting.get(card.image, caption_text(card))

    def leave(self, text: str) -> bool:
        """Close without writing; say whether the text had to be kept as a draft."""
        card, self.open_on = self.open_on, None
        if card is None:
            return False
        if text == caption_text(card):
            self.waiting.pop(card.image, None)
            return False
        self.waiting[card.image] = text
        return True

    def written(self) -> None:
        """Close after writing."""
        if self.open_on is not None:
            self.waiting.pop(self.open_on.image, None)
            self.open_on = None


def caption_text(card: Card) -> str:
    """Return a caption as an editor shows it: plain line ends, none after the last line."""
    return card.frame.caption.text.replace("\r\n", "\n").rstrip("\n")
