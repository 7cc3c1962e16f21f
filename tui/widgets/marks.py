"""Marking what was looked for, in text that is about to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.style import Style

from tui.widgets.paint import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

Spans = Callable[[str], Sequence[tuple[int, int]]]
"""Says where in a text something stands that was looked for: stretches in order, none overlapping."""

MARKED = Style(bold=True, underline=True)
"""Seen without colours, too."""


def marked(text: str, stretches: Sequence[tuple[int, int]], style: Style, at: int = 0) -> Iterator[Span]:
    """Yield a text in parts, those looked for marked.

    Args:
        text: The whole, or a part of it.
        stretches: In the whole.
        style: Of what is not marked.
        at: Where the part begins in the whole.
    """
    done = 0
    for begin, end in stretches:
        first, last = max(begin - at, done), min(end - at, len(text))
        if first < last:
            if done < first:
                yield Span(text[done:first], style)
            yield Span(text[first:last], style + MARKED)
            done = last
    if done < len(text):
        yield Span(text[done:], style)
