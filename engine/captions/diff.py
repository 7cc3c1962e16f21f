"""What a candidate would change in a caption, as hunks to choose from; `apply` makes the chosen ones real.

The merge decides what is offered: `append` and `prepend` only add, `replace` leaves the candidate alone, `fill` writes
where the caption is blank and elsewhere offers the replacement with nothing chosen. Tags always stand before prose, so
`prepend` puts prose before prose, not before tags. A candidate that says nothing changes nothing, under `replace`, too.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

import msgspec

from engine.captions.caption import Caption, tag_key
from engine.captions.hunks import Hunk, apply, sentences
from engine.captions.view import ViewedTag

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Candidate", "Hunk", "Kind", "Merge", "apply", "diff"]

Kind = Literal["tags", "prose"]
Merge = Literal["append", "prepend", "fill", "replace"]

KEPT_RUN_WORDS = 2
"""A shorter run of equal words in the middle of prose does not part two hunks."""
LEAST_COMMON = 0.4
"""Share of words in common, 0 to 1, under which two pieces of prose are one replacement."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""A run without white space; in Chinese and Japanese each character."""


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


def diff(current: Caption, candidate: Candidate) -> tuple[Hunk, ...]:
    """Return what the candidate would change: removals in the order of the text, then additions in the candidate's."""
    if candidate.kind == "tags":
        return tuple(_tag_hunks(current, candidate))
    text = candidate.text.strip().replace("\r\n", "\n")
    return tuple(_prose_hunks(current, candidate, text.replace("\n", current.newline))) if text else ()


def _offers_replacement(current: Caption, candidate: Candidate) -> bool:
    return candidate.merge in ("replace", "fill") and not current.blank


def _is_chosen(current: Caption, candidate: Candidate) -> bool:
    return candidate.merge != "fill" or current.blank


def _offered(current: Caption, candidate: Candidate) -> dict[str, tuple[str, ViewedTag]]:
    """Return the candidate's tags as this file would hold them, by key, each once."""
    offered: dict[str, tuple[str, ViewedTag]] = {}
    for viewed in candidate.tags:
        # White space would end a tag where it is a newline, and what holds the separator is several tags in this file.
        for piece in viewed.text.split(current.separator):
            if name := " ".join(piece.split()):
                offered.setdefault(tag_key(name), (name, viewed))
    return offered


def _tag_hunks(current: Caption, candidate: Candidate) -> Iterator[Hunk]:
    offered = _offered(current, candidate)
    if not offered:
        return
    chosen, text = _is_chosen(current, candidate), current.text
    keys = [tag_key(tag.text) for tag in current.tags]
    if _offers_replacement(current, candidate):
        for tag, key in zip(current.tags, keys, strict=True):
            if key not in offered:
                yield Hunk("remove", "tags", tag.start, tag.end, tag.text, "", chosen=chosen)
        if current.prose:
            at, end = current.prose
            yield Hunk("remove", "prose", at, end, text[at:end], "", chosen=chosen)
    if current.tags:
        at = current.tags[0].start if candidate.merge == "prepend" else current.tags[-1].end
    else:
        at = current.prose[0] if current.prose else 0
    present = frozenset(keys)
    for key, (name, viewed) in offered.items():
        if key not in present:
            yield Hunk("add", "tags", at, at, "", name, viewed.score, viewed.category, chosen)


def _prose_hunks(current: Caption, candidate: Candidate, new: str) -> Iterator[Hunk]:
    text, chosen = current.text, _is_chosen(current, candidate)
    if text.strip() == new:
        return
    replaced = _offers_replacement(current, candidate)
    if replaced and current.tags:
        at, end = current.tags[0].start, current.tags[-1].end
        yield Hunk("remove", "tags", at, end, text[at:end], "", chosen=chosen)
    if current.prose is None:
        if replaced or all(tag_key(tag.text) != tag_key(new) for tag in current.tags):
            at = current.tags[-1].end if current.tags else 0
            yield Hunk("add", "prose", at, at, "", new, chosen=chosen)
        return
    at, end = current.prose
    old = text[at:end]
    if replaced:
        for old_at, old_end, piece in _word_runs(old, new):
            op: Literal["add", "remove", "replace"] = "add" if old_at == old_end else "replace" if piece else "remove"
            yield Hunk(op, "prose", at + old_at, at + old_end, old[old_at:old_end], piece, chosen=chosen)
    elif " ".join(new.split()) not in " ".join(old.split()):
        if candidate.merge == "prepend":
            yield Hunk("add", "prose", at, at, "", sentences(new, old).removesuffix(old))
        else:
            yield Hunk("add", "prose", end, end, "", sentences(old, new).removeprefix(old))


def _word_runs(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Yield where old text differs from new and what stands there instead; doing all of it gives the new text."""
    old_words, new_words = list(_WORD.finditer(old)), list(_WORD.finditer(new))
    matcher = SequenceMatcher(None, [w[0] for w in old_words], [w[0] for w in new_words], autojunk=False)
    blocks = [
        block
        for block in matcher.get_matching_blocks()
        if block.size >= KEPT_RUN_WORDS
        or block.a == block.b == 0
        or (block.a + block.size == len(old_words) and block.b + block.size == len(new_words))
    ]
    if 2 * sum(block.size for block in blocks) < LEAST_COMMON * (len(old_words) + len(new_words)):
        blocks = []
    old_at = new_at = 0
    for block in blocks:
        for a, b in zip(
            old_words[block.a : block.a + block.size], new_words[block.b : block.b + block.size], strict=True
        ):
            yield from _run(old, old_at, a.start(), new[new_at : b.start()])
            old_at, new_at = a.end(), b.end()
    yield from _run(old, old_at, len(old), new[new_at:])


def _run(old: str, at: int, end: int, new: str) -> Iterator[tuple[int, int, str]]:
    """Yield the difference between one stretch and its successor without the white space both begin or end with."""
    if old[at:end] == new:
        return
    while at < end and new and old[at] == new[0] and new[0].isspace():
        at, new = at + 1, new[1:]
    while at < end and new and old[end - 1] == new[-1] and new[-1].isspace():
        end, new = end - 1, new[:-1]
    yield at, end, new
