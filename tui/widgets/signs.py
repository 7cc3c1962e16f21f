"""The signs of the screen: each state has a shape and a word, so that colour is never the only signal."""

from __future__ import annotations

from typing import NamedTuple


class Sign(NamedTuple):
    """How something is shown."""

    glyph: str
    word: str
    ink: str


STATES: dict[str, Sign] = {
    "pending": Sign("●", "pending", "accent"),
    "untouched": Sign("○", "untouched", "muted"),
    "accepted": Sign("✓", "accepted", "add"),
    "rejected": Sign("✗", "rejected", "remove"),
}
FLAGGED = Sign("⚑", "flagged", "warning")
SKIPPED = Sign("»", "skipped", "muted")
SELECTED = Sign("◆", "selected", "accent")
FILTERED = Sign("/", "filtered", "accent")
UNREADABLE = Sign("!", "unreadable", "error")
DRAFT = Sign("✎", "draft", "warning")

OPERATIONS = {
    "add": Sign("+", "add", "add"),
    "remove": Sign("−", "remove", "remove"),
    "replace": Sign("~", "replace", "accent"),
    "move": Sign("↕", "move", "accent"),
}
CHOSEN, LEFT_OUT = Sign("■", "chosen", "accent"), Sign("□", "left out", "faint")
SIGNS = (
    *STATES.values(), FLAGGED, SKIPPED, SELECTED, DRAFT, UNREADABLE, CHOSEN, LEFT_OUT, *OPERATIONS.values(),
    Sign("↵", "end of a line", "faint"),
)  # fmt: skip
"""All signs with a word of their own, for the help."""
ANSWERS = {"taken": "✓ taken", "partly": "✓ partly taken", "left": "✗ left"}
TONES = {
    "plain": Sign(" ", "", "muted"),
    "good": Sign("✓", "", "add"),
    "warning": Sign("!", "", "warning"),
    "error": Sign("✗", "", "error"),
}


def bar(share: float, width: int) -> tuple[str, str]:
    """Return the filled and the empty part of a bar, to half a cell; no gap where they meet.

    Args:
        share: From 0 to 1.
        width: Of the whole, in cells.
    """
    halves = round(min(max(share, 0.0), 1.0) * width * 2)
    filled = "━" * (halves // 2) + "╾" * (halves % 2)
    return filled, "━" * (width - len(filled))
