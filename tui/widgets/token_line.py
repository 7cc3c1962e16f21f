"""Token counts as a person reads them: how much of each encoder's room a caption takes, and where its blocks end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.paint import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.style import Style

    from engine.captions.tokens.tokens import Blocks, Limits, TokenBudget
    from tui.widgets.paint import Line

OVER = "!"
"""Stands after a count that is over its limit, where colours are not seen."""


def token_spans(budget: TokenBudget, limits: Limits, ink: Callable[[str], Style]) -> Line:
    """Return both counts beside their limits, as in `31/75 · T5 ~40/512`; `~` marks an estimate.

    Args:
        budget: What the caption takes.
        limits: What the trainer reads.
        ink: Returns the style of a name of `tui.widgets.paint.INKS`.
    """
    clip = _count(budget.clip, limits.clip, exact=budget.clip_exact)
    t5 = _count(budget.t5, limits.t5, exact=budget.t5_exact)
    return [
        Span(clip, ink("warning" if budget.clip > limits.clip else "muted")),
        Span(" · T5 ", ink("muted")),
        Span(t5, ink("warning" if budget.t5 > limits.t5 else "muted")),
    ]


def with_block_ends(text: str, blocks: Blocks, size: int, at: int = 0) -> Iterator[tuple[str, bool]]:
    """Yield a text in parts, and for each whether it is a mark, as `│75│`, that a block ends there.

    Args:
        text: The caption, or a part of it.
        blocks: Of the whole caption.
        size: Of a block, in tokens.
        at: Where the part begins in the caption, in characters.
    """
    done = 0
    for number, end in enumerate(_falling_in(blocks.ends, at, at + len(text)), 1 + sum(e <= at for e in blocks.ends)):
        yield text[done : end - at], False
        yield f"│{'' if blocks.exact else '~'}{number * size}│", True
        done = end - at
    if done < len(text):
        yield text[done:], False


def _falling_in(ends: Sequence[int], first: int, last: int) -> list[int]:
    return [end for end in ends if first < end <= last]


def _count(count: int, limit: int, *, exact: bool) -> str:
    return f"{'' if exact else '~'}{count}/{limit}{OVER if count > limit else ''}"
