"""Tags that nearly fit: typing errors in their beginning (`balck hair`), and letters left out (`blhair`).

All texts are looked through in blocks by numpy, which lets other threads run meanwhile. Which letters a text has, and
which pairs of letters, is kept as 64 bits each: most texts are ruled out by those. Distances are counted by Hyyrö's
bit-parallel way (2003) of the distance that takes a swap of neighbours for one error, all texts of a block at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.captions.known.tag_index import PLACE_BITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from engine.captions.known.tag_index import TagIndex

LEAST_TYPED, MOST_TYPED = 3, 48
"""Bytes; of less everything is a misspelling, and more nobody types before they look."""
BLOCK_ENTRIES = 1 << 14
"""So many entries are looked at between two questions whether somebody still wants to know."""
_BLOCK_TEXTS = 1 << 15
_BEST_OF_BLOCK = 64
_LOOKED_AT = 48
"""Bytes of a text in which letters may be left out."""
_LENGTHS_FORGIVEN = (4, 6)
"""From so many bytes on an error is forgiven, and another one."""
_PAIRS_AN_ERROR = 3
"""So many pairs of letters a swap of two can spoil."""
_MOST_JUMPS = 1
"""So often letters may be left out inside a word; between words always."""

_END, _SPACE = ord("\n"), ord(" ")
_U64 = np.uint64
_LETTER_BITS = np.array(
    [0 if byte in {_END, _SPACE} else 1 << (byte % 61 if byte < 0x80 else 61 + byte % 3) for byte in range(256)],  # noqa: PLR2004  (beyond ASCII)
    _U64,
)


class Near(NamedTuple):
    """One text that nearly fits; they sort by how nearly."""

    cost: int
    """Errors, or jumps over letters that were left out."""
    kind: int
    place: int
    """Of the tag in its index, from 0; the most frequent first."""
    entry: int
    """Of the index."""


class Letters:
    """The letters and pairs of letters of every text of an index."""

    def __init__(self, index: TagIndex) -> None:
        """Look through all texts once."""
        self._index = index
        starts = index.text_starts[:-1]
        self._letters = np.zeros(len(starts), _U64)
        self._pairs = np.zeros(len(starts), _U64)
        for first in range(0, len(starts), _BLOCK_TEXTS):
            some = starts[first : first + _BLOCK_TEXTS]
            end = int(index.text_starts[min(first + _BLOCK_TEXTS, len(starts))])
            signs = index.bytes[some[0] : end]
            self._letters[first : first + len(some)] = np.bitwise_or.reduceat(_LETTER_BITS[signs], some - some[0])
            self._pairs[first : first + len(some)] = np.bitwise_or.reduceat(_pair_bits(signs), some - some[0])

    @property
    def memory_bytes(self) -> int:
        """How much memory it takes."""
        return self._letters.nbytes + self._pairs.nbytes

    def near(self, typed: str, limit: int, stop: Callable[[], bool]) -> list[Near]:
        """Return the texts that nearly fit, the nearest first; each tag once, and fewer when it is stopped.

        The first letter has to be right, unless it was swapped with the second or one too many stands before it.

        Args:
            typed: As keys are written.
            limit: How many at most.
            stop: Asked between blocks.
        """
        wanted = np.frombuffer(typed.strip().encode("utf-8", "replace"), np.uint8)
        if not LEAST_TYPED <= len(wanted) <= MOST_TYPED:
            return []
        errors = sum(len(wanted) >= length for length in _LENGTHS_FORGIVEN)
        best: dict[int, Near] = {}
        for sign in dict.fromkeys(wanted[:2].tolist()):
            begin, end = self._index.beginning_with(bytes([sign]))
            for first in range(begin, end, BLOCK_ENTRIES):
                if stop():
                    break
                for near in self._in_block(first, min(first + BLOCK_ENTRIES, end), wanted, errors):
                    if near.place not in best or near < best[near.place]:
                        best[near.place] = near
        return sorted(best.values())[:limit]

    def _in_block(self, first: int, end: int, wanted: NDArray[np.uint8], errors: int) -> Iterator[Near]:
        """Yield the best entries of a block, which may hold a tag several times."""
        letters, pairs = _LETTER_BITS[wanted], _pair_bits(wanted)
        texts = self._index.text_of[first:end]
        lacking = _lacking(letters, self._letters[texts])
        unlike = np.bitwise_count(np.bitwise_or.reduce(pairs) & ~self._pairs[texts])
        alike = np.flatnonzero((lacking <= errors) & (unlike <= _PAIRS_AN_ERROR * errors)) + first
        signs = self._signs(self._index.entries[alike], len(wanted) + errors)
        yield from self._best(alike, _errors_at_beginning(signs, wanted), errors)
        spread = np.flatnonzero(lacking == 0) + first
        spread = spread[self._index.bytes[self._index.entries[spread]] == wanted[0]]
        jumps = _jumps(self._signs(self._index.entries[spread], _LOOKED_AT), wanted)
        yield from self._best(spread, jumps + 1, 1 + _MOST_JUMPS)

    def _best(self, entries: NDArray[np.intp], costs: NDArray[np.int16], most: int) -> Iterator[Near]:
        """Yield the entries that cost least, at most so much."""
        cheap = np.flatnonzero(costs <= most)
        order = cheap[np.lexsort((self._index.ranks[entries[cheap]], costs[cheap]))[:_BEST_OF_BLOCK]]
        for entry, cost in zip(entries[order].tolist(), costs[order].tolist(), strict=True):
            kind, place = divmod(int(self._index.ranks[entry]), PLACE_BITS + 1)
            yield Near(cost, kind, place, entry)

    def _signs(self, starts: NDArray[np.integer], width: int) -> NDArray[np.uint8]:
        """Return (width, starts) the bytes from each start on; 0 behind the end of its text."""
        signs = np.zeros((width, len(starts)), np.uint8)
        inside = np.ones(len(starts), bool)
        last = len(self._index.bytes) - 1
        for column in range(width):
            here = self._index.bytes[np.minimum(starts + column, last)]
            inside &= here != _END
            signs[column] = np.where(inside, here, 0)
        return signs


def _lacking(letters: NDArray[np.uint64], of_texts: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Count how many of the letters each text lacks, one that is wanted twice twice."""
    lacking = np.zeros(len(of_texts), np.intp)
    for letter, times in zip(*np.unique(letters[letters > 0], return_counts=True), strict=True):
        lacking += np.where(of_texts & letter, 0, times)
    return lacking


def _pair_bits(signs: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return for each byte the bit of it and the next one; none for the last of a text."""
    bits = np.zeros(len(signs), _U64)
    mixed = signs[:-1] * np.uint8(37) + signs[1:] * np.uint8(11)  # wraps, as a hash may
    inside = (signs[:-1] != _END) & (signs[1:] != _END)
    bits[:-1] = np.where(inside, _U64(1) << (mixed % np.uint8(64)).astype(_U64), _U64(0))
    return bits


def _errors_at_beginning(signs: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Count the errors between what is wanted and that beginning of each text which is most like it.

    Args:
        signs: (width, texts) uint8.
        wanted: Up to 64 bytes.

    Returns:
        (texts,) inserted, missing, wrong and swapped bytes; a swap of neighbours is one.
    """
    places = np.zeros(256, _U64)
    for at, sign in enumerate(wanted.tolist()):
        places[sign] |= _U64(1 << at)
    top, one = _U64(1 << (len(wanted) - 1)), _U64(1)
    texts = signs.shape[1]
    rising, falling = np.full(texts, ~_U64(0)), np.zeros(texts, _U64)
    diagonal, before = np.zeros(texts, _U64), np.zeros(texts, _U64)
    score = np.full(texts, len(wanted), np.int16)
    least = score.copy()
    for here in signs:
        same = places[here]
        swapped = ((~diagonal & same) << one) & before
        diagonal = (((same & rising) + rising) ^ rising) | same | falling | swapped
        up = falling | ~(diagonal | rising)
        down = diagonal & rising
        score += ((up & top) != 0).astype(np.int16) - ((down & top) != 0).astype(np.int16)
        up = (up << one) | one
        rising, falling, before = (down << one) | ~(diagonal | up), up & diagonal, same
        np.minimum(least, score, out=least)
    return least


def _jumps(signs: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Count how often letters of a text are left out inside words to get what is wanted; 99 where that is impossible.

    Args:
        signs: (width, texts) uint8; the first byte of each is that of `wanted`.
        wanted: What stands in them in this order.
    """
    texts = signs.shape[1]
    following = np.append(wanted, np.uint8(255))  # no byte of UTF-8
    taken, jumps = np.zeros(texts, np.intp), np.zeros(texts, np.int16)
    was_hit, behind_space = np.ones(texts, bool), np.ones(texts, bool)
    for here in signs:
        hit = following[taken] == here
        jumps += hit & ~was_hit & ~behind_space
        taken += hit
        was_hit, behind_space = hit, here == _SPACE
    return np.where(taken == len(wanted), jumps, np.int16(99))
