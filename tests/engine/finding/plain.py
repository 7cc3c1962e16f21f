"""What fits a filter, found image by image from what a screen would show: slow, and nothing of the index in it."""

from __future__ import annotations

import fnmatch
import operator
import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.captions.caption import tag_key
from engine.captions.viewing.view import View, view
from engine.finding.language.query import And, Mark, Not, Number, Or, Score, Text

if TYPE_CHECKING:
    from engine.finding.language.query import Node
    from engine.review.frames import Frame, Shown
    from engine.review.states import Entry
    from engine.workspace import Workspace

COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


class Seen(NamedTuple):
    """One image as a person would see it."""

    entry: Entry
    frame: Frame
    changed: bool


def see(desk: Workspace, image: int) -> Seen:
    """Look at an image."""
    frame = desk.frame(image)
    views = [
        (shown, bytes(data))
        for shown in frame.candidates
        for (data,) in desk.store.db.execute(
            "SELECT view FROM verdicts WHERE proposal = ? ORDER BY decision DESC LIMIT 1", (shown.proposal.id,)
        )
        if shown.proposal.scores is not None and shown.answer is not None
    ]
    changed = any(
        _texts(shown, msgspec.json.decode(data, type=View)) != _texts(shown, shown.view) for shown, data in views
    )
    return Seen(desk.entries[image], frame, changed)


def _texts(shown: Shown, settings: View | None) -> set[str]:
    return {tag.text for tag in view(shown.proposal.scores or (), settings or View())}


def fits(node: Node, seen: Seen) -> bool:  # noqa: PLR0911  (a table of what there is)
    """Say whether an image fits a filter."""
    match node:
        case Not(part):
            return not fits(part, seen)
        case And(parts):
            return all(fits(part, seen) for part in parts)
        case Or(parts):
            return any(fits(part, seen) for part in parts)
        case Mark(name):
            return _mark(name, seen)
        case Text(name, pattern):
            return _text(name, pattern.casefold(), seen)
        case Number(name, op, value):
            caption = seen.frame.caption
            numbers = {
                "chars": len(caption.text.strip()),
                "tags": len(caption.tags),
                "tokens": len(caption.text.split()),
            }
            return bool(COMPARE[op](numbers[name], value))
        case Score(tag, source, op, value):
            return any(
                COMPARE[op](round(score.score * 65535), round(value * 65535))
                for shown in seen.frame.candidates
                if fnmatch.fnmatchcase(shown.proposal.source, source or "*")
                for score in shown.proposal.scores or ()
                if fnmatch.fnmatchcase(tag_key(score.name), tag)
            )


def _mark(name: str, seen: Seen) -> bool:
    entry = seen.entry
    match name:
        case "flagged" | "skipped":
            return bool(getattr(entry, name))
        case "unreadable":
            return bool(entry.unreadable)
        case "decided-before":
            return bool(entry.open_candidates and entry.decided)
        case "stale":
            return any(shown.stale for shown in seen.frame.candidates)
        case "changed":
            return entry.state in ("accepted", "rejected") and seen.changed
        case _:
            return entry.state == name


def _text(name: str, pattern: str, seen: Seen) -> bool:  # noqa: PLR0911  (a table of what there is)
    key = os.fsdecode(seen.entry.key).casefold()
    folder, _, file = key.rpartition("/")
    part = f"*{pattern}*"
    match name:
        case "tag":
            return any(fnmatch.fnmatchcase(tag_key(tag.text), pattern) for tag in seen.frame.caption.tags)
        case "proposed":
            tags = [tag.text for shown in seen.frame.open for tag in shown.candidate.tags]
            return any(fnmatch.fnmatchcase(tag_key(tag), pattern) for tag in tags)
        case "source":
            return any(fnmatch.fnmatchcase(shown.proposal.source, pattern) for shown in seen.frame.candidates)
        case "folder":
            return fnmatch.fnmatchcase(folder, pattern)
        case "error":
            return seen.entry.unreadable != "" and fnmatch.fnmatchcase(seen.entry.unreadable.casefold(), part)
        case "path":
            return fnmatch.fnmatchcase(key, part)
        case "name":
            return fnmatch.fnmatchcase(file, part)
        case "caption":
            return fnmatch.fnmatchcase(seen.frame.caption.text.casefold(), part)
        case _:
            return _text("caption", pattern, seen) or _text("name", pattern, seen)
