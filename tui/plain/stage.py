"""The stage of the linear mode: what turns say is kept, and read out when what was asked for is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.review.records import Counts
    from tui.course.card import Card
    from tui.stage import Tone


class SpokenStage:
    """A `tui.stage.Stage` without a picture of its own: the card is read from the turns."""

    def __init__(self) -> None:
        """Start with nothing said."""
        self._said: list[str] = []
        self.rhythm = ""
        """How fast the person decides; empty while that is not known."""

    def say(self, text: str, tone: Tone = "plain") -> None:  # noqa: ARG002  (a voice has no colours)
        """Keep one raw line; none that only says that something is under way, as what comes of it is said, too."""
        if text and not text.endswith("…"):
            self._said.append(_sentence(text))

    def read(self, lines: Iterable[str]) -> None:
        """Keep raw lines as they are."""
        self._said += lines

    def say_instead(self, of: str, text: str) -> None:
        """Keep one raw line in place of another, if that is still to be said."""
        if _sentence(of) in self._said:
            self._said[self._said.index(_sentence(of))] = _sentence(text)

    def said(self) -> list[str]:
        """Return what was said since the last time."""
        lines, self._said = self._said, []
        return lines

    def show_rhythm(self, told: str) -> None:
        """Keep how fast the person decides."""
        self.rhythm = told

    def show_card(self, card: Card | None) -> None:
        """Nothing: what is new of it is read out at the end."""

    def renew_card(self) -> None:
        """Nothing: what is new of it is read out at the end."""

    def show_lineup(self) -> None:
        """Nothing: the place is read out with the image."""

    def show_counts(self, counts: Counts) -> None:
        """Nothing: who wants to know asks."""


def _sentence(text: str) -> str:
    """Return a line as a sentence, so that a voice pauses behind it."""
    return text if text.endswith((".", ":", "?", "!")) else f"{text}."
