"""Where prose begins in a caption. Tags are a list of short names; prose is sentences, or one long phrase.

A caption is tags, or prose, or tags and then prose; whatever follows the beginning of prose is prose. Prose begins
at the start of a line, behind the end of a sentence, or behind a separator, where one of these stands:

- a sentence: it starts with a capital, ends with `.`, `!`, `?` or `…`, and says one of the small words that lists of
  tags lack (`a`, `the`, `is`, ...), has long parts between its separators, or follows a full stop;
- a short sentence: it starts with a capital, `a`, `an`, `this` or `there`, ends with `.`, and holds no separator;
- a phrase without a full stop, as captioners write it: its first part has five words or more with such a small word
  among them, and its parts are long on average; or it says `the image ...`; or its last parts are joined by `, and`;
- Chinese or Japanese text that ends with `。`.

A name, capitals throughout, begins a sentence only if the sentence goes on like one. So that tags put before prose are
told from it at the next reading, a decision looks at what follows, and hardly ever at what stands before.

What the text alone cannot settle: `Night.` and `Rotes Haus.` are tags with a full stop, like `Hatsune Miku.`; the last
of `1girl, Blue hair.` is a sentence, like that of `lowres, Blue sky.`; `a dog`, `A dog, asleep` and `a dog, asleep.` are tags. And a
tag that itself reads like prose (five words and an article; `Blue hair` or `a dog` before a full stop; `Blue hair`
between tags in small letters and a short sentence) cannot be told from it. A wrong guess loses nothing: it only
decides on which side of the text new tags are put.
"""

from __future__ import annotations

import re

FENCE = "|||"
"""What kohya's trainer takes as the border between kept and shuffled tags."""

PHRASE_WORDS = 5
SENTENCE_PART_WORDS = 4.0
"""Words per part, on average, from which a finished stretch is a sentence in any language."""
PHRASE_PART_WORDS = 3.5

_SMALL_WORDS = frozenset(
    "a an the is are was were his her its their with and that which who there this it he she they".split()  # noqa: SIM905  (reads better than a column)
)
_VERBS = frozenset(("is", "are", "was", "were"))
_OPENERS = frozenset(("a", "an", "this", "there"))
_PHRASE_STARTS = frozenset(("and", "in", "the", "this"))
"""Without one of these and without a long part there is no phrase."""
_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?i:st|dr|mr|ms|mt|jr|sr|vs))(?<!\b(?i:mrs))(?<![.!?…])[.!?…]++[\"'”’)\]]*(?=\s|$)"
)
_FULL_STOP = re.compile(r"\.[\"'”’)\]]*\Z")
_FINISHES = re.compile("[.!?…。]")
_SHOWS = re.compile(
    r"\s*(?:in )?(?:the|this) (?:image|picture|photo|photograph|painting|drawing|illustration) \w", re.IGNORECASE
)
_CJK_SENTENCE = re.compile(r"\s*[^\s,;|]{7,}。")
_OPENING_MARKS = "\"'“‘(["


def prose_start(text: str, separator: str) -> int | None:
    """Return where prose begins in the text, None when all of it is tags.

    Args:
        text: A whole caption.
        separator: What stands between tags, one character.
    """
    text = text.replace(FENCE, f" {separator} ")  # of the same length
    # Most captions are tags alone, and datasets are large: what has neither a small word nor an end is settled here.
    if not _FINISHES.search(text) and _SMALL_WORDS.isdisjoint(text.lower().replace(separator, " ").split()):
        return None
    for line in _LINE.finditer(text):
        stretch, behind_stop = line.start(), False
        for end in _SENTENCE_END.finditer(line[0]):
            found = _begins(text[stretch : line.start() + end.end()], separator, finished=True, behind_stop=behind_stop)
            if found is not None:
                return stretch + found
            stretch, behind_stop = line.start() + end.end(), "." in end[0]
        found = _begins(text[stretch : line.end()], separator)
        if found is not None:
            return stretch + found
    return None


def _begins(stretch: str, separator: str, *, finished: bool = False, behind_stop: bool = False) -> int | None:
    """Return where prose begins within one stretch up to the end of a sentence or line, None when nowhere."""
    pieces = stretch.split(separator)
    if not finished and "。" not in stretch:
        words = [piece.split() for piece in pieces]
        if max(map(len, words)) < PHRASE_WORDS and not any(w and w[0].lower() in _PHRASE_STARTS for w in words):
            return None
    parts = [_Part(piece) for piece in pieces]
    stop = finished and _FULL_STOP.search(stretch) is not None
    last = len(parts) - 1
    last_small = max((i for i, part in enumerate(parts) if part.small), default=-1)
    last_verb = max((i for i, part in enumerate(parts) if not _VERBS.isdisjoint(part.words[:1])), default=-1)
    last_and = max((i for i, part in enumerate(parts) if part.words[:1] == ["and"]), default=-1)
    last_capital = max((i for i, part in enumerate(parts) if part.capital), default=-1)
    last_start = max((i for i, part in enumerate(parts) if part.opens or part.phrase), default=-1)
    words_left, at = sum(len(part.words) for part in parts), 0
    for i, part in enumerate(parts):
        words_a_part = words_left / (last + 1 - i)
        # Behind a tag that looks the same it is one more of them: `Long hair, Red dress.`
        alike = i > 0 and parts[i - 1].capital and not parts[i - 1].name
        # What stands further on counts only if no later part could be the sentence's own beginning.
        sentence = part.capital and (
            (part.small and not part.name)
            or (words_a_part >= SENTENCE_PART_WORDS and not (part.name and last_start > i))
            or ((last_verb if part.name else last_small) > i >= last_capital and not alike)
            or (behind_stop and i == 0)
        )
        short = stop and i == last and part.opens and not part.name and not alike
        phrase = part.phrase and words_a_part >= PHRASE_PART_WORDS
        listing = part.opens and not part.name and last_and > i
        begins = (finished and sentence) or short or phrase or listing
        if begins or _SHOWS.match(part.text) or _CJK_SENTENCE.match(part.text):
            return at + len(part.text) - len(part.text.lstrip())
        words_left -= len(part.words)
        at += len(part.text) + len(separator)
    return None


class _Part:
    """What stands between two separators, and what it looks like."""

    __slots__ = ("capital", "name", "opens", "phrase", "small", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        written = text.split()
        self.words = [word.lower() for word in written]
        capitals = [word.lstrip(_OPENING_MARKS)[:1].isupper() for word in written]
        small = sum(word in _SMALL_WORDS for word in self.words)
        self.small = small > 0
        self.capital = capitals[:1] == [True]
        self.name = all(capitals)
        self.opens = self.capital or (len(written) > 1 and self.words[0] in _OPENERS)
        # Titles of works begin with an article or hold a colon: `the king of fighters xiii`.
        self.phrase = len(written) >= PHRASE_WORDS and small > (self.words[0] == "the") and ":" not in text
