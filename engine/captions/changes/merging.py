"""Several candidates as one: the tags of all, those on which they agree, or the tags of one and the sentence of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.captions.changes.agreement import Agreement
from engine.captions.changes.candidate import Candidate, offered_tags
from engine.captions.changes.diff import Kept, diff, kept
from engine.captions.changes.hunks import Hunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.captions.caption import Caption

MOST_PAIRS = 6
"""Of tags and a sentence; who has more candidates takes them one by one."""


class Blend(NamedTuple):
    """A way to make one candidate of several."""

    name: str
    """`∪` all tags, `∩` those of all candidates, `∩2` those of at least two, `1+3` tags of one and prose of another."""
    members: tuple[int, ...]
    """Places of the candidates it is made of."""
    least: int = 0
    """How many of them must propose a tag; 0 where tags and a sentence are put together."""


class Blended(msgspec.Struct, frozen=True):
    """What a blend would change in a caption, and whose each change is."""

    hunks: tuple[Hunk, ...]
    owners: tuple[frozenset[int], ...]
    """For each change the places of the candidates that propose it, too."""
    left: dict[int, tuple[Hunk, ...]]
    """By place of a candidate: its changes that are not in the blend."""
    kept: tuple[Kept, ...]
    """The caption's tags that the blend gives, too."""


def blends(candidates: Sequence[Candidate], open_places: Iterable[int]) -> tuple[Blend, ...]:
    """Return the ways there are to blend the candidates of an image.

    Args:
        candidates: All of them.
        open_places: Those that nobody answered.
    """
    places = list(open_places)
    tags = tuple(place for place in places if candidates[place].kind == "tags")
    prose = [place for place in places if candidates[place].kind == "prose"]
    found = []
    if len(tags) > 1:
        found = [Blend("∪", tags, 1), Blend("∩", tags, len(tags))]
        if len(tags) > 2:  # noqa: PLR2004  (of two, both are all)
            found.insert(1, Blend("∩2", tags, 2))
    pairs = [Blend(f"{one + 1}+{other + 1}", (one, other)) for one in tags for other in prose]
    return (*found, *pairs[:MOST_PAIRS])


def blend(current: Caption, candidates: Sequence[Candidate], own: Sequence[Sequence[Hunk]], way: Blend) -> Blended:
    """Return what a blend would change.

    A tag that one candidate would remove stays where the blend proposes it; tags and a sentence that are put together
    do not remove each other.

    Args:
        current: The caption.
        candidates: All candidates of the image.
        own: What each of them would change.
        way: One of `blends`.
    """
    members = [candidates[place] for place in way.members]
    if way.least:
        tags = _enough(current, members, way.least)
        hunks = diff(current, tags)
        theirs = {place: {_identity(hunk) for hunk in own[place]} for place in way.members}
        owners = [frozenset(place for place in way.members if _identity(hunk) in theirs[place]) for hunk in hunks]
    else:
        tags = members[0]
        hunks, owners = _together(own, way)
    ours = [{_identity(hunk) for hunk, who in zip(hunks, owners, strict=True) if place in who} for place in way.members]
    left = {
        place: tuple(hunk for hunk in own[place] if _identity(hunk) not in mine)
        for place, mine in zip(way.members, ours, strict=True)
    }
    return Blended(hunks, tuple(owners), left, kept(current, tags, hunks))


def _together(own: Sequence[Sequence[Hunk]], way: Blend) -> tuple[tuple[Hunk, ...], list[frozenset[int]]]:
    tags, prose = way.members
    of_tags = [hunk for hunk in own[tags] if hunk.part == "tags"]
    of_prose = [msgspec.structs.replace(hunk, chosen=True) for hunk in own[prose] if hunk.part == "prose"]
    whose = [frozenset({tags})] * len(of_tags) + [frozenset({prose})] * len(of_prose)
    return (*of_tags, *of_prose), whose


def _enough(current: Caption, members: Sequence[Candidate], least: int) -> Candidate:
    """Return the tags that enough candidates propose as one candidate, each with its best score."""
    offered = [offered_tags(one, current.separator) for one in members]
    tags = []
    for key in Agreement(members, current.separator).tags(least):
        first, *others = [tags_of[key] for tags_of in offered if key in tags_of]
        tags.append(first._replace(score=max([first.score, *(other.score for other in others)])))
    # Where only some would replace the caption, nothing of it goes.
    merge = members[0].merge if len({one.merge for one in members}) == 1 else "append"
    return Candidate(0, "tags", tuple(tags), merge=merge)


def _identity(hunk: Hunk) -> tuple[object, ...]:
    """Return what two changes have in common that do the same: bring the same tag, or do the same at one place."""
    if hunk.op == "add" and hunk.part == "tags":
        return hunk.op, hunk.tag_added
    return hunk.op, hunk.part, hunk.at, hunk.end, "" if hunk.op == "move" else hunk.new
