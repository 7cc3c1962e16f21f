"""What changes between two pieces of prose: runs of words, none of which straddles the border between two sentences.

Sentences that share enough words are compared word by word; the others are replaced, put in or taken out whole. All
changes together turn the old text into the new one to the last character, and each alone leaves well-formed text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.changes.sentences import sentence_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

KEPT_RUN_WORDS = 2
"""A shorter run of equal words in the middle of a sentence does not part two changes."""
LEAST_COMMON = 0.4
"""Share of words in common, 0 to 1, under which two sentences are not compared word by word."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""A run without white space; in Chinese and Japanese each character."""


class Change(NamedTuple):
    """A stretch of the old text, and what stands there instead."""

    at: int
    end: int
    new: str


class Atom(NamedTuple):
    """A stretch of words of both texts, from first to behind the last; either may be empty."""

    old: int
    old_end: int
    new: int
    new_end: int
    equal: bool = False


class Words:
    """A text as words."""

    def __init__(self, text: str) -> None:
        """Find words and sentences."""
        self.text = text
        spans = [word.span() for word in _WORD.finditer(text)]
        self.words = [text[start:end] for start, end in spans]
        self.starts, self.ends = [start for start, _ in spans], [end for _, end in spans]

    def __len__(self) -> int:
        """Count the words."""
        return len(self.words)

    def stretch(self, first: int, behind: int) -> str:
        """Return the text of some words with the white space between them."""
        return self.text[self.starts[first] : self.ends[behind - 1]]

    def borders(self, starts: Sequence[int]) -> list[int]:
        """Return at which words pieces begin and end that begin at these characters: one more than there are pieces."""
        places = sorted({bisect_right(self.ends, start) for start in starts})
        return [*(place for place in places if place < len(self)), len(self)]


@lru_cache(maxsize=64)  # a frame is read again and again while its image is in view
def prose_changes(old: str, new: str) -> tuple[Change, ...]:
    """Return where the old text differs from the new one; neither begins or ends with white space."""
    before, after = Words(old), Words(new)
    return tuple(changes(before, after, _by_sentence(before, after, common(before.words, after.words))))


def common(old: Sequence[str], new: Sequence[str]) -> list[Atom]:
    """Return a longest common subsequence as runs of equal words."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415  (10 ms that a start without prose need not wait for)

    blocks = LCSseq.editops(old, new).as_matching_blocks()
    # It compares hashes.
    return [Atom(a, a + n, b, b + n, True) for a, b, n in map(tuple, blocks) if n and old[a : a + n] == new[b : b + n]]


def changes(before: Words, after: Words, atoms: Iterable[Atom], *, leading: bool = False) -> list[Change]:
    """Turn stretches of words, which cover both texts, into changes that hold their white space.

    Args:
        before: The old text.
        after: The new one.
        atoms: The stretches, in order.
        leading: Whether the first change, too, may begin with white space.
    """
    found: list[Change] = []
    waiting: list[Atom] = []
    old_at = new_at = 0
    for atom in atoms:
        if not atom.equal:
            waiting.append(atom)
            continue
        # Equal words may have other white space between them: then each is a run of its own.
        same = before.stretch(atom.old, atom.old_end) == after.stretch(atom.new, atom.new_end)
        for step in range(1 if same else atom.old_end - atom.old):
            old_end, new_end = before.starts[atom.old + step], after.starts[atom.new + step]
            found += _cut(before, after, waiting, Change(old_at, old_end, after.text[new_at:new_end]), new_at, leading)
            waiting = []
            old_at, new_at = before.ends[atom.old + step], after.ends[atom.new + step]
        old_at, new_at = before.ends[atom.old_end - 1], after.ends[atom.new_end - 1]
    found += _cut(before, after, waiting, Change(old_at, len(before.text), after.text[new_at:]), new_at, leading)
    return found


def _cut(
    before: Words,
    after: Words,
    atoms: Sequence[Atom],
    whole: Change,
    new_at: int,
    leading: bool,  # noqa: FBT001
) -> Iterator[Change]:
    """Yield one change for each stretch of words between two equal ones.

    White space goes with the stretch behind it; but at the beginning of a text, which must not begin with any, with
    that before it.
    """
    at, new, seen = whole.at, new_at, set()
    leading = leading or at > 0 or new > 0
    last: Change | None = None
    for atom in atoms[:-1]:
        leading = leading or (atom.old < atom.old_end and atom.new < atom.new_end)
        if leading:
            end = max(at, before.ends[atom.old_end - 1]) if atom.old_end > atom.old else at
            new_end = max(new, after.ends[atom.new_end - 1]) if atom.new_end > atom.new else new
        else:
            end = before.starts[atom.old_end] if atom.old_end < len(before) else whole.end
            new_end = after.starts[atom.new_end] if atom.new_end < len(after) else new_at + len(whole.new)
        piece = after.text[new:new_end]
        if at == end and piece in seen:  # equal texts at one place count once, so they stay one change with the next
            continue
        if at == end:
            seen.add(piece)
        if last is not None:
            yield from _trimmed(before.text, last)
        last, at, new = Change(at, end, piece), end, new_end
    rest = Change(at, whole.end, after.text[new : new_at + len(whole.new)])
    if last is not None and rest.new in seen and rest.at == rest.end:
        rest, last = Change(last.at, rest.end, last.new + rest.new), None
    if last is not None:
        yield from _trimmed(before.text, last)
    yield from _trimmed(before.text, rest)


def _trimmed(old: str, change: Change) -> Iterator[Change]:
    """Yield a change without the white space that both sides begin or end with; nothing where they are equal."""
    at, end, new = change
    if old[at:end] == new:
        return
    while at < end and new and old[at] == new[0] and new[0].isspace():
        at, new = at + 1, new[1:]
    while at < end and new and old[end - 1] == new[-1] and new[-1].isspace():
        end, new = end - 1, new[:-1]
    yield Change(at, end, new)


def _by_sentence(before: Words, after: Words, runs: Iterable[Atom]) -> Iterator[Atom]:
    """Yield stretches of words, equal ones and others, none of them across the end of a sentence."""
    old_borders, new_borders = before.borders(sentence_starts(before.text)), after.borders(sentence_starts(after.text))
    together: dict[tuple[int, int], list[Atom]] = {}
    for run in runs:
        old_at, new_at = run.old, run.new
        while old_at < run.old_end:
            i, j = bisect_right(old_borders, old_at) - 1, bisect_right(new_borders, new_at) - 1
            size = min(run.old_end, old_borders[i + 1], new_borders[j + 1] - new_at + old_at) - old_at
            piece = Atom(old_at, old_at + size, new_at, new_at + size, equal=True)
            together.setdefault((i, j), []).append(piece)
            old_at, new_at = old_at + size, new_at + size
    old_at = new_at = 0
    for (i, j), inside in _partners(together, old_borders, new_borders):
        stretch = Atom(old_borders[i], old_borders[i + 1], new_borders[j], new_borders[j + 1])
        kept = list(_kept_runs(before.words, after.words, inside, stretch))
        if kept:
            yield from side_by_side(old_borders[old_at : i + 1], new_borders[new_at : j + 1])
            yield from _between(kept, stretch)
            old_at, new_at = i + 1, j + 1
    yield from side_by_side(old_borders[old_at:], new_borders[new_at:])


def _partners(
    together: dict[tuple[int, int], list[Atom]], old_borders: Sequence[int], new_borders: Sequence[int]
) -> list[tuple[tuple[int, int], list[Atom]]]:
    """Return the sentences that are compared, in order, each with one other, those with most in common first."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    shared = {pair: sum(run.old_end - run.old for run in runs) for pair, runs in together.items()}
    for (i, j), size in sorted(shared.items(), key=lambda item: -item[1]):
        words = old_borders[i + 1] - old_borders[i] + new_borders[j + 1] - new_borders[j]
        if i not in found and j not in taken and 2 * size >= LEAST_COMMON * words:
            found[i] = j
            taken.add(j)
    return [(pair, together[pair]) for pair in sorted(found.items())]


def _kept_runs(old: Sequence[str], new: Sequence[str], runs: Iterable[Atom], stretch: Atom) -> Iterator[Atom]:
    """Yield runs of equal words that are long enough, or stand at an end of their sentences, as long as they can be."""
    kept = [
        run
        for run in runs
        if run.old_end - run.old >= KEPT_RUN_WORDS
        or (run.old, run.new) == (stretch.old, stretch.new)
        or (run.old_end, run.new_end) == (stretch.old_end, stretch.new_end)
    ]
    old_at, new_at = stretch.old, stretch.new
    for place, (begin, end, new_begin, new_end, _) in enumerate(kept):
        # Over what was a run too short of its own.
        while begin > old_at and new_begin > new_at and old[begin - 1] == new[new_begin - 1]:
            begin, new_begin = begin - 1, new_begin - 1  # noqa: PLW2901  (it grows)
        behind = kept[place + 1] if place + 1 < len(kept) else Atom(stretch.old_end, 0, stretch.new_end, 0)
        while end < behind.old and new_end < behind.new and old[end] == new[new_end]:
            end, new_end = end + 1, new_end + 1  # noqa: PLW2901
        old_at, new_at = end, new_end
        yield Atom(begin, end, new_begin, new_end, equal=True)


def _between(kept: Iterable[Atom], stretch: Atom) -> Iterator[Atom]:
    """Yield equal runs and what stands between them, in order."""
    old_at, new_at = stretch.old, stretch.new
    for run in kept:
        if run.old > old_at or run.new > new_at:
            yield Atom(old_at, run.old, new_at, run.new)
        yield run
        old_at, new_at = run.old_end, run.new_end
    if stretch.old_end > old_at or stretch.new_end > new_at:
        yield Atom(old_at, stretch.old_end, new_at, stretch.new_end)


def side_by_side(old: Sequence[int], new: Sequence[int]) -> Iterator[Atom]:
    """Yield pieces of both texts as pairs, the first with the first; what is left over of one text stands alone.

    Args:
        old: The words at which the pieces begin, and that behind the last.
        new: Of the other text.
    """
    for k in range(max(len(old), len(new)) - 1):
        this, that = (tuple(borders[min(k + more, len(borders) - 1)] for more in (0, 1)) for borders in (old, new))
        yield Atom(this[0], this[1], that[0], that[1])
