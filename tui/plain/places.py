"""Which changes a person means: `3`, `1-4 7`, `all`, `character`, `remove`, `>0.5`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.captions.changes.hunks import Hunk

_RANGE = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
_SCORE = re.compile(r"(>=?|<=?)(\d?\.?\d+)")
_BETWEEN = re.compile(r"\s*-\s*(?=\d)")
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">": lambda score, than: score >= than,
    ">=": lambda score, than: score >= than,
    "<": lambda score, than: score < than,
    "<=": lambda score, than: score <= than,
}
"""For scores as they are read out; `>` holds for the score itself, too, as the key of the screen does."""
HOW = "for example 3, 1-4, all, character, remove, >0.5"


def which(text: str, hunks: Sequence[Hunk]) -> frozenset[int]:
    """Return the changes that are meant, from 0.

    Args:
        text: Numbers from 1 and ranges, `all`, a category, what is done (add, remove, replace, move), or a score.
        hunks: The changes.

    Raises:
        WrongUsage: It means none of them.
    """
    words = text.strip().lower()
    if not words:
        raise WrongUsage("which changes?", HOW)
    found = _of_kind(words, hunks)
    if found:
        return found
    parts = _BETWEEN.sub("-", re.sub(r"([<>]=?)\s+", r"\1", words)).replace(",", " ").split()
    return frozenset(place for part in parts for place in _part(part, hunks))


def number(text: str, count: int, what: str = "change") -> int:
    """Return a place, from 0, that was named by its number.

    Raises:
        WrongUsage: There is no such one.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= count:
        there = f"there are {count:,}" if count != 1 else "there is one"
        raise WrongUsage(f"there is no {what} {text}", there)
    return int(text) - 1


def _of_kind(words: str, hunks: Sequence[Hunk]) -> frozenset[int]:
    """Return the changes of a category, or those that do the same."""
    if words == "all":
        return frozenset(range(len(hunks)))
    return frozenset(i for i, hunk in enumerate(hunks) if words in (hunk.category.lower(), hunk.op))


def _part(part: str, hunks: Sequence[Hunk]) -> Iterator[int]:
    if at := _RANGE.fullmatch(part):
        first, last = (number(end, len(hunks)) for end in (at[1], at[2] or at[1]))
        yield from range(min(first, last), max(first, last) + 1)
    elif score := _SCORE.fullmatch(part):
        holds, than = _COMPARED[score[1]], float(score[2])
        yield from (i for i, hunk in enumerate(hunks) if hunk.score is not None and holds(round(hunk.score, 2), than))
    elif of_kind := _of_kind(part, hunks):
        yield from of_kind
    else:
        raise WrongUsage(f"no change here is meant by {part}", HOW)
