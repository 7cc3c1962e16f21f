"""The stage: where the outcome of what was asked for is shown, whatever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from engine.review.records import Counts
    from tui.course.card import Card

Tone = Literal["plain", "good", "warning", "error"]


class Stage(Protocol):
    """Where turns show what they did."""

    def show_card(self, card: Card | None) -> None:
        """Show an image; None when there is none."""

    def renew_card(self) -> None:
        """Show what a key chose on the card in view."""

    def show_lineup(self) -> None:
        """Show the queue as it is now."""

    def show_counts(self, counts: Counts) -> None:
        """Show how many images are where."""

    def show_rhythm(self, told: str) -> None:
        """Show how fast the person decides; empty shows nothing."""

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line."""

    def say_instead(self, of: str, text: str) -> None:
        """Say one raw line in place of another, if that is still what is said."""
