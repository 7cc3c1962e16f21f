"""One change taken apart: prose at its sentences, else at its clauses, else at its words; tags one by one.

The parts together do what the whole does, and each can be chosen by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from engine.captions.brackets import bare_tags
from engine.captions.changes.prose_diff import Atom, Words, changes, common, side_by_side
from engine.captions.changes.sentences import clause_starts, sentence_starts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.captions.caption import Caption
    from engine.captions.changes.hunks import Hunk


def split(current: Caption, hunk: Hunk) -> tuple[Hunk, ...]:
    """Return the parts of a change; the change alone where it has none.

    A tag that is renamed becomes one that goes and one that comes.
    """
    parts = _tag_parts(current, hunk) if hunk.part == "tags" else _prose_parts(current, hunk)
    if len(parts) <= 1:
        return (hunk,)
    return tuple(msgspec.structs.replace(part, path=(*hunk.path, k)) for k, part in enumerate(parts))


def _tag_parts(current: Caption, hunk: Hunk) -> tuple[Hunk, ...]:
    inside = [tag for tag in bare_tags(current.tags) if hunk.at <= tag.start and tag.end <= hunk.end]
    if hunk.op == "remove":
        return tuple(msgspec.structs.replace(hunk, at=tag.start, end=tag.end, old=tag.text) for tag in inside)
    if hunk.op == "replace":
        gone = msgspec.structs.replace(hunk, op="remove", new="", score=None, category="", edited=False)
        return gone, msgspec.structs.replace(hunk, op="add", at=hunk.end, old="")
    return ()


def _prose_parts(current: Caption, hunk: Hunk) -> tuple[Hunk, ...]:
    old, new = Words(hunk.old), Words(hunk.new)
    # Parts bring the white space before them along; where prose begins, or the change ends with space, that behind.
    leading = not (hunk.new or hunk.old)[-1:].isspace() and not (current.prose and hunk.at == current.prose[0])
    for starts_of in (sentence_starts, clause_starts):
        parts = _parts_of(hunk, old, new, _by_pieces(old, new, starts_of), leading=leading)
        if len(parts) > 1:
            return parts
    parts = _parts_of(hunk, old, new, _by_equal_words(old, new), leading=leading)
    if len(parts) > 1:
        return parts
    return _parts_of(hunk, old, new, side_by_side(range(len(old) + 1), range(len(new) + 1)), leading=leading)


def _by_pieces(old: Words, new: Words, starts_of: Callable[[str], list[int]]) -> Iterator[Atom]:
    return side_by_side(*(words.borders(starts_of(words.text)) for words in (old, new)))


def _by_equal_words(old: Words, new: Words) -> Iterator[Atom]:
    at, new_at = 0, 0
    for run in common(old.words, new.words):
        if run.old > at or run.new > new_at:
            yield Atom(at, run.old, new_at, run.new)
        yield run
        at, new_at = run.old_end, run.new_end
    if len(old) > at or len(new) > new_at:
        yield Atom(at, len(old), new_at, len(new))


def _parts_of(hunk: Hunk, old: Words, new: Words, atoms: Iterator[Atom], *, leading: bool) -> tuple[Hunk, ...]:
    """Return the changes within a change as changes to the caption."""
    parts = []
    for k, (at, end, piece) in enumerate(changes(old, new, atoms, leading=leading)):
        op: Literal["add", "remove", "replace"] = "add" if at == end else "replace" if piece else "remove"
        glued = hunk.glued if not k else op == "add" and leading and not piece[:1].isspace()
        place = {"at": hunk.at + at, "end": hunk.at + end}
        parts.append(msgspec.structs.replace(hunk, op=op, old=old.text[at:end], new=piece, glued=glued, **place))
    return tuple(parts)
