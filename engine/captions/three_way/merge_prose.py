"""Two changes of a piece of prose joined word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEPT_RUN_WORDS = 2
"""A shorter run of equal words in the middle does not part two changes: it is equal by chance."""
MOST_WORDS = 20_000
"""More are compared with nothing: no caption is as long, and it would take minutes."""

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"\s*(?:[{_CJK}]|[^\s{_CJK}]+)")
"""A word with the white space before it; in Chinese and Japanese each character."""


class _Change(NamedTuple):
    """Words of the first text that another one replaces."""

    at: int
    end: int
    """Equal to `at` where words are put in."""
    new: tuple[str, ...]


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """Join two changes of a text that neither begins nor ends with white space.

    Returns:
        The text with both; None where they changed the same words.
    """
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    words = [_WORD.findall(text) for text in (base, mine, theirs)]
    if max(map(len, words)) > MOST_WORDS:
        return None
    was, now, there = words
    changes = sorted({*_changes(was, now), *_changes(was, there)})
    if any(_clash(one, other) for at, one in enumerate(changes) for other in _near(changes, at)):
        return None
    pieces: list[str] = []
    at = 0
    for change in changes:
        pieces += [*was[at : change.at], *change.new]
        at = change.end
    return "".join([*pieces, *was[at:]]).strip()


def _changes(was: Sequence[str], now: Sequence[str]) -> Iterable[_Change]:
    blocks = SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
    at = new_at = 0
    for a, b, size in blocks:
        at_an_edge = a == b == 0 or (a + size == len(was) and b + size == len(now))
        if size < KEPT_RUN_WORDS and not at_an_edge:
            continue
        if a > at or b > new_at:
            yield _Change(at, a, tuple(now[new_at:b]))
        at, new_at = a + size, b + size


def _near(changes: Sequence[_Change], at: int) -> Iterable[_Change]:
    """Yield the changes behind one that begin before it ends, or where it does."""
    for other in changes[at + 1 :]:
        if other.at > changes[at].end:
            return
        yield other


def _clash(one: _Change, other: _Change) -> bool:
    """Say whether two changes, the first no later, are about the same words; they may touch."""
    if one.at == one.end == other.at == other.end:
        return True
    return other.at < one.end and (other.end > one.at)
