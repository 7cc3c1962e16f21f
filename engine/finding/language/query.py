"""A filter as a tree, and the tree as text: what `parse` makes, and what it makes the same tree of again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from engine.errors import WrongUsage
from engine.finding.language.words import BARE, MARKS, NUMBERS, OPERATORS, SCORE, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.finding.language.words import Need


class BadQuery(WrongUsage):
    """Correct a filter: it cannot be understood."""

    code = "query"

    def __init__(self, message: str, hint: str, at: int, end: int) -> None:
        """Say what is wrong, and where.

        Args:
            message: What is wrong, without the place.
            hint: What to do about it.
            at: Index of the first character concerned, from 0; the text's length where something is missing.
            end: Index behind the last one; equal to `at` where something is missing.
        """
        super().__init__(f"{message} at character {at + 1}", hint)
        self.at, self.end = at, end


class Mark(msgspec.Struct, frozen=True):
    """A word that stands alone, such as `pending`."""

    name: str


class Text(msgspec.Struct, frozen=True):
    r"""A pattern to be found somewhere."""

    name: str
    """One of `TEXTS`; empty for a bare word."""
    pattern: str
    r"""With `*` and `?`; `\*`, `\?` and `\\` stand for the characters themselves, and nothing else is escaped."""


class Number(msgspec.Struct, frozen=True):
    """A comparison with a number."""

    name: str
    op: str
    """One of < <= = != >= >."""
    value: float
    ratio: tuple[float, float] | None = None
    """The two sides of `16:9`; None where it was written as one number."""


class Score(msgspec.Struct, frozen=True):
    """A comparison with a stored score."""

    tag: str
    """A pattern, as in `Text`."""
    source: str
    """A pattern; empty for any source."""
    op: str
    value: float
    """From 0 to 1."""


class Not(msgspec.Struct, frozen=True):
    """What does not fit the part."""

    part: Node


class And(msgspec.Struct, frozen=True):
    """What fits all parts, two or more."""

    parts: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True):
    """What fits any of the parts, two or more."""

    parts: tuple[Node, ...]


Node = Mark | Text | Number | Score | Not | And | Or
Leaf = Mark | Text | Number | Score


class Query(msgspec.Struct, frozen=True):
    """A filter that was understood."""

    text: str
    """As it was written."""
    node: Node

    @property
    def needs(self) -> frozenset[Need]:
        """What must be known to answer it."""
        return frozenset(need for leaf, _ in leaves(self.node) for need in _needs(leaf))


def leaves(node: Node, *, negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Yield the terms of a filter in their order, each with whether it is turned round."""
    if isinstance(node, Not):
        yield from leaves(node.part, negated=not negated)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part, negated=negated)
    else:
        yield node, negated


def _needs(leaf: Leaf) -> tuple[Need, ...]:
    match leaf:
        case Mark(name):
            return (MARKS[name].needs,)
        case Text(name):
            return (TEXTS[name].needs,) if name else (BARE.needs, "paths")
        case Number(name):
            return (NUMBERS[name].needs,)
        case Score():
            return (SCORE.needs,)


def query_text(node: Node) -> str:  # noqa: PLR0911  (a line for each kind of node)
    """Write a filter so that reading it gives the same tree."""
    match node:
        case Or(parts):
            return " OR ".join(_inside(part, Or) for part in parts)
        case And(parts):
            return " AND ".join(_inside(part, And, Or) for part in parts)
        case Not(part):
            return f"NOT {_inside(part, And, Or)}"
        case Mark(name):
            return name
        case Text(name, pattern):
            return f"{name}:{quoted(pattern)}" if name else bare(pattern)
        case Number(name, op, value, ratio):
            return f"{name}{op}{_number(value) if ratio is None else ':'.join(map(_number, ratio))}"
        case Score(tag, source, op, value):
            of = f"@{quoted(source, always=True)}" if source else ""
            return f"score({quoted(tag, always=True)}{of}){op}{_number(value)}"


def _inside(node: Node, *bracketed: type) -> str:
    return f"({query_text(node)})" if isinstance(node, bracketed) else query_text(node)


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")  # no more digits than are read


_PLAIN = re.compile(r"""[^\s()"'\\]+""")
_PLAIN_BARE = re.compile(r"""[^\s()"'\\:<>=!,-][^\s()"'\\:<>=!,]*""")


def quoted(pattern: str, *, always: bool = False) -> str:
    """Write a pattern behind a colon, in quotes where it needs them."""
    if not always and _PLAIN.fullmatch(pattern):
        return pattern
    return '"' + pattern.replace('"', '\\"') + '"'


def bare(pattern: str) -> str:
    """Write a pattern that stands alone, in quotes where it would be read as something else."""
    known = pattern.lower() in (*OPERATORS, *MARKS)
    return pattern if _PLAIN_BARE.fullmatch(pattern) and not known else quoted(pattern, always=True)
