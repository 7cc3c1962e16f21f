"""What a filter that no image fits may have meant: a folder that begins as the one it names, a source that has its name inside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.finding.language.globs import text_glob
from engine.finding.language.query import Text, leaves, query_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.finding.language import Query


def near(query: Query, folders: Iterable[str], sources: Iterable[str]) -> str:
    """Return a term that fits something where a term of the filter fits nothing; empty where none comes near.

    Args:
        query: The filter.
        folders: Every folder with an image, by its path.
        sources: Whoever proposed something.
    """
    known = {"folder": (_names(folders), "{}*"), "source": ({*sources}, "*{}*")}
    for leaf, negated in leaves(query.node):
        if isinstance(leaf, Text) and leaf.name in known and not negated:
            names, wider = known[leaf.name]
            if _fitting(names, leaf.pattern):
                continue
            if found := _fitting(names, wider.format(leaf.pattern)):
                name = min(found, key=lambda name: (len(name), name))
                return query_text(Text(leaf.name, re.sub(r"[*?\\]", r"\\\g<0>", name)))
    return ""


def _names(folders: Iterable[str]) -> set[str]:
    """Return what each folder can be named by, and those that it lies in: paths and last names."""
    parts = [folder.split("/") for folder in folders if folder]
    return {name for one in parts for end in range(1, len(one) + 1) for name in ("/".join(one[:end]), one[end - 1])}


def _fitting(names: Iterable[str], pattern: str) -> list[str]:
    glob = text_glob(pattern)
    return [name for name in names if glob.is_all_of(name.casefold())]
