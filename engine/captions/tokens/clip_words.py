"""Caption text as CLIP takes it apart before its vocabulary is asked: words, and the pieces of a word.

CLIP composes accents, lower-cases, and never joins across a blank or from one piece to the next. So a text costs what its
words cost, and a word what its pieces cost, whatever stands around them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

WORDS = re.compile(r"[\S\x1c-\x1f]+")
"""What stands between blanks; four control characters are blanks to Python and none to Unicode."""

SPECIAL = re.compile(r"(<\|startoftext\|>|<\|endoftext\|>)")
"""Written into a caption, these are one token each: the trainer's tokenizer takes them for its own marks."""

_PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^a-z0-9]+")
"""English endings, letters, single digits, and everything else, in a word whose other letters are replaced."""


class _Classes(dict[int, int]):
    """Code point → one of the same class that `_PIECES` knows: a letter, a number, or neither."""

    def __missing__(self, code: int) -> int:
        kind = unicodedata.category(chr(code))[0] if code > 127 else ""  # noqa: PLR2004  (the end of ASCII)
        self[code] = code if not kind else ord({"L": "a", "N": "0"}.get(kind, "!"))
        return self[code]


_CLASSES = _Classes()


def normal(word: str) -> str:
    """Return a word as CLIP reads it."""
    return word.lower() if word.isascii() else unicodedata.normalize("NFC", word).lower()


def pieces(word: str) -> list[str]:
    """Split a word that `normal` returned into what is looked up in the vocabulary one by one."""
    if word.isascii():
        return _PIECES.findall(word)
    return [word[found.start() : found.end()] for found in _PIECES.finditer(word.translate(_CLASSES))]


def written_end(word: str, end: int) -> int:
    """Return where an end in `normal(word)` lies in the word as it is written.

    A character that only a later token completes belongs to that one.

    Args:
        word: As it is written.
        end: In characters of `normal(word)`, from 0 to its length.
    """
    if word.isascii() or (len(word.lower()) == len(word) and unicodedata.is_normalized("NFC", word)):
        return end
    return bisect_right(range(len(word) + 1), end, key=lambda stop: len(normal(word[:stop]))) - 1
