"""Tags under the cursor of the caption editor: which one it is, and what completing, moving or deleting it does to the text.

Everything here is a function of the text as the editor holds it and of the cursor, counted in characters from 0. Nothing
but the tags concerned is touched: weights, gaps and line ends stay as they are.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.brackets import enclosed, in_common, left_open, written
from engine.captions.caption import BOM, Caption, parse
from engine.captions.display import from_editor
from engine.captions.prose import FENCE
from engine.captions.weights import duplicates, split_weight, unpaired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.captions.brackets import Enclosed

_WORD = re.compile(r"[\w'’-]+\Z")
_WORD_REST = re.compile(r"[\w'’-]*")


class Word(NamedTuple):
    """What is being typed."""

    start: int
    """Where what a completion replaces begins; a weight around it is not part of it."""
    end: int
    typed: str
    """What stands from there to the cursor."""
    in_prose: bool
    """Whether it is a word of a sentence, not a tag."""


class Change(NamedTuple):
    """Some text in place of other text."""

    start: int
    end: int
    text: str
    cursor: int
    """Where the cursor is afterwards."""

    def applied(self, to: str) -> str:
        """Return the whole text afterwards."""
        return to[: self.start] + self.text + to[self.end :]


def read(text: str, separator: str) -> Caption:
    """Read the editor's text as a caption whose places are those in the editor."""
    # With a mark of our own before it: one that the text itself begins with is then a character like any other.
    return parse(BOM + from_editor(text).encode("utf-8", "replace"), separator)


def word_at(text: str, cursor: int, separator: str) -> Word | None:
    """Return what is being typed at the cursor; None where that is nothing a tag could complete.

    Args:
        text: As the editor holds it.
        cursor: Where it stands.
        separator: What stands between tags.
    """
    prose = read(text, separator).prose
    if prose is not None and prose[0] < cursor:
        return _word_of_prose(text, cursor)
    start, end = _slot(text, cursor, separator, len(text) if prose is None else prose[0])
    weighted = split_weight(text[start:end])
    if not weighted.name and end > start:
        return None
    start += len(weighted.prefix)
    end -= len(weighted.suffix)
    if not start <= cursor <= max(end, start):
        return Word(cursor, cursor, "", in_prose=False) if start == end else None
    return Word(start, end, text[start:cursor], in_prose=False)


def completed(text: str, word: Word, tag: str, separator: str) -> Change:
    """Put a tag in place of what was typed; at the end of the tags a separator follows, for the next one.

    None follows in a bracket that is still open: there may come a weight, too.

    Args:
        text: As the editor holds it.
        word: What was typed.
        tag: As it is to stand there.
        separator: What stands between tags.
    """
    behind = text[word.end :]
    gap = ""
    if not word.in_prose and not behind.strip():
        before = read(text[: word.start] + tag, separator)
        gap = "" if left_open([one.text for one in before.tags]) else before.gap
        word = word._replace(end=len(text))
    added = tag + gap
    return Change(word.start, word.end, added, word.start + len(added))


def moved(text: str, cursor: int, by: int, separator: str) -> Change | None:
    """Move the tag under the cursor past its neighbour; every tag keeps its weight, gaps stay.

    Tags that share a bracket are passed together. In such a bracket a tag is moved among the others; at its edge it
    leaves it, and takes a bracket of its own along: `(a, b:1.2), c` becomes `(a:1.2), c, (b:1.2)`.

    Args:
        text: As the editor holds it.
        cursor: Within the tag, or at its edge.
        by: -1 for the tag before it, 1 for the one behind.
        separator: What stands between tags.

    Returns:
        The change; None where there is no tag, or no neighbour.
    """
    tags = read(text, separator).tags
    row = enclosed([tag.text for tag in tags])
    starts = [tag.start + inside.start for tag, inside in zip(tags, row, strict=True)]
    here = _place([(tag.start, tag.end) for tag in tags], cursor)
    if here is None or not 0 <= here + by < len(tags):
        return None
    there = _past(row, here, by)
    first, last = min(here, there), max(here, there)
    gaps = ["", *(text[left.end : right.start] for left, right in pairwise(tags))]  # before each tag
    if by > 0:
        row[first : last + 1] = [*row[first + 1 : last + 1], row[first]]
        gaps[first + 1 : last + 1] = [*gaps[first + 2 : last + 1], gaps[first + 1]]
    else:
        row[first : last + 1] = [row[last], *row[first:last]]
        gaps[first + 1 : last + 1] = [gaps[last], *gaps[first + 1 : last]]
    pieces = [gap + tag for gap, tag in zip(gaps, written(row), strict=True)]
    inside = min(max(cursor - starts[here], 0), len(row[there].text))
    at = pieces[there].index(row[there].text, len(gaps[there])) + inside
    # A bracket may close behind the tag before those moved, and open again before the one behind them.
    first, last = max(0, first - 1), min(last + 1, len(tags) - 1)
    start = tags[first].start - len(gaps[first])
    cursor_then = start + len("".join(pieces[first:there])) + at
    new = "".join(pieces[first : last + 1])[len(gaps[first]) :]
    return Change(tags[first].start, tags[last].end, new, cursor_then)


def _past(row: Sequence[Enclosed], here: int, by: int) -> int:
    """Return the place of the last tag that a tag is moved past: of those in one bracket without it, the farthest."""
    shared = in_common(row[here].around, row[here + by].around)
    bundle = row[here + by].around[: shared + 1]
    there = here + by
    while len(bundle) > shared and 0 <= there + by < len(row) and row[there + by].around[: shared + 1] == bundle:
        there += by
    return there


def deleted(text: str, cursor: int, separator: str) -> Change | None:
    """Take the tag under the cursor out, with the gap behind it, or before it where it is the last.

    A bracket around several tags stays.

    Args:
        text: As the editor holds it.
        cursor: Within the tag, or at its edge.
        separator: What stands between tags.

    Returns:
        The change; None where there is no tag.
    """
    tags = read(text, separator).tags
    here = _place([(tag.start, tag.end) for tag in tags], cursor)
    if here is None:
        return None
    start, end = _whole(tags[here].text, tags[here].start)
    last = here + 1 == len(tags) or FENCE in text[tags[here].end : tags[here + 1].start]
    if end == tags[here].end and not last:
        end = tags[here + 1].start
    elif here and FENCE not in text[tags[here - 1].end : tags[here].start]:
        start = tags[here - 1].end
    return Change(start, end, "", start)


def twice(text: str, separator: str) -> list[list[tuple[int, int]]]:
    """Return where tags stand that stand more than once, weights aside: a list of places for each of them."""
    caption = read(text, separator)
    return [[(caption.tags[at].start, caption.tags[at].end) for at in places] for places in duplicates(caption)]


def without_open_end(text: str, before: str, separator: str) -> str:
    """Return the text without the separator that a completion left at its end, waiting for one more tag.

    Args:
        text: As it is to be written.
        before: As it was when the editor was opened; a separator that ended that stays.
        separator: What stands between tags.
    """
    if separator.isspace() or before.rstrip().endswith(separator):
        return text
    body = text.rstrip()
    return body.removesuffix(separator).rstrip() if body.endswith(separator) else text


def _slot(text: str, cursor: int, separator: str, end: int) -> tuple[int, int]:
    """Return where the tag at the cursor stands, also one that is still empty, without the white space around it."""
    marks = (separator, "\n", FENCE)
    start = max(text.rfind(mark, 0, cursor) + len(mark) if text.rfind(mark, 0, cursor) >= 0 else 0 for mark in marks)
    end = min([found for mark in marks if (found := text.find(mark, cursor, end)) >= 0] or [end])
    while start < min(cursor, end) and text[start].isspace():
        start += 1
    while end > max(start, cursor) and text[end - 1].isspace():
        end -= 1
    return start, end


def _word_of_prose(text: str, cursor: int) -> Word | None:
    found = _WORD.search(text, 0, cursor)
    if found is None:
        return None
    rest = _WORD_REST.match(text, cursor)
    return Word(found.start(), rest.end() if rest else cursor, found[0], in_prose=True)


def _whole(tag: str, start: int) -> tuple[int, int]:
    """Return where a tag stands without the halves of brackets that it shares with its neighbours."""
    first, end = unpaired(tag)
    return start + first, start + end


def _place(tags: list[tuple[int, int]], cursor: int) -> int | None:
    """Return which tag the cursor is in or at; None where it is at none."""
    return next((place for place, (start, end) in enumerate(tags) if start <= cursor <= end), None)
