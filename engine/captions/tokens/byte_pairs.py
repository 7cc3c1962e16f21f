"""CLIP's vocabulary: which neighbours in a piece of text are joined to one token, and in which order."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import accumulate

MERGES = 48_894
"""So many pairs are joined; a vocabulary file may hold more lines than CLIP uses."""

_PRINTED = [*range(33, 127), *range(161, 173), *range(174, 256)]
_ALPHABET = {byte: chr(byte) for byte in _PRINTED} | {
    byte: chr(256 + place) for place, byte in enumerate(sorted({*range(256)} - {*_PRINTED}))
}
"""How a vocabulary file writes each byte: no blank and no control character is in it."""

_END = "</w>"
"""Stands after the last byte of a piece, so that the end of a word is another token than its middle."""


class BytePairs:
    """Splits pieces as CLIP does, by the pairs of a vocabulary file."""

    def __init__(self, text: str) -> None:
        """Read the pairs.

        Args:
            text: One line to name the version, then a pair a line, the first joined first.

        Raises:
            ValueError: It is no such text.
        """
        lines = text.split("\n")[1 : MERGES + 1]
        if len(lines) < MERGES or any(line.count(" ") != 1 for line in lines):
            raise ValueError("it does not hold CLIP's pairs")
        self._rank = {line: rank for rank, line in enumerate(lines)}

    def ends(self, piece: str) -> tuple[int, ...]:
        """Return where each token of a piece ends, in characters.

        Args:
            piece: One of `clip_words.pieces`; not empty.
        """
        tokens = self._tokens(piece)
        bytes_until = accumulate(len(token.removesuffix(_END)) for token in tokens)
        if piece.isascii():
            return tuple(bytes_until)
        whole = [0]
        for number, char in enumerate(piece):
            whole += [number] * (len(char.encode("utf-8", "replace")) - 1) + [number + 1]
        return tuple(whole[end] for end in bytes_until)

    def count(self, piece: str) -> int:
        """Return how many tokens a piece is."""
        return len(self._tokens(piece))

    def _tokens(self, piece: str) -> list[str]:
        return self._join([_ALPHABET[byte] for byte in piece.encode("utf-8", "replace")])

    def _join(self, tokens: list[str]) -> list[str]:
        """Join single bytes, always the pair that comes first in the vocabulary, from the left.

        A word may be thousands of letters long (Chinese has no blanks), so a queue says which pair is next.
        """
        tokens[-1] += _END
        after = [*range(1, len(tokens) + 1)]
        before = [*range(-1, len(tokens) - 1)]
        waiting: list[tuple[int, int, str]] = []

        def note(at: int) -> None:
            """Put the pair that begins there into the queue, if it is one."""
            if at >= 0 and after[at] < len(tokens):
                pair = f"{tokens[at]} {tokens[after[at]]}"
                if (rank := self._rank.get(pair)) is not None:
                    heappush(waiting, (rank, at, pair))

        for at in range(len(tokens)):
            note(at)
        while waiting:
            _, at, pair = heappop(waiting)
            right = after[at]
            if right == len(tokens) or not tokens[at] or f"{tokens[at]} {tokens[right]}" != pair:
                continue  # one of both is part of another token by now
            tokens[at] += tokens[right]
            tokens[right] = ""
            after[at] = after[right]
            if after[at] < len(tokens):
                before[after[at]] = at
            note(before[at])
            note(at)
        return [token for token in tokens if token]
