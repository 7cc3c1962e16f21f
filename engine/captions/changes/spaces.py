"""White space that a change is about, told from the space that any word brings along: somebody must see it to decide."""

from __future__ import annotations

from typing import NamedTuple

_OF_COURSE = frozenset({"", " "})


class Spaced(NamedTuple):
    """The text of one side of a change between the white space that is to be seen."""

    before: str
    """Empty where what is there goes without saying."""
    text: str
    behind: str


def spaced(text: str, instead: str) -> Spaced:
    """Part a text from its white space.

    Args:
        text: What a change takes out, or what it puts in.
        instead: What it puts in, or takes out, there; empty where nothing. Space that both have is no change.
    """
    bare = text.strip()
    if not bare:
        return Spaced(text, "", "")
    ends = _before(text), _behind(text)
    usual = ({_before(instead)}, {_behind(instead)}) if instead else (_OF_COURSE, _OF_COURSE)
    before, behind = ("" if space in known else space for space, known in zip(ends, usual, strict=True))
    return Spaced(before, bare, behind)


def _before(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _behind(text: str) -> str:
    return text[len(text.rstrip()) :]
