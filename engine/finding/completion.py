"""What may come next in a filter or an order, while it is typed."""

from __future__ import annotations

import re
from bisect import bisect_left
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from engine.finding.language.query import quoted
from engine.finding.language.sorting import ORDERS
from engine.finding.language.words import CHOICES, MARKS, NUMBERS, SCORE, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LIMIT = 12
LOOKED_AT = 5_000
"""So many tags with the same beginning are compared by how often they are used."""

_TYPED = re.compile(
    r"""(?:^|(?<=[\s(]))-?(?:(?P<name>[A-Za-z][A-Za-z_-]*):)?(?P<rest>"[^"]*|'[^']*|(?![(-])[^\s"':]*)\Z"""
)
_SCORE = re.compile(r"""score\s*\(\s*(?P<rest>"[^"]*|[^")@]*)(?:"?@"?(?P<source>[^")]*))?\Z""", re.IGNORECASE)


class Completion(NamedTuple):
    """One proposal for what is typed."""

    text: str
    """What stands there instead."""
    start: int
    """Where what it replaces begins."""
    end: int
    """Where that ends; the cursor."""
    what: str
    """A few words about it."""


class Known(NamedTuple):
    """What the dataset has, as of the last time an index was brought up."""

    tags: tuple[str, ...] = ()
    """By `tag_key`, sorted."""
    uses: tuple[int, ...] = ()
    """How often each is used in captions, same order."""
    sources: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def complete(text: str, cursor: int, known: Known) -> list[Completion]:
    """Return what the word at the cursor may become, best first.

    Args:
        text: The filter as typed so far.
        cursor: Index of the cursor, from 0 to the length of the text.
        known: What the dataset has.
    """
    before = text[:cursor]
    if found := _SCORE.search(before):
        group = "rest" if found["source"] is None else "source"
        return _fitting("score" if group == "rest" else "@", found[group], found.start(group), known)
    found = _TYPED.search(before)
    return _fitting((found["name"] or "").lower(), found["rest"], found.start("rest"), known) if found else []


def _fitting(name: str, rest: str, start: int, known: Known) -> list[Completion]:
    """Complete what stands behind a name and its colon; nothing stands before a word of its own."""
    typed = rest[1:] if rest[:1] in ("'", '"') else rest
    words: Iterable[tuple[str, str]]
    if name in ("tag", "proposed", "score"):
        pairs = _tags(typed, known)
        return [Completion(quoted(tag, always=name == "score"), start, start + len(rest), uses) for tag, uses in pairs]
    if name in CHOICES:
        words = ((word, MARKS[word].means if word in MARKS else "") for word in CHOICES[name])
    elif name in ("source", "@"):
        words = ((quoted(word), "source") for word in known.sources)
    elif name == "folder":
        words = ((quoted(word), "folder") for word in known.folders if word)
    elif name == "error":
        words = [("any", "whatever the reason")]
    else:
        words = () if name or typed != rest else _words()
    return _whole(typed, start, start + len(rest), words)


def complete_order(text: str) -> list[Completion]:
    """Return the orders that what is typed may become."""
    start = 1 if text.startswith("-") else 0
    return _whole(text[start:], start, len(text), ((name, word.means) for name, word in ORDERS.items()))


def _words() -> Iterator[tuple[str, str]]:
    yield from ((name, word.means) for name, word in MARKS.items())
    yield from ((f"{name}:", word.means) for name, word in TEXTS.items())
    yield from ((f"{name}:", "one of " + ", ".join(words)) for name, words in CHOICES.items())
    yield from ((f"{name}>", word.means) for name, word in NUMBERS.items())
    yield "score(", SCORE.means
    yield from ((word, "joins two terms" if word != "NOT" else "turns a term round") for word in ("AND", "OR", "NOT"))


def _whole(typed: str, start: int, end: int, words: Iterable[tuple[str, str]]) -> list[Completion]:
    wanted = typed.casefold()
    fitting = (pair for pair in words if pair[0].strip('"').casefold().startswith(wanted) and pair[0] != typed)
    return [Completion(word, start, end, what) for word, what in islice(fitting, LIMIT * 3)]


def _tags(typed: str, known: Known) -> list[tuple[str, str]]:
    """Return tags that begin with what is typed, the most used first."""
    wanted = " ".join(typed.casefold().replace("_", " ").split())
    first = bisect_left(known.tags, wanted)
    places = [
        place for place in range(first, min(first + LOOKED_AT, len(known.tags))) if known.tags[place].startswith(wanted)
    ]
    best = nlargest(LIMIT, places, key=known.uses.__getitem__)
    return [(known.tags[place], f"{known.uses[place]:,}") for place in best]
