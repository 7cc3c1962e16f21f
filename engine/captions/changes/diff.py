"""What a candidate would change in a caption, as hunks to choose from; `apply` makes the chosen ones real.

The merge decides what is offered: `append` and `prepend` only add, `replace` leaves the candidate alone, `fill` writes
where the caption is blank and elsewhere offers the replacement with nothing chosen. Tags always stand before prose, so
`prepend` puts prose before prose, not before tags. A candidate that says nothing changes nothing, under `replace`, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from engine.captions.caption import Caption, tag_key
from engine.captions.changes.candidate import Candidate, Kind, Merge, is_chosen, offers_replacement
from engine.captions.changes.hunks import Hunk, apply, sentences
from engine.captions.changes.prose_diff import prose_changes
from engine.captions.changes.tag_diff import Kept, kept, tag_hunks

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Candidate", "Hunk", "Kept", "Kind", "Merge", "apply", "diff", "kept"]


def diff(current: Caption, candidate: Candidate) -> tuple[Hunk, ...]:
    """Return what the candidate would change: removals in the order of the text, then the rest in the candidate's."""
    if candidate.kind == "tags":
        return tuple(tag_hunks(current, candidate))
    text = candidate.text.strip().replace("\r\n", "\n")
    return tuple(_prose_hunks(current, candidate, text.replace("\n", current.newline))) if text else ()


def _prose_hunks(current: Caption, candidate: Candidate, new: str) -> Iterator[Hunk]:
    text, chosen = current.text, is_chosen(current, candidate)
    if text.strip() == new:
        return
    replaced = offers_replacement(current, candidate)
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
        for change in prose_changes(old, new):
            op: Literal["add", "remove", "replace"] = (
                "add" if change.at == change.end else "replace" if change.new else "remove"
            )
            place = at + change.at, at + change.end
            yield Hunk(op, "prose", *place, old[change.at : change.end], change.new, chosen=chosen)
    elif " ".join(new.split()) not in " ".join(old.split()):
        if candidate.merge == "prepend":
            yield Hunk("add", "prose", at, at, "", sentences(new, old).removesuffix(old))
        else:
            yield Hunk("add", "prose", end, end, "", sentences(old, new).removeprefix(old))
