"""Two changes of one caption joined: what one side did to it, and what was done to it meanwhile.

Tags are merged one by one, each where it stands and as it is written; prose word by word. Where both sides changed the
same thing in different ways there is no answer, and none is given. What is found is read again before it is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.caption import BOM, Caption, encode, parse
from engine.captions.three_way.merge_prose import merge_words
from engine.captions.three_way.merge_tags import joined, merge_tags, tag_list
from engine.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_HINT = "compare it with cutline history, and edit it by hand"


class Conflict(Refused):
    """Edit it by hand: both sides changed the same."""


def merge3(base: bytes | None, mine: bytes | None, theirs: bytes | None, separator: str = ",") -> bytes | None:
    """Join two changes of a caption's file; None stands for no file.

    Args:
        base: What both began with.
        mine: What one side made of it.
        theirs: What the other made of it; its spacing and line ends stay.
        separator: What stands between tags, one character.

    Raises:
        Conflict: Both changed the same, or joined they would say something else.
    """
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    if theirs is None:
        raise Conflict("the caption was removed since", _HINT)
    if b"\0" in (base or b"") + (mine or b"") + theirs:
        raise Conflict("the caption was changed since, and is no text that can be merged (UTF-16?)", _HINT)
    merged = _Merge(*(parse(raw, separator) for raw in (base, mine, theirs))).bytes()
    return None if mine is None and not merged.removeprefix(BOM).strip() else merged


class _Merge:
    """One merge: three versions of a caption."""

    def __init__(self, base: Caption, mine: Caption, theirs: Caption) -> None:
        self._base, self._mine, self._theirs = base, mine, theirs

    def bytes(self) -> bytes:
        """Return the joined caption, once it was read again and says what it should.

        Raises:
            Conflict: There is none.
        """
        sides = (self._base, self._mine, self._theirs)
        if self._is_rewritten():
            raise Conflict("the caption was changed since, all of it", _HINT)
        tags = merge_tags(*map(tag_list, sides))
        if isinstance(tags, str):
            raise Conflict(f"the caption was changed since, and so was `{tags}`", _HINT)
        prose = merge_words(*map(_prose, sides))
        if prose is None:
            raise Conflict("the caption was changed since, at the same words", _HINT)
        text = self._whole(joined(tags, self._mine, self._theirs), prose)
        raw = encode(text, self._mine if self._theirs.bom == self._base.bom else self._theirs)
        again = parse(raw, self._theirs.separator)
        if [one.text for one in tag_list(again)] != list(tags.values()) or _prose(again) != prose:
            raise Conflict("the caption was changed since; joined, the two would say something else", _HINT)
        return raw

    def _is_rewritten(self) -> bool:
        """Say whether nothing is left of what both began with."""
        base = _words(self._base)
        return bool(base) and base.isdisjoint(_words(self._theirs))

    def _whole(self, tags: str, prose: str) -> str:
        """Put what stands before, between and behind around tags and prose."""
        lead = self._picked(_lead)
        trail = self._picked(lambda caption: _trail(caption) if _ends_alike(caption, tags, prose) else None)
        if trail is None:
            trail = self._picked(lambda caption: _space(_trail(caption)))
        border = (self._picked(_border) or self._theirs.separator + " ") if tags and prose else ""
        return f"{lead or ''}{tags}{border}{prose}{trail or ''}"

    def _picked(self, part: Callable[[Caption], str | None]) -> str | None:
        """Return what one side made of a part, or else how the other has it; it says nothing in itself."""
        base, mine, theirs = part(self._base), part(self._mine), part(self._theirs)
        return mine if theirs in (base, None) and mine is not None else theirs if theirs is not None else base


def _words(caption: Caption) -> set[object]:
    return {one.key for one in tag_list(caption)} | set(_prose(caption).split())


def _prose(caption: Caption) -> str:
    return "" if caption.prose is None else caption.text[slice(*caption.prose)]


def _lead(caption: Caption) -> str | None:
    listed = tag_list(caption)
    if listed:
        return caption.text[: listed[0].start]
    return None if caption.prose is None else caption.text[: caption.prose[0]]


def _border(caption: Caption) -> str | None:
    listed = tag_list(caption)
    return caption.text[listed[-1].end : caption.prose[0]] if listed and caption.prose else None


def _trail(caption: Caption) -> str:
    listed = tag_list(caption)
    end = caption.prose[1] if caption.prose else listed[-1].end if listed else 0
    return caption.text[end:]


def _ends_alike(caption: Caption, tags: str, prose: str) -> bool:
    """Say whether a caption ends with what a result ends with: closing commas and stops belong to tags."""
    return bool(prose) == (caption.prose is not None) and bool(tags) == bool(caption.tags)


def _space(text: str) -> str:
    return text[len(text.rstrip()) :]
