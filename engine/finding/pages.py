"""The texts of many images in memory, folded so that small and capital letters are the same, and searched fast."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.finding.language.globs import Glob
    from engine.finding.patience import Patience

PAGE = 256
"""Texts in a page: one search through a page holds the interpreter for some microseconds."""
SELDOM = PAGE // 4
"""Where a page holds something less often than this, its texts are not looked at one by one."""


def folded(text: str) -> bytes:
    """Return a text as it is kept."""
    return text.casefold().encode("utf-8", "surrogatepass")


class Pages:
    """One text for each place, from 0; empty until it is set."""

    def __init__(self) -> None:
        """Start with no text."""
        self._texts: list[bytes] = []
        self._ends: list[array[int]] = []

    @property
    def size(self) -> int:
        """Memory in bytes of texts and ends."""
        return sum(map(len, self._texts)) + sum(ends.itemsize * len(ends) for ends in self._ends)

    def set(self, texts: Mapping[int, bytes]) -> None:
        """Put texts in their places, in place of older ones; each page concerned is made anew once."""
        for number in sorted({place // PAGE for place in texts}):
            while len(self._texts) <= number:
                self._texts.append(b"")
                self._ends.append(array("I", bytes(4 * PAGE)))
            first = number * PAGE
            pieces = [texts.get(first + at, old) for at, old in enumerate(self._pieces(number))]
            ends, end = self._ends[number], 0
            for at, piece in enumerate(pieces):
                end += len(piece)
                ends[at] = end
            self._texts[number] = b"".join(pieces)

    def text(self, place: int) -> str:
        """Return one text, folded; empty where none was set."""
        number, at = divmod(place, PAGE)
        if number >= len(self._texts):
            return ""
        ends = self._ends[number]
        return _decoded(self._texts[number][ends[at - 1] if at else 0 : ends[at]])

    def _pieces(self, number: int) -> list[bytes]:
        text, ends = self._texts[number], self._ends[number]
        return [text[begin:end] for begin, end in pairwise([0, *ends])]

    def found(self, glob: Glob, patience: Patience, skip: NDArray[np.int32] | None = None) -> list[int]:
        """Return the places whose text holds a pattern, in order.

        Args:
            glob: What to look for.
            patience: Says when to give up.
            skip: (places,) so many bytes at the beginning of each text are passed over; None for none.
        """
        places: list[int] = []
        literal = glob.literal.encode("utf-8", "surrogatepass")
        for number, text in enumerate(self._texts):
            patience.look()
            ends, first = self._ends[number], number * PAGE
            begins: Sequence[int] = [0, *ends[:-1]]
            if skip is not None:
                begins = (np.array(begins[: len(skip) - first]) + skip[first : first + PAGE]).tolist()
            if literal and text.count(literal) < SELDOM:
                found = _jumping(text, literal, begins, ends)
            else:
                found = [one for one, at in enumerate(map(text.find, repeat(literal), begins, ends)) if at >= 0]
            if not glob.is_plain:
                found = glob.among(text, [(at, begins[at]) for at in found], ends)
            places += [first + at for at in found]
        return places


def _jumping(text: bytes, literal: bytes, begins: Sequence[int], ends: array[int]) -> list[int]:
    """Go from one occurrence to the next, over the rest of each text that has one."""
    found, at = list[int](), text.find(literal)
    while at >= 0:
        one = bisect_right(ends, at)
        if at >= begins[one] and at + len(literal) <= ends[one]:
            found.append(one)
            at = text.find(literal, ends[one])
        else:  # in what is passed over, or across the border of two texts
            at = text.find(literal, max(at + 1, begins[one]))
    return found


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")
