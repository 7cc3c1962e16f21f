"""Patterns with `*` and `?`, matched in time that grows with the text alone, however many stars there are."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING

from engine.captions.caption import tag_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_CHARACTER = b"(?:[\\x00-\\x7f]|[\\xc0-\\xff][\\x80-\\xbf]*)"
"""One character in UTF-8."""
_SIGN = re.compile(r"\\([*?\\])|([*?])|([^*?\\]+)|(\\)")


class Glob:
    """One pattern, ready to be looked for in text that was folded as it was."""

    def __init__(self, pattern: str, fold: Callable[[str], str] = str.casefold) -> None:
        """Read a pattern.

        Args:
            pattern: As in `engine.finding.language.query.Text`.
            fold: Makes texts that are to be the same the same; applied to what stands between wildcards.
        """
        self._pieces = [_Piece(piece, fold) for piece in _split(pattern)]
        self.literal = max((text for piece in self._pieces for text in piece.texts), key=len, default="")
        """The longest text that every match holds, folded; empty where the pattern is nothing but wildcards."""
        self.is_plain = len(self._pieces) == 1 and self._pieces[0].regex is None
        """Whether it has no wildcards: then `literal` is all of it."""

    def find(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """Return where the pattern first matches, from a place on; None where it does not.

        A star takes as little as it can, and nothing at the pattern's ends.
        """
        began: int | None = None
        for piece in self._pieces:
            found = piece.find(text, start)
            if found is None:
                return None
            begin, start = found
            if began is None and (piece.texts or piece.regex):
                began = begin
        return (start if began is None else began), start

    def find_all(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield every stretch that matches and is not empty; none overlaps another."""
        start = 0
        while (found := self.find(text, start)) is not None:
            if found[1] > found[0]:
                yield found
            elif found[1] >= len(text):
                return
            start = max(found[1], start + 1)

    def is_in(self, text: str) -> bool:
        """Say whether the pattern matches somewhere in a text."""
        return self.find(text) is not None

    def among(self, text: bytes, spans: Sequence[tuple[int, int]], ends: Sequence[int]) -> list[int]:
        """Return which of some stretches of one text hold the pattern.

        Args:
            text: UTF-8, folded.
            spans: Of each stretch its number and where it begins.
            ends: By number, where it ends.
        """
        for piece in self._pieces:
            # Where a piece comes first, it is for good: no later place could fit where this does not.
            if piece.in_bytes is not None:
                search = piece.in_bytes.search
                spans = [(one, m.end()) for one, at in spans if (m := search(text, at, ends[one])) is not None]
            elif size := len(piece.literal):
                find, literal = text.find, piece.literal
                spans = [(one, begin + size) for one, at in spans if (begin := find(literal, at, ends[one])) >= 0]
        return [one for one, _ in spans]

    def is_all_of(self, text: str) -> bool:
        """Say whether the pattern matches a text from its beginning to its end."""
        first, *rest = self._pieces
        if not first.begins(text, 0):
            return False
        start = first.width
        if not rest:
            return start == len(text)
        for piece in rest[:-1]:
            found = piece.find(text, start)
            if found is None:
                return False
            start = found[1]
        return len(text) - rest[-1].width >= start and rest[-1].begins(text, len(text) - rest[-1].width)


class _Piece:
    """What stands between two stars: text of a fixed width, in which `?` is any character."""

    def __init__(self, parts: list[str | None], fold: Callable[[str], str]) -> None:
        """Take text and, for each `?`, None."""
        self.texts = [folded for part in parts if part is not None and (folded := fold(part))]
        signs = "".join("." if part is None else re.escape(fold(part)) for part in parts)
        self.regex = re.compile(signs, re.DOTALL) if None in parts else None
        self.literal = _utf8(self.texts[0]) if self.texts and self.regex is None else b""
        self.in_bytes = re.compile(b"".join(map(_bytes_of, parts, repeat(fold)))) if None in parts else None
        self.width = sum(1 if part is None else len(fold(part)) for part in parts)

    def find(self, text: str, start: int) -> tuple[int, int] | None:
        if self.regex is not None:
            found = self.regex.search(text, start)
            return found.span() if found else None
        begin = text.find(self.texts[0], start) if self.texts else start
        return None if begin < 0 else (begin, begin + self.width)

    def begins(self, text: str, at: int) -> bool:
        if self.regex is not None:
            return self.regex.match(text, at) is not None
        return not self.texts or text.startswith(self.texts[0], at)


def _bytes_of(part: str | None, fold: Callable[[str], str]) -> bytes:
    return _CHARACTER if part is None else re.escape(_utf8(fold(part)))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _split(pattern: str) -> list[list[str | None]]:
    """Part a pattern at its stars, and each piece into text and, for `?`, None; neighbouring texts are joined."""
    pieces: list[list[str | None]] = [[]]
    for escaped, wild, text, backslash in _SIGN.findall(pattern):
        piece = pieces[-1]
        if wild == "*":
            pieces.append([])
        elif wild == "?":
            piece.append(None)
        elif piece and piece[-1] is not None:
            piece[-1] += escaped or text or backslash
        else:
            piece.append(escaped or text or backslash)
    return pieces


@lru_cache(maxsize=256)
def text_glob(pattern: str) -> Glob:
    """Return the pattern for text: small and capital letters are the same."""
    return Glob(pattern)


@lru_cache(maxsize=256)
def tag_glob(pattern: str) -> Glob:
    """Return the pattern for a tag's `tag_key`: however the tag is spelled, in the pattern and in the caption."""
    if not set("*?") & set(pattern):  # the whole tag is at hand, so that the rules for whole tags hold
        return Glob(tag_key(_plain(pattern)).replace("\\", "\\\\"), str)
    return Glob(pattern, _fold_part)


def _plain(pattern: str) -> str:
    return "".join(escaped or text or backslash for escaped, _, text, backslash in _SIGN.findall(pattern))


def _fold_part(part: str) -> str:
    return re.sub(r"\s+", " ", part.casefold().replace("_", " "))
