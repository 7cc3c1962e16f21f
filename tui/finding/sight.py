"""Where it is seen what was looked for: what finding asks of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.finding.highlights import Highlights
    from engine.finding.language import Order
    from tui.stage import Tone
    from tui.widgets.filter_bar import FilterBar


class Sight(Protocol):
    """Where it is seen what was looked for."""

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line."""

    def say_how_far(self, text: str) -> None:
        """Say one raw line of how far a look is, where that covers up nothing else."""

    def notice(self, *told: str) -> None:
        """Say raw lines that nobody asked for, beside others of that kind that still stand there."""

    def show_filter(self, told: str) -> None:
        """Show what the queue holds, one raw line; empty for all images in their usual order."""

    def show_highlights(self, highlights: Highlights | None) -> None:
        """Mark what was looked for."""

    def show_empty(self, text: str) -> None:
        """Say what is read where there is no image, raw text of one line or more."""

    def pass_keys_on(self) -> None:
        """Note that what is typed by now is meant for the queue that was asked for."""

    def filter_bar(self) -> FilterBar | None:
        """Return the line to type in; None while there is none yet."""

    def show_typing(self, *, typing: bool) -> None:
        """Show that keys go to the line, or to the screen again."""

    async def ask_order(self, order: Order, then: Callable[[Order | None], None]) -> None:
        """Let the person choose an order."""
