"""Two changes of a list of tags joined: each tag by what it is, where it stands, as it is written."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import tag_key
from engine.captions.prose import FENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.captions.caption import Caption

ORDER = "the order of its tags"
"""What both sides changed where it is no single tag."""

Key = tuple[str, int]
"""What a tag is, and how many of its like stand before it."""


class Listed(NamedTuple):
    """A tag in its caption, or a fence (`|||`), which is kept and moved like one."""

    key: Key
    text: str
    """As written."""
    start: int
    end: int


def tag_list(caption: Caption) -> list[Listed]:
    """Return the tags and fences of a caption, in the order of the text."""
    found = [(tag_key(tag.text), tag.text, tag.start, tag.end) for tag in caption.tags]
    if FENCE in caption.text:
        end = len(caption.text) if caption.prose is None else caption.prose[0]
        fences = re.finditer(re.escape(FENCE), caption.text[:end])
        found = sorted([*found, *((FENCE, FENCE, *fence.span()) for fence in fences)], key=lambda one: one[2])
    seen: Counter[str] = Counter()
    listed = []
    for key, text, start, end in found:
        listed.append(Listed((key, seen[key]), text, start, end))
        seen[key] += 1
    return listed


def merge_tags(base: Sequence[Listed], mine: Sequence[Listed], theirs: Sequence[Listed]) -> dict[Key, str] | str:
    """Join two changes of a list of tags.

    Returns:
        How each tag of the joined list is written, in its order; or, as text, what both sides changed.
    """
    texts = _texts(base, mine, theirs)
    if isinstance(texts, str):
        return texts
    common = {one.key for one in base} & {one.key for one in mine} & {one.key for one in theirs}
    was, now, there = ([one.key for one in side if one.key in common] for side in (base, mine, theirs))
    if now != was and there not in (was, now):
        return ORDER
    kept, others = (theirs, mine) if now in (was, there) else (mine, theirs)
    return {key: texts[key] for key in _inserted(kept, others) if key in texts}


def _texts(base: Sequence[Listed], mine: Sequence[Listed], theirs: Sequence[Listed]) -> dict[Key, str] | str:
    """Return how each tag of the joined list is written; or the tag that both sides changed."""
    one, two, three = ({tag.key: tag.text for tag in side} for side in (base, mine, theirs))
    kept: dict[Key, str] = {}
    for key in {**three, **two, **one}:
        was, now, there = one.get(key), two.get(key), three.get(key)
        if was is None:
            kept[key] = there or now or ""  # where both wrote the same tag, it stays as it stands in the file
        elif there in (was, now):
            if now is not None:
                kept[key] = now
        elif now != was:
            return was
        elif there is not None:
            kept[key] = there
    return kept


def _inserted(kept: Sequence[Listed], others: Sequence[Listed]) -> list[Key]:
    """Return the tags of one list, with those that only the other has behind the ones they follow there."""
    keys = [one.key for one in kept]
    known = frozenset(keys)
    behind: dict[Key | None, list[Key]] = {None: []}
    last: Key | None = None  # None where nothing stands before a tag: it goes before what follows it there
    for one in others:
        if one.key in known:
            last = one.key
        else:
            behind.setdefault(last, []).append(one.key)
    first = next((one.key for one in others if one.key in known), None)
    new: list[Key] = []
    for key in keys:
        new += [*(behind[None] if key == first else ()), key, *behind.get(key, ())]
    return new if first is not None else new + behind[None]


def joined(merged: dict[Key, str], mine: Caption, theirs: Caption) -> str:
    """Write tags in a row, between any two what stands between them in one of the captions."""
    sides = [_Gaps(theirs), _Gaps(mine)]
    style = (mine if theirs.blank else theirs).gap
    pieces: list[str] = []
    last: Key | None = None
    for key, text in merged.items():
        if last is not None:
            near = (side.between(last, key, near=True) for side in sides)
            far = (side.between(last, key, near=False) for side in sides)
            found = next((gap for gap in (*near, *far) if gap is not None), None)
            pieces.append(_new_gap(sides, last, key, style) if found is None else found)
        pieces.append(text)
        last = key
    return "".join(pieces)


class _Gaps:
    """What stands between the tags of one caption."""

    def __init__(self, caption: Caption) -> None:
        listed = tag_list(caption)
        self._places = {one.key: place for place, one in enumerate(listed)}
        ends = itertools.pairwise(listed)
        self._gaps = [caption.text[left.end : right.start] for left, right in ends]

    def between(self, left: Key, right: Key, *, near: bool) -> str | None:
        """Return the gap between two tags, None where they do not follow each other here: at once, or further on."""
        at, end = self._places.get(left, len(self._gaps)), self._places.get(right, -1)
        gaps = self._gaps[at:end]
        if not gaps or (near and len(gaps) > 1):
            return None
        return max(gaps, key=lambda gap: "\n" in gap)  # a line's end stays where the tags between are gone

    def before(self, key: Key) -> str | None:
        """Return what stands before a tag; None where that is no other tag."""
        place = self._places.get(key, 0)
        return self._gaps[place - 1] if place else None

    def behind(self, key: Key) -> str | None:
        """Return what stands behind a tag; None where that is no other tag."""
        place = self._places.get(key, len(self._gaps))
        return self._gaps[place] if place < len(self._gaps) else None


def _new_gap(sides: Sequence[_Gaps], left: Key, right: Key, style: str) -> str:
    """Return what to put between tags that never followed each other."""
    if FENCE in (left[0], right[0]):
        found = [side.before(right) if right[0] == FENCE else side.behind(left) for side in sides]
        return next((gap for gap in found if gap is not None), " ")
    there = sides[0].before(right)
    return there if there is not None and "\n" in there else style
