"""What is seen of a text that does not fit: the lines around one of them, or those that somebody scrolled to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.paint import Span

if TYPE_CHECKING:
    from rich.style import Style

    from tui.widgets.paint import Line

LEAST_LINES = 3
"""Of a window: a line of the text, and what is said of those above and below."""


class Window:
    """Some lines of one text at a time."""

    def __init__(self) -> None:
        """Start with nothing to scroll."""
        self._of: object = None
        self._scrolled_to: int | None = None
        self._first = self._last = 0
        self.page = 0
        """How many lines it can be scrolled by with none passed unseen."""

    def close(self) -> None:
        """Have nothing to scroll until it shows lines again."""
        self._first = self._last = 0

    def lines(self, lines: list[Line], at: int, limit: int, ink: Style, of: object) -> list[Line]:
        """Return as many lines as fit around one of them, or where they were scrolled to, and count the others.

        Args:
            lines: All of them.
            at: The one that is to be seen.
            limit: How many fit; with fewer than `LEAST_LINES` they cannot be scrolled.
            ink: For the counts.
            of: What they are; scrolling holds for as long as it is the same.
        """
        if of != self._of:
            self._of, self._scrolled_to = of, None
        if len(lines) <= limit:
            self.close()
            return lines
        last = len(lines) - limit + 1
        self._last, self.page = (last if limit >= LEAST_LINES else 0), limit - 2
        wanted = _around(at, len(lines), limit) if self._scrolled_to is None else self._scrolled_to
        self._first = above = min(wanted, self._last)
        end = limit - 1 if not above else len(lines) if above == last else above + limit - 2
        below = len(lines) - end
        return [
            *([[Span(f"… {above:,} line{'s' * (above > 1)} above", ink)]] if above else []),
            *lines[above:end],
            *([[Span(f"… {below:,} more line{'s' * (below > 1)}", ink)]] if below else []),
        ]

    def scroll(self, by: int) -> bool:
        """Show lines further down, or with a negative number further up; False where there are none."""
        to = max(0, min(self._first + by, self._last))
        if to == self._first:
            return False
        self._scrolled_to = to
        return True


def _around(at: int, count: int, limit: int) -> int:
    """Return the first line to show, of so many, for one to be seen."""
    if at < limit - 1:
        return 0
    return count - limit + 1 if at > count - limit else at - (limit - 2) // 3  # what follows says more
