"""Token budgets: how much of what a text encoder reads a caption takes, and where its blocks end in the text.

CLIP reads 75 tokens; trainers put up to three such blocks one after another, cut wherever the 75th token ends. T5 reads
one longer row. Both counts are sums over words, so each word is taken apart once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from engine.captions.tokens.clip_words import SPECIAL, WORDS, normal, pieces, written_end

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK = 75
"""Tokens of CLIP in a block; its begin and end marks come on top."""

T5_PER_CLIP = 1.2
"""English prose takes 1.1 to 1.3 times as many tokens of T5 as of CLIP."""

_KNOWN_WORDS = 50_000
"""So many counts are kept, about 6 MB; then they are forgotten all at once."""

_CUT_TEXTS = 64
"""The blocks of so many captions are kept: one in view is drawn again with each key."""

_LETTERS_A_TOKEN, _SIGNS_A_TOKEN = 7, 3
"""So many letters of English and so many signs are guessed to be one token."""

_LAST_ALPHABET = "\u2e7f"
"""What comes after it in Unicode is mostly Chinese, Japanese and Korean."""


class TokenBudget(NamedTuple):
    """What a caption takes of both encoders."""

    clip: int
    """Tokens without begin and end marks."""
    clip_exact: bool
    """False while the vocabulary is not there: then it is an estimate."""
    t5: int
    """Tokens with the one end mark."""
    t5_exact: bool


class Blocks(NamedTuple):
    """How a caption falls into CLIP's blocks."""

    tokens: int
    """All of them, without begin and end marks."""
    exact: bool
    ends: tuple[int, ...]
    """Where each full block ends that is followed by another token: characters of the text before it. Rising."""


class Limits(NamedTuple):
    """How many tokens a trainer gives each encoder."""

    clip: int = BLOCK
    """75, 150 or 225."""
    t5: int = 512


class Pieces(Protocol):
    """CLIP's vocabulary, from wherever it comes."""

    def ends(self, piece: str) -> tuple[int, ...]:
        """Return where each token of a piece ends, in characters; the last is the piece's length."""

    def count(self, piece: str) -> int:
        """Return how many tokens a piece is: as many as it has ends."""


class Counter(Protocol):
    """Counts the tokens of a text, end marks that always come included."""

    exact: bool

    def count(self, text: str) -> int:
        """Return how many there are."""


class GuessedPieces:
    """Stands in for the vocabulary while it is not there."""

    def ends(self, piece: str) -> tuple[int, ...]:
        """Guess: a short English word is one token, a letter of another alphabet one, a Chinese one two or one."""
        if piece.isascii():
            each = _LETTERS_A_TOKEN if piece.isalpha() else _SIGNS_A_TOKEN
            return (*range(each, len(piece), each), len(piece))
        ends = [at for at, char in enumerate(piece, 1) for _ in range(1 + (at % 2 == 1 and char > _LAST_ALPHABET))]
        return tuple(ends)

    def count(self, piece: str) -> int:
        """Return how many ends are guessed."""
        return len(self.ends(piece))


class ClipCounter:
    """Counts CLIP's tokens; may be used by several threads."""

    def __init__(self, vocabulary: Pieces | None = None) -> None:
        """Start with no word known.

        Args:
            vocabulary: None where it is not there: every count is an estimate.
        """
        self.exact = vocabulary is not None
        self._vocabulary = vocabulary or GuessedPieces()
        self._counts = _Counts(self._count_word)
        self._blocks = lru_cache(_CUT_TEXTS)(self._cut)

    def count(self, text: str) -> int:
        """Return how many tokens a text takes, without begin and end marks."""
        return sum(map(self._counts.__getitem__, WORDS.findall(text)))

    def blocks(self, text: str, size: int = BLOCK) -> Blocks:
        """Return how many tokens a text takes, and where each full block of them ends.

        Args:
            text: The caption.
            size: Of a block, in tokens; at least 1.
        """
        return self._blocks(text, size)

    def _cut(self, text: str, size: int) -> Blocks:
        count = self.count(text)
        if count <= size:
            return Blocks(count, self.exact, ())
        ends, before, limit = [], 0, size
        for found in WORDS.finditer(text):
            after = before + self._counts[found[0]]
            if after >= limit:
                in_word = self._ends(found[0])
                while limit <= min(after, count - 1):
                    ends.append(found.start() + written_end(found[0], in_word[limit - before - 1]))
                    limit += size
            before = after
        return Blocks(count, self.exact, tuple(ends))

    def _count_word(self, word: str) -> int:
        return sum(1 if special else self._vocabulary.count(piece) for piece, special in _parts(word))

    def _ends(self, word: str) -> tuple[int, ...]:
        """Return where each token of a word ends, in characters of the word as CLIP reads it."""
        ends: list[int] = []
        at = 0
        for piece, special in _parts(word):
            ends += [at + len(piece)] if special else [at + end for end in self._vocabulary.ends(piece)]
            at += len(piece)
        return tuple(ends)


class GuessedT5:
    """Estimates T5's tokens from CLIP's, where no tokenizer of it is configured."""

    exact = False

    def __init__(self, clip: ClipCounter) -> None:
        """Take over what counts CLIP's tokens."""
        self._clip = clip

    def count(self, text: str) -> int:
        """Return about how many there are, the end mark included."""
        return round(self._clip.count(text) * T5_PER_CLIP) + 1


class TextCounter:
    """Counts what a tokenizer takes a text apart into: exact, and by words where its tokens never cross a blank."""

    exact = True

    def __init__(self, count_text: Callable[[str], int], marks: int = 1, *, by_words: bool = True) -> None:
        """Start with no word known.

        Args:
            count_text: Returns the tokens of a text without marks.
            marks: So many come on top; T5 has one, at the end.
            by_words: Whether a text of plain words takes what its words take one by one.
        """
        self._whole, self._marks, self._by_words = count_text, marks, by_words
        self._counts = _Counts(count_text)

    def count(self, text: str) -> int:
        """Return how many there are, marks included."""
        # Other scripts have characters that a tokenizer makes a blank, or nothing: such a text is not split here.
        if self._by_words and text.isascii() and all(map(str.isprintable, words := text.split())):
            return sum(map(self._counts.__getitem__, words)) + self._marks
        return self._whole(text) + self._marks


class Tokens:
    """Both counters: what is asked for a caption's budget."""

    def __init__(self, clip: ClipCounter | None = None, t5: Counter | None = None) -> None:
        """Take the counters over.

        Args:
            clip: None to estimate.
            t5: None to estimate from CLIP's.
        """
        self.clip = clip or ClipCounter()
        self.t5 = t5 or GuessedT5(self.clip)

    def budget(self, text: str) -> TokenBudget:
        """Return what a caption takes."""
        return TokenBudget(self.clip.count(text), self.clip.exact, self.t5.count(text), self.t5.exact)

    def blocks(self, text: str, size: int = BLOCK) -> Blocks:
        """Return CLIP's blocks of a caption."""
        return self.clip.blocks(text, size)


class _Counts(dict[str, int]):
    """Word → tokens, counted when it is first asked for."""

    def __init__(self, count_word: Callable[[str], int]) -> None:
        super().__init__()
        self._count_word = count_word

    def __missing__(self, word: str) -> int:
        count = self._count_word(word)
        if len(self) >= _KNOWN_WORDS:
            self.clear()
        self[word] = count
        return count


def _parts(word: str) -> list[tuple[str, bool]]:
    """Split a word into pieces, and say of each whether it is one of CLIP's own marks."""
    if "<|" not in word:
        return [(piece, False) for piece in pieces(normal(word))]
    parts: list[tuple[str, bool]] = []
    for place, text in enumerate(SPECIAL.split(word)):
        parts += [(text, True)] if place % 2 else [(piece, False) for piece in pieces(normal(text))]
    return parts
