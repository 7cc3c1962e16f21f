"""Where prose begins in a caption. Tags are a list of short names; prose is sentences, or one long phrase.

A caption is tags, or prose, or tags and then prose; whatever follows the beginning of prose is prose. Prose begins
at the start of a line, behind the end of a sentence, or behind a separator, where one of these stands:

- a sentence: it starts with a capital, ends with `.`, `!`, `?` or `…`, has three words or more, and either says
  one of the small words that lists of tags lack (`a`, `the`, `is`, ...) or has long parts between its separators;
- a phrase without a full stop, as captioners write it: its first part has five words or more with such a small word
  among them, and its parts are long on average; behind a separator it must start with `a`, `an`, `this`, `there`;
- Chinese or Japanese text that ends with `。`.

A wrong guess loses nothing: it only decides on which side of the text new tags are put.
"""

from __future__ import annotations

import re

FENCE = "|||"
"""What kohya's trainer takes as the border between kept and shuffled tags."""

SENTENCE_WORDS = 3
PHRASE_WORDS = 5
SENTENCE_PART_WORDS = 4.0
"""Words per part, on average, from which a capitalised, finished stretch is a sentence in any language."""
PHRASE_PART_WORDS = 3.5

_SMALL_WORDS = frozenset(
    "a an the is are was were his her its their with and that which who there this it he she they".split()  # noqa: SIM905  (reads better than a column)
)
_OPENERS = frozenset(("a", "an", "this", "there"))
_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b(?:St|Dr|Mr|Ms))(?<!\bMrs)(?<![.!?…])[.!?…]++[\"'”’)\]]*(?=\s|$)")
_FINISHES = re.compile("[.!?…。]")
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
        stretch = line.start()
        for end in _SENTENCE_END.finditer(line[0]):
            found = _begins(text[stretch : line.start() + end.end()], separator, finished=True)
            if found is not None:
                return stretch + found
            stretch = line.start() + end.end()
        found = _begins(text[stretch : line.end()], separator, finished=False)
        if found is not None:
            return stretch + found
    return None


def _begins(stretch: str, separator: str, *, finished: bool) -> int | None:
    """Return where prose begins within one stretch up to the end of a sentence or line, None when nowhere."""
    parts = stretch.split(separator)
    words = [part.split() for part in parts]
    if not finished and "。" not in stretch and max(map(len, words)) < PHRASE_WORDS:
        return None
    small = [any(word.lower() in _SMALL_WORDS for word in part) for part in words]
    capital = [bool(part) and part[0].lstrip(_OPENING_MARKS)[:1].isupper() for part in words]
    last_small = max((i for i, yes in enumerate(small) if yes), default=-1)
    last_capital = max((i for i, yes in enumerate(capital) if yes), default=-1)
    words_left, at = sum(map(len, words)), 0
    for i, (part, its_words) in enumerate(zip(parts, words, strict=True)):
        words_a_part = words_left / (len(parts) - i)
        sentence = (
            finished
            and capital[i]
            and (words_left if i == 0 else len(its_words)) >= SENTENCE_WORDS
            # A small word further on counts only if no later part could be the sentence's own beginning.
            and (small[i] or words_a_part >= SENTENCE_PART_WORDS or (last_small > i and last_capital <= i))
        )
        phrase = (
            len(its_words) >= PHRASE_WORDS
            and small[i]
            and words_a_part >= PHRASE_PART_WORDS
            and (i == 0 or its_words[0].lower() in _OPENERS)
        )
        if sentence or phrase or _CJK_SENTENCE.match(part):
            return at + len(part) - len(part.lstrip())
        words_left -= len(its_words)
        at += len(part) + len(separator)
    return None
