"""Filters that a person kept under a name: `@name` stands for one, alone or among other terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.finding.language.grammar import parse
from engine.finding.language.query import BadQuery, Query, query_text
from engine.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_QUOTED = r""""(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?"""
_MENTION = re.compile(rf"(?<![^\s(:@<>=-])(?:{_QUOTED})|(?<![^\s(-])@(?P<name>[\w-]+)(?![^\s)])")
_NAME = re.compile(r"[\w-]+")


def is_name(text: str) -> bool:
    """Say whether a filter can be mentioned by this name: letters, digits, - and _."""
    return _NAME.fullmatch(text) is not None


def parse_saved(text: str, filters: Mapping[str, str], within: tuple[str, ...] = ()) -> Query:
    """Read a filter that may mention others.

    Args:
        text: What was written; it is the text of the result, too.
        filters: Those kept, by name.
        within: Names of those being read, of which none may be mentioned again.

    Raises:
        BadQuery: It cannot be understood, or one that it mentions; with the place in this text.
    """
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for found in _MENTION.finditer(text):
        if (name := found["name"]) is None:
            continue
        begin, end = found.span()
        meant = f"({query_text(_meant(name, filters, within, begin, end).node)})"
        pieces += [text[done:begin], meant]
        origins += [*range(done, begin), *[begin] * len(meant)]
        done = end
    if not pieces:
        return parse(text)
    pieces.append(text[done:])
    origins += [*range(done, len(text)), len(text)]
    try:
        return Query(text, parse("".join(pieces)).node)
    except BadQuery as wrong:
        last = max(wrong.at, wrong.end - 1)
        end = origins[last] + 1 if wrong.end > wrong.at else origins[wrong.at]
        raise BadQuery(_bare(wrong), wrong.hint, origins[wrong.at], end) from wrong


def _meant(name: str, filters: Mapping[str, str], within: tuple[str, ...], begin: int, end: int) -> Query:
    if name not in filters:
        hint = nearest(name, filters) if filters else "none is kept yet"
        raise BadQuery(f"no filter is kept as @{name}", hint, begin, end)
    if name in within:
        raise BadQuery(f"@{name} mentions itself", "correct it in cutline.toml", begin, end)
    try:
        return parse_saved(filters[name], filters, (*within, name))
    except BadQuery as wrong:
        raise BadQuery(f"in @{name}, {_bare(wrong)}", wrong.hint, begin, end) from wrong


def broken(filters: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names of those filters that cannot be used, each with the reason."""
    for name, text in filters.items():
        if not is_name(name):
            yield name, "a name has letters, digits, - and _ only"
            continue
        try:
            parse_saved(text, filters, (name,))
        except BadQuery as wrong:
            yield name, str(wrong)


def _bare(wrong: BadQuery) -> str:
    """Return what is wrong without the place."""
    return wrong.message.rpartition(" at character ")[0]
