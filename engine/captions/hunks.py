"""Single changes to a caption, and what the file becomes when some of them are applied.

What no hunk touches keeps its bytes: line ends, BOM, trailing comma, order, space. A hunk on tags holds the tag alone;
the separators are found here, in the style of the file. A hunk inside prose holds exactly what it puts in or takes
out, white space included.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import msgspec

from engine.captions.caption import Caption, encode, join, raw_of, tag_key
from engine.captions.prose import FENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Hunk(msgspec.Struct, frozen=True):
    """One change, to be chosen or not."""

    op: Literal["add", "remove", "replace"]
    part: Literal["tags", "prose"]
    at: int
    """Where the change begins in the caption's text."""
    end: int
    """Where it ends; equal to `at` when something is added."""
    old: str
    """The text between `at` and `end`."""
    new: str
    """What comes instead; empty when something is removed."""
    score: float | None = None
    """From 0 to 1; None when nobody gave one."""
    category: str = ""
    chosen: bool = True
    """Whether it is chosen when the image is opened."""

    @property
    def label(self) -> str:
        """The change in one short text, as the journal keeps it."""
        old, new = self.old.strip(), self.new.strip()
        return {"add": f"+{new}", "remove": f"-{old}", "replace": f"{old} → {new}"}[self.op]


def apply(current: Caption, hunks: Sequence[Hunk]) -> bytes | None:
    """Return what the caption file becomes: the hunks given, and nothing else.

    Hunks of several candidates may come together: a tag that several add goes in once, and of changes to the same
    place the first given wins.

    Args:
        current: The caption the hunks were made for.
        hunks: Those chosen, in order of precedence; with none the file stays as it is.

    Returns:
        The new bytes; None when there was no file and nothing is to be written.
    """
    if not hunks:
        return raw_of(current)
    tags = _tags_after(current, [hunk for hunk in hunks if hunk.part == "tags"])
    prose = _prose_after(current, [hunk for hunk in hunks if hunk.part == "prose"])
    text = _assembled(current, tags, prose)
    return None if current.absent and not text else encode(text, current)


def sentences(first: str, second: str) -> str:
    """Join two pieces of prose, either may be empty."""
    if not (first and second):
        return first or second
    return f"{first} {second}" if first.endswith(tuple(".!?…。！？")) else f"{first}. {second}"


def _tags_after(current: Caption, hunks: Sequence[Hunk]) -> str:
    """Return the text from the first tag to the last, after the hunks on tags."""
    tags, text = current.tags, current.text
    starts = [tag.start for tag in tags]
    changed: dict[int, str] = {}
    for hunk in hunks:
        if hunk.op != "add":
            new, i = hunk.new, bisect_left(starts, hunk.at)
            while i < len(tags) and tags[i].end <= hunk.end:
                changed.setdefault(i, new)
                new, i = "", i + 1
    written = [changed.get(i, tag.text) for i, tag in enumerate(tags)]

    added: dict[int, list[str]] = {}
    seen = {tag_key(tag) for tag in written}
    for hunk in hunks:
        if hunk.op == "add" and tag_key(hunk.new) not in seen:
            seen.add(tag_key(hunk.new))
            added.setdefault(bisect_left(starts, hunk.at), []).append(hunk.new)

    style = current.gap if added else ""
    gaps = [text[left.end : right.start] for left, right in pairwise(tags)]
    pieces: list[str] = []
    behind: int | None = None  # which old tag stands last in pieces; None when a new one does, or nothing
    for i in range(len(tags) + 1):
        for new in added.get(i, ()):
            dropped = [] if behind is None else gaps[behind:i]
            pieces += (_strongest([style, *dropped]), new) if pieces else (new,)
            behind = None
        if i < len(tags) and written[i]:
            between = style if behind is None else _strongest(gaps[behind:i])
            pieces += (between, written[i]) if pieces else (written[i],)
            behind = i
    return "".join(pieces)


def _strongest(gaps: Iterable[str]) -> str:
    """Return the gap that stays where the tags between several are gone: a fence, else a line's end, else the first."""
    return max(gaps, key=lambda gap: 2 * (FENCE in gap) + ("\n" in gap))


def _prose_after(current: Caption, hunks: Sequence[Hunk]) -> str:
    """Return the prose after the hunks on it."""
    if current.prose is None:
        prose = ""
        for new in dict.fromkeys(hunk.new for hunk in hunks):
            prose = sentences(prose, new)
        return prose
    kept: list[Hunk] = []
    for hunk in hunks:
        if not any(_clash(hunk, other) for other in kept):
            kept.append(hunk)
    at, end = current.prose
    pieces = []
    for hunk in sorted(kept, key=lambda hunk: (hunk.at, hunk.end)):
        pieces += [current.text[at : hunk.at], hunk.new]
        at = hunk.end
    return "".join((*pieces, current.text[at:end]))


def _clash(one: Hunk, other: Hunk) -> bool:
    if one.at == one.end == other.at == other.end:
        return one.new == other.new
    return one.at < other.end and other.at < one.end


def _assembled(current: Caption, tags: str, prose: str) -> str:
    """Return the whole text from its new tags and its new prose."""
    text = current.text
    if current.blank:
        return join([tags] if tags else [], prose, current.separator) + text
    last_tag = current.tags[-1].end if current.tags else 0
    start = current.tags[0].start if current.tags else current.prose[0] if current.prose else 0
    end = current.prose[1] if current.prose else last_tag
    head, tail = text[:start], text[end:]
    space = tail[len(tail.rstrip()) :]
    if not (tags and current.tags):
        head = head if head.isspace() else ""  # separators go with the last tag
    if not prose:
        # What closes a list of tags (a trailing comma, a full stop) stays with it.
        return head + tags + (tail if tags and not current.prose else space)
    if not tags:
        return head + prose + space
    if current.tags and current.prose:
        border = text[last_tag : current.prose[0]]
        if border.isspace() and "\n" not in border and not tags.endswith(current.tags[-1].text):
            border = current.separator + border  # the old last tag closed the list itself: `wow! A cat sits.`
        return head + tags + border + prose + space
    closing = tail.rstrip() if current.tags else ""
    if not closing:
        return head + join([tags], prose, current.separator) + space
    return head + join([tags + closing], "", current.separator) + " " + prose + space
