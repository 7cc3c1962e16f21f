"""Captions as a naive program sees them: `a, b, c` on one line, cut and joined as strings; it says when it does not know."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

BOM = b"\xef\xbb\xbf"
_TAG = rb"[a-z0-9]+(?: [a-z0-9]+)?"
_LINE = re.compile(rb"(?:%s(?:, %s)*)?" % (_TAG, _TAG))


class Unknown(Enum):
    """What only the engine can know."""

    UNKNOWN = 0


UNKNOWN = Unknown.UNKNOWN
Guess = bytes | Unknown | None
"""A caption's bytes, None for no file; or nobody knows."""


class Plain(NamedTuple):
    """A caption of nothing but tags, each of one word or two, each once, on one line."""

    head: bytes
    """The byte order mark, or nothing."""
    tags: list[str]
    tail: bytes
    """The line ends behind."""

    def written(self, tags: Sequence[str]) -> bytes:
        """Return the file with other tags in it."""
        return self.head + ", ".join(tags).encode() + self.tail


def plain(raw: bytes | None) -> Plain | None:
    """Read a caption; None where it is not so simple."""
    head, body, tail = _parts(raw or b"")
    tags = body.decode("latin-1").split(", ") if body else []
    if _LINE.fullmatch(body) is None or len(set(tags)) < len(tags):
        return None
    return Plain(head, tags, tail)


def _parts(raw: bytes) -> tuple[bytes, bytes, bytes]:
    head = BOM if raw.startswith(BOM) else b""
    body = raw[len(head) :].rstrip(b"\r\n")
    return head, body, raw[len(head) + len(body) :]


# --- what is done to one ------------------------------------------------------------------------------------


def with_tags(raw: bytes | None, front: Sequence[str], back: Sequence[str]) -> Guess:
    """Return a caption with further tags before and behind its own; none comes twice."""
    if (was := plain(raw)) is None:
        return UNKNOWN
    new = dict.fromkeys(tag for tag in (*front, *back) if tag not in was.tags)
    if not new:
        return raw
    first = [tag for tag in new if tag in front]
    return was.written([*first, *was.tags, *(tag for tag in new if tag not in first)])


def with_only(raw: bytes | None, text: str) -> Guess:
    """Return a caption with another text in place of all its tags."""
    was = plain(raw)
    return UNKNOWN if was is None else was.head + text.encode() + was.tail


def by_hand(raw: bytes | None, text: str) -> bytes | None:
    r"""Return what typing a text does to a caption: its mark, its kind of line ends and those at its end stay.

    Args:
        raw: The file.
        text: With `\n` between lines and no other line ends.
    """
    head, old, tail = _parts(raw or b"")
    body = text.rstrip("\n")
    if raw is None and not body.strip():
        return None
    lines = head + old + tail
    if b"\r\n" in lines and lines.count(b"\r\n") == lines.count(b"\n") and b"\r\r\n" not in lines:
        body = body.replace("\n", "\r\n")
    if body.encode() == old:
        return raw
    return head + body.encode() + tail if body.strip() else head


def edited(raw: bytes | None, edit: str) -> Guess:  # noqa: PLR0911  (one for each edit)
    """Return what one bulk edit makes of a caption: `drop:TAG`, `add:TAG`, `add:TAG@first`, `rename:OLD=NEW`, ..."""
    if (was := plain(raw)) is None:
        return UNKNOWN
    verb, _, rest = edit.partition(":")
    tags = list(was.tags)
    match verb:
        case "add":
            tag, _, place = rest.partition("@")
            return with_tags(raw, [tag], []) if place == "first" else with_tags(raw, [], [tag])
        case "drop":
            kept = [tag for tag in tags if tag != rest]
            return raw if kept == tags else was.written(kept)
        case "rename":
            old, _, new = rest.partition("=")
            if old not in tags:
                return raw
            kept = [tag for tag in tags if tag != old]
            return was.written(kept if new in tags else [new if tag == old else tag for tag in tags])
        case "order":
            first = [tag for tag in rest.removeprefix("first=").split(",") if tag in tags]
            kept = [*first, *(tag for tag in tags if tag not in first)]
            return raw if kept == tags else was.written(kept)
        case "prefix" | "suffix" if not tags:
            return raw
        case "prefix":
            line = ", ".join(tags)
            return raw if line.startswith(rest) else was.head + (rest + line).encode() + was.tail
        case "suffix":
            line = ", ".join(tags)
            return raw if line.endswith(rest) else was.head + (line + rest).encode() + was.tail
        case _:
            return raw  # dedupe: each is there once


def all_edited(raw: bytes | None, edits: Sequence[str]) -> Guess:
    """Return what several bulk edits make of a caption, one after another."""
    guess: Guess = raw
    for edit in edits:
        if isinstance(guess, Unknown):
            break
        guess = edited(guess, edit)
    return guess


def joined_tags(base: bytes | None, mine: bytes | None, theirs: bytes | None) -> set[str] | None:
    """Return which tags there are when two changes of a list are joined; None where they are no such lists."""
    sides = [plain(side) for side in (base, mine, theirs)]
    if None in sides:
        return None
    one, two, three = (set(side.tags) for side in sides if side is not None)
    return (three | (two - one)) - (one - two)
