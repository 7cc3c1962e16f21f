"""A line that says what stands below it."""

from __future__ import annotations

from typing import NamedTuple

from engine.captions.display import show
from tui.widgets.paint import Line, Painted, Span, spread


class Words(NamedTuple):
    """Some raw text, and the ink it is written in."""

    text: str
    ink: str = "muted"


class Headline(Painted):
    """One line with something at its left and something at its right edge."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start blank."""
        super().__init__(id=id)
        self._left: tuple[Words, ...] = ()
        self._right: Words | None = None

    def tell(self, *left: Words, right: Words | None = None) -> None:
        """Show these words."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint the one line."""
        del height
        left = [Span(f" {show(words.text, one_line=True)} ", self.ink(words.ink)) for words in self._left]
        said = self._right
        right = [Span(f"{show(said.text, one_line=True)} ", self.ink(said.ink))] if said is not None else []
        return [spread(left, right, width, self.ink("text"))]
