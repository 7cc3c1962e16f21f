"""A candidate as text: what one source proposes for one image, and how it is to meet the caption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from engine.captions.caption import tag_key
from engine.captions.viewing.view import ViewedTag

if TYPE_CHECKING:
    from engine.captions.caption import Caption

Kind = Literal["tags", "prose"]
Merge = Literal["append", "prepend", "fill", "replace"]


class Candidate(msgspec.Struct, frozen=True):
    """What one source proposes for one image, and how it is to meet the caption."""

    id: int
    """The proposal's id."""
    kind: Kind
    tags: tuple[ViewedTag, ...] = ()
    """The tags in view; empty for prose."""
    text: str = ""
    """The final text; empty for tags."""
    merge: Merge = "append"


def offers_replacement(current: Caption, candidate: Candidate) -> bool:
    """Say whether what the caption says now is to go, or may go."""
    return candidate.merge in ("replace", "fill") and not current.blank


def is_chosen(current: Caption, candidate: Candidate) -> bool:
    """Say whether changes are chosen when the image is opened."""
    return candidate.merge != "fill" or current.blank


def offered_tags(candidate: Candidate, separator: str) -> dict[str, ViewedTag]:
    """Return the candidate's tags as a file with that separator would hold them, by `tag_key`, each once."""
    offered: dict[str, ViewedTag] = {}
    for viewed in candidate.tags:
        # White space would end a tag where it is a newline, and what holds the separator is several tags in this file.
        for piece in viewed.text.split(separator):
            if name := " ".join(piece.split()):
                offered.setdefault(tag_key(name), viewed if name == viewed.text else viewed._replace(text=name))
    return offered
