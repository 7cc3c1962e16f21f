"""Weights around a tag, as prompts have them, and which tags of a caption are the same without them.

`(long hair:1.2)`, `((long hair))`, `[long hair]` and `{long hair}` all weigh `long hair`. A bracket behind a backslash
is part of the name, as are brackets that close before the end (`saber (fate)`). One bracket may weigh several tags
(`(long hair, solo:1.2)`): then each tag has a half of it. `<lora:style:0.8>` loads a network and names no tag.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import tag_key

if TYPE_CHECKING:
    from engine.captions.caption import Caption

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENING = {close: opening for opening, close in _CLOSING.items()}
_SIGNS = frozenset("()[]{}")
_NUMBER = re.compile(r"\s*:\s*[-+]?(?:\d+\.?\d*|\.\d+)\s*\Z")
_NUMBER_LENGTH = 24
"""What is longer, with its colon, is no weight."""
_NETWORK = re.compile(r"<\w+:[^<>]*>\Z")


class Weighted(NamedTuple):
    """A tag in three parts, which together are the text it came from."""

    name: str
    """The tag itself; empty for what loads a network."""
    prefix: str
    """Opening brackets before it."""
    suffix: str
    """A number and closing brackets behind it."""


def split_weight(text: str) -> Weighted:
    """Part a tag from the weight around it; what has no weight is all name.

    Args:
        text: One tag as written, without white space around it.
    """
    if _NETWORK.match(text):
        return Weighted("", text, "")
    if not text or not (text[0] in _CLOSING or text[-1] in _OPENING):
        return Weighted(text, "", "")
    partners = _partners(text)
    start, end = _without_halves(text, partners)
    while end - start > 1 and partners.get(start) == end - 1:
        numbered = text[start] == "("
        start, end = _without_space(text, start + 1, end - 1)
        if numbered:
            end = _before_number(text, start, end)
    if not any(sign.isalnum() for sign in text[start:end]):  # `:)` and `(o)` are faces
        return Weighted(text, "", "")
    return Weighted(text[start:end], text[:start], text[end:])


class Half(NamedTuple):
    """A bracket whose other half is not in the same tag."""

    at: int
    opens: bool
    text: str
    """As it is written around a tag: with the space inside it, and with the number that a closing one has."""


@lru_cache(maxsize=1 << 14)
def name_key(tag: str) -> str:
    """Return what makes two tags the same, whatever they weigh: `(Long_Hair:1.2)` and `long hair`."""
    return tag_key(split_weight(tag).name or tag)


def unpaired(text: str) -> tuple[int, int]:
    """Return where a tag begins and ends without the halves of brackets that it shares with its neighbours."""
    return _without_halves(text, _partners(text))


@lru_cache(maxsize=1 << 12)
def halves(text: str) -> tuple[Half, ...]:
    """Return the brackets of a tag whose other halves may be in its neighbours; a face has none."""
    if not any(sign.isalnum() for sign in text):
        return ()
    partners = _partners(text)
    start, end = _without_halves(text, partners)
    alone = [at for at, sign in enumerate(text) if sign in _SIGNS and at not in partners and not _is_escaped(text, at)]
    found = []
    done = end
    for at, following in zip_longest(alone, alone[1:], fillvalue=start):
        if at < start:
            written = text[at : min(following, start)]
        elif at >= end:
            written, done = text[done : at + 1], at + 1
        else:
            written = text[_before_number(text, 0, at) if text[at] == ")" else at : at + 1]
        found.append(Half(at, text[at] in _CLOSING, written))
    return tuple(found)


def duplicates(caption: Caption) -> tuple[tuple[int, ...], ...]:
    """Find tags that stand more than once, weights and spelling aside.

    Returns:
        For each of them its places in `caption.tags`, rising; in the order in which they first stand.
    """
    places: dict[str, list[int]] = {}
    for place, tag in enumerate(caption.tags):
        if name := split_weight(tag.text).name:
            places.setdefault(tag_key(name), []).append(place)
    return tuple(tuple(found) for found in places.values() if len(found) > 1)


def _partners(text: str) -> dict[int, int]:
    """Return the place of the other one for each bracket that has one."""
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for at, sign in enumerate(text):
        if sign in _CLOSING and not _is_escaped(text, at):
            waiting.append(at)
        elif waiting and text[waiting[-1]] == _OPENING.get(sign) and not _is_escaped(text, at):
            opened = waiting.pop()
            partners[opened], partners[at] = at, opened
    return partners


def _without_halves(text: str, partners: dict[int, int]) -> tuple[int, int]:
    start, end = 0, len(text)
    while start < end and text[start] in _CLOSING and start not in partners:
        start, end = _without_space(text, start + 1, end)
    while end > start and text[end - 1] in _OPENING and end - 1 not in partners and not _is_escaped(text, end - 1):
        numbered = text[end - 1] == ")"
        start, end = _without_space(text, start, end - 1)
        if numbered:
            end = _before_number(text, start, end)
    return (start, end) if any(sign.isalnum() for sign in text[start:end]) else (0, len(text))


def _is_escaped(text: str, at: int) -> bool:
    first = at
    while first and text[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _before_number(text: str, start: int, end: int) -> int:
    """Return where a name ends that may have `:1.2` behind it; a name is never empty."""
    number = _NUMBER.search(text, max(start, end - _NUMBER_LENGTH), end)
    return number.start() if number and number.start() > start else end
