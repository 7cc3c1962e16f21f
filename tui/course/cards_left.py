"""Cards on which the person did something by hand, kept for when they come back to those images in this sitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.review.records import ImageId
    from tui.course.card import Card

MOST = 1_000
"""Images; beyond, what was left first is as it was proposed when it is come to again, text that was written last of all."""


class CardsLeft:
    """The last card of each image that something was done on."""

    def __init__(self) -> None:
        """Start with none."""
        self._cards: dict[ImageId, Card] = {}

    def keep(self, card: Card | None) -> None:
        """Keep a card, if something was done on it; None for no card."""
        if card is None or not (card.touched or card.resting):
            return
        self._cards.pop(card.image, None)
        self._cards[card.image] = card
        if len(self._cards) > MOST:
            oldest = (image for image, other in self._cards.items() if not other.has_text)
            del self._cards[next(oldest, next(iter(self._cards)))]

    def of(self, image: ImageId) -> Card | None:
        """Return the card of an image; None where nothing was done on it."""
        return self._cards.get(image)

    def forget(self, image: ImageId) -> None:
        """Let an image be as it is proposed when it is come to again."""
        self._cards.pop(image, None)

    def with_text(self) -> list[Card]:
        """Return those that the person wrote text on, taken or not."""
        return [card for card in list(self._cards.values()) if card.has_text]
