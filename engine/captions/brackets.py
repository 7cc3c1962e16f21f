"""Brackets that several tags share, as `(long hair, solo:1.2)`: which go around a tag, and tags written in them again.

A row of tags may lose some, get others, or come into another order: each bracket is closed where its tags end and opened
again where they go on. So no tag gains or loses a weight, and no half of a bracket is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import Tag
from engine.captions.weights import Half, halves, unpaired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SIGNS = frozenset("()[]{}")
_CLOSES = {"(": ")", "[": "]", "{": "}"}


class Bracket(NamedTuple):
    """One bracket around tags that stand side by side."""

    place: tuple[int, int]
    """Tag and character where it opens: no other one has the same."""
    opening: str
    closing: str
    """With its number, as in `:1.2)`."""


class Enclosed(NamedTuple):
    """A tag without its halves of the brackets it shares."""

    text: str
    around: tuple[Bracket, ...] = ()
    """The shared brackets that are open where it begins, the outermost first."""
    behind: tuple[Bracket, ...] = ()
    """Those open where it ends; others only where a half stands amid the tag, as in `saber (fate, zero)`."""
    start: int = 0
    """Where the text begins in the tag as it was written."""

    @property
    def end(self) -> int:
        """Where the text ends in it."""
        return self.start + len(self.text)


def enclosed(tags: Sequence[str]) -> list[Enclosed]:
    """Return tags that follow each other without the halves they share; one that nobody closes stays with its tag."""
    if _SIGNS.isdisjoint("".join(tags)):
        return [Enclosed(tag) for tag in tags]
    found: list[Enclosed] = []
    now: list[Bracket] = []
    of_tags = [halves(tag) for tag in tags]
    brackets = _paired(of_tags, tags)
    for i, (tag, own) in enumerate(zip(tags, of_tags, strict=True)):
        start, end = unpaired(tag)
        alone = [half.at for half in own if (i, half.at) not in brackets]
        start, end = (
            0 if any(at < start for at in alone) else start,
            len(tag) if any(at >= end for at in alone) else end,
        )
        shared = [half for half in own if (i, half.at) in brackets]
        now += [brackets[i, half.at] for half in shared if half.at < start]
        around = tuple(now)
        for half in shared:
            if start <= half.at < end:
                now = [*now, brackets[i, half.at]] if half.opens else now[:-1]
        found.append(Enclosed(tag[start:end], around, tuple(now), start))
        now = now[: len(now) - sum(half.at >= end for half in shared)]
    return found


def bare_tags(tags: Sequence[Tag]) -> list[Tag]:
    """Return the tags of a caption without the halves they share."""
    inside = enclosed([tag.text for tag in tags])
    return [Tag(of.text, tag.start + of.start, tag.start + of.end) for tag, of in zip(tags, inside, strict=True)]


def written(row: Sequence[Enclosed]) -> list[str]:
    """Return tags in their order as texts: each bracket around those in it that stand side by side."""
    texts: list[str] = []
    now: tuple[Bracket, ...] = ()
    for tag in (*row, Enclosed("")):
        same = in_common(now, tag.around)
        if texts:
            texts[-1] += "".join(bracket.closing for bracket in reversed(now[same:]))
        texts.append("".join(bracket.opening for bracket in tag.around[same:]) + tag.text)
        now = tag.behind
    return texts[:-1]


def left_open(tags: Sequence[str]) -> bool:
    """Say whether a bracket that opens in one of the tags is closed in none."""
    of_tags = [halves(tag) for tag in tags]
    brackets = _paired(of_tags, tags)
    return any(half.opens and (i, half.at) not in brackets for i, own in enumerate(of_tags) for half in own)


def in_common(some: Sequence[Bracket], others: Sequence[Bracket]) -> int:
    """Return how many brackets two tags have in common, from the outermost on."""
    return next(
        (i for i, (one, other) in enumerate(zip(some, others, strict=False)) if one != other),
        min(len(some), len(others)),
    )


def renamed(tag: Enclosed, name: str) -> Enclosed:
    """Return a tag under another name, in the brackets that were around it."""
    same = tag.behind == tag.around or _turns(name) == _turns(tag.text)
    return tag._replace(text=name, behind=tag.behind if same else tag.around)


def _turns(text: str) -> list[bool]:
    """Return for each half of a bracket in a tag whether it opens."""
    return [half.opens for half in halves(text)]


def _paired(of_tags: Sequence[Sequence[Half]], tags: Sequence[str]) -> Mapping[tuple[int, int], Bracket]:
    """Return the bracket of each half that has its other one in another tag, by tag and character."""
    found: dict[tuple[int, int], Bracket] = {}
    waiting: list[tuple[int, Half]] = []
    for i, own in enumerate(of_tags):
        for half in own:
            if half.opens:
                waiting.append((i, half))
            elif waiting and _CLOSES[tags[waiting[-1][0]][waiting[-1][1].at]] == tags[i][half.at]:
                j, opening = waiting.pop()
                place = j, opening.at
                found[place] = found[i, half.at] = Bracket(place, opening.text, half.text)
    return found
