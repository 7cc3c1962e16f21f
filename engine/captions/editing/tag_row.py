"""A caption's tags as one row, edited: which stay, in which order and spelling.

A row holds the tags as written, and the fences between them, which stay where they are: what is behind a fence is
shuffled by the trainer, what is before it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.editing.patterns import sought
from engine.captions.prose import FENCE
from engine.captions.weights import name_key, split_weight, unpaired

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from engine.captions.editing.edit_grammar import Edit

NEW = -1
"""The place of a tag that was not there before."""

Placed = tuple[int, str]
"""One piece of an edited row: where it stood before, from 0, or NEW; and its text."""

_BRACKETS = frozenset("()[]{}")


def edited_row(row: Sequence[str], edit: Edit) -> list[Placed] | None:
    """Return a row after an edit of its tags; None where there is nothing to do.

    Args:
        row: Tags and fences, as written.
        edit: One that concerns tags: add, drop, rename, dedupe or order.
    """
    return _EDITS[edit.verb](row, edit)


def _added(row: Sequence[str], edit: Edit) -> list[Placed] | None:
    key = name_key(edit.text)
    if any(name_key(tag) == key for tag in row):
        return None
    new = (NEW, edit.text)
    return [new, *enumerate(row)] if edit.first else [*enumerate(row), new]


def _dropped(row: Sequence[str], edit: Edit) -> list[Placed] | None:
    going = sought(edit.text, wild=edit.wild).places(row)
    return _without(row, going) if going else None


def _deduped(row: Sequence[str], _: Edit) -> list[Placed] | None:
    seen: set[str] = set()
    going = set[int]()
    for place, tag in enumerate(row):
        if tag != FENCE:
            key = name_key(tag)
            if key in seen:
                going.add(place)
            seen.add(key)
    return _without(row, going) if going else None


def _renamed(row: Sequence[str], edit: Edit) -> list[Placed] | None:
    """Rename what fits; where the new name is there already, also by this, the old one goes."""
    new, names, going = name_key(edit.new), list(row), set[int]()
    there = new in map(name_key, row)
    for place in sought(edit.text, wild=edit.wild).places(row):
        if there and name_key(row[place]) != new:
            going.add(place)
        else:
            names[place], there = _respelt(row[place], edit), True
    return None if names == row and not going else _without(names, going)


def _respelt(tag: str, edit: Edit) -> str:
    """Return a tag under its new name, with the weight it had, unless the names say which weight."""
    weighted = split_weight(tag)
    plain = not edit.wild and split_weight(edit.text).prefix
    return edit.new if plain or split_weight(edit.new).prefix else f"{weighted.prefix}{edit.new}{weighted.suffix}"


def _ordered(row: Sequence[str], edit: Edit) -> list[Placed] | None:
    """Move tags to the front; those that share a bracket, as `(long hair, solo:1.2)`, stay together."""
    ranks = [len(edit.tags)] * len(row)
    for rank, name in reversed(list(enumerate(edit.tags))):
        for place in sought(name, wild=False).places(row):
            ranks[place] = rank
    if ranks == sorted(ranks):
        return None
    bundles = sorted(_bundles(row), key=lambda bundle: min(ranks[place] for place in bundle))
    after = [(place, row[place]) for bundle in bundles for place in bundle]
    return None if after == list(enumerate(row)) else after


_EDITS: dict[str, Callable[[Sequence[str], Edit], list[Placed] | None]] = {
    "add": _added,
    "drop": _dropped,
    "rename": _renamed,
    "dedupe": _deduped,
    "order": _ordered,
}


def _without(row: Sequence[str], going: Collection[int]) -> list[Placed]:
    """Leave tags out; the half of a bracket that one shares with its neighbours goes over to them."""
    kept: list[Placed] = []
    for bundle in _bundles(row):
        opened = ""
        before = len(kept)
        for place in bundle:
            tag = row[place]
            if place not in going:
                kept.append((place, opened + tag))
                opened = ""
                continue
            start, end = unpaired(tag) if len(bundle) > 1 else (0, len(tag))
            opened += tag[:start]
            if len(kept) > before:
                kept[-1] = (kept[-1][0], kept[-1][1] + tag[end:])
    return kept


def _bundles(row: Sequence[str]) -> Iterator[Sequence[int]]:
    """Yield the places of a row, together where a bracket opens in one tag and closes in another."""
    if _BRACKETS.isdisjoint("".join(row)):
        yield from zip(range(len(row)))
        return
    bundle: list[int] = []
    depth = 0
    for place, tag in enumerate(row):
        if tag == FENCE:
            yield from ([alone] for alone in (*bundle, place))
            bundle, depth = [], 0
            continue
        bundle.append(place)
        if not _BRACKETS.isdisjoint(tag):
            start, end = unpaired(tag)
            depth += sum(sign in "([{" for sign in tag[:start]) - sum(sign in ")]}" for sign in tag[end:])
        if depth <= 0:
            yield bundle
            bundle, depth = [], 0
    yield from ([place] for place in bundle)  # a bracket that nobody closes binds nothing
