"""The edits that a person asks for by name, done to a caption file's bytes: all of one image, or of a hundred thousand.

Tags match in any spelling (case, underscores, escapes) and of any weight; words in prose are no tags. `replace`,
`regex`, `prefix` and `suffix` work on the whole text, prose too, without the line ends at its end. What an edit does
not concern keeps its bytes, and an edit that finds nothing to do changes none.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import Caption, Tag, encode, parse, raw_of, tag_key, to_hand, unparsed, with_text
from engine.captions.changes.hunks import Hunk, apply
from engine.captions.editing.edit_grammar import ESCAPES, FORMS, Edit, Verb, edit_text, parse_edit
from engine.captions.editing.patterns import sought, substitute
from engine.captions.editing.tag_row import NEW, edited_row
from engine.captions.prose import FENCE, prose_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.captions.editing.tag_row import Placed

__all__ = ["ESCAPES", "FORMS", "Edit", "Verb", "apply_edits", "edit_text", "parse_edit"]

_OF_TEXT = frozenset(("replace", "regex", "prefix", "suffix"))
_FENCE = re.compile(re.escape(FENCE))


def apply_edits(raw: bytes | None, edits: Iterable[Edit], separator: str = ",") -> bytes | None:
    """Return what a caption file becomes after some edits, each done to what the one before made.

    Args:
        raw: The file's bytes; None where there is no file.
        edits: In their order.
        separator: What stands between tags, one character.

    Returns:
        The same bytes where there is nothing to do. Only `add` makes a file where there is none, and none removes one.

    Raises:
        WrongUsage: A regular expression took too long.
    """
    for edit in edits:
        raw = _text_edited(raw, edit, separator) if edit.verb in _OF_TEXT else _tags_edited(raw, edit, separator)
    return raw


# --- the whole text -------------------------------------------------------------------------------------------


def _text_edited(raw: bytes | None, edit: Edit, separator: str) -> bytes | None:
    caption = unparsed(raw, separator)
    before = to_hand(caption).rstrip("\r\n")
    after = before if caption.absent else _text_after(before, edit, separator)
    return raw if after == before else with_text(caption, after)


def _text_after(text: str, edit: Edit, separator: str) -> str:
    if edit.verb == "replace":
        return text.replace(edit.text, edit.new)
    if edit.verb == "regex":
        return substitute(edit.text, edit.new, text)
    if not text.replace(FENCE, "").replace(separator, "").strip():  # blank
        return text
    if edit.verb == "prefix":
        return text if text.startswith(edit.text) else edit.text + text
    return text if text.endswith(edit.text.rstrip("\r\n")) else text + edit.text


# --- tags -----------------------------------------------------------------------------------------------------


def _tags_edited(raw: bytes | None, edit: Edit, separator: str) -> bytes | None:
    caption = unparsed(raw, separator)
    folded = caption.text.casefold()
    if not any(sought(tag, wild=edit.wild).maybe_in(folded) for tag in _needed(edit)):
        return raw
    row = _tidy_row(caption)
    if row is None:
        return _carefully(parse(raw, separator), edit)
    after = edited_row(row.tags, edit)
    if after is None:
        return raw
    return encode(row.head + f"{separator} ".join(tag for _, tag in after) + row.tail, caption)


def _needed(edit: Edit) -> tuple[str, ...]:
    """Return the tags of which one must be there for an edit to have anything to do; an empty one is everywhere."""
    if edit.verb in ("drop", "rename"):
        return (edit.text,)
    return edit.tags or ("",)


class _Row(NamedTuple):
    head: str
    tags: list[str]
    tail: str


def _tidy_row(caption: Caption) -> _Row | None:
    """Return the tags of a caption of the most usual style, several times faster than by parsing it.

    That is tags on one line, parted by separator and space, without prose, fences or a full stop; None for any other.
    """
    text, separator = caption.text, caption.separator
    body = text.strip()
    tags = body.split(f"{separator} ")
    if (
        separator == "\n"
        or body.count(separator) != len(tags) - 1
        or "" in tags
        or list(map(str.strip, tags)) != tags
        or "\n" in body
        or body.endswith(".")
        or FENCE in body
        or prose_start(text, separator) is not None
    ):
        return None
    start = len(text) - len(text.lstrip())
    return _Row(text[:start], tags, text[start + len(body) :])


def _carefully(caption: Caption, edit: Edit) -> bytes | None:
    """Edit the tags of a caption of any style."""
    if edit.verb == "add" and _is_said(caption, edit.text):
        return raw_of(caption)
    if edit.verb == "add" and not caption.text.strip():  # white space is no text that a tag could stand beside
        return encode(edit.text + caption.text[len(caption.text.rstrip("\r\n")) :], caption)
    if not caption.tags:
        at = caption.prose[0] if caption.prose else 0
        return apply(caption, [Hunk("add", "tags", at, at, "", edit.text)] if edit.verb == "add" else [])
    row = list(_pieces(caption))
    hunks = []
    for part in _between_fences(row) if edit.verb == "order" else [row]:
        after = edited_row([piece.text for piece in part], edit)
        if after is not None:
            at, end = part[0].start, part[-1].end
            new = _woven(caption, part, after)
            hunks.append(Hunk("replace" if new else "remove", "tags", at, end, caption.text[at:end], new))
    return apply(caption, hunks)


def _is_said(caption: Caption, tag: str) -> bool:
    """Say whether a tag that reads like prose stands in the prose, where it was put by the same edit before."""
    if caption.prose is None or prose_start(tag, caption.separator) is None:
        return False
    return tag_key(tag) in tag_key(caption.text[slice(*caption.prose)])


def _pieces(caption: Caption) -> Iterator[Tag]:
    """Yield the tags, and the fences between them, by where they stand."""
    for tag, following in zip_longest(caption.tags, caption.tags[1:]):
        yield tag
        if following is not None:
            for fence in _FENCE.finditer(caption.text, tag.end, following.start):
                yield Tag(FENCE, fence.start(), fence.end())


def _between_fences(row: Sequence[Tag]) -> Iterator[Sequence[Tag]]:
    """Yield the tags of each part: no tag is ordered across a fence, for the trainer treats both sides differently."""
    yield from (list(part) for is_fence, part in groupby(row, lambda piece: piece.text == FENCE) if not is_fence)


def _woven(caption: Caption, row: Sequence[Tag], after: Sequence[Placed]) -> str:
    """Return an edited row as text, with what stood between its pieces."""
    if all(text == FENCE for _, text in after):
        return ""
    gaps = [caption.text[left.end : right.start] for left, right in pairwise(row)]
    places = [place for place, _ in after]
    # What was moved comes first; from here on all is in its old order.
    rest = max((i for i, (left, right) in enumerate(pairwise(places), 1) if NEW < right < left), default=0)
    while after[len(places) - 1][1] == FENCE and caption.text.startswith(".", row[-1].end):
        places.pop()  # a full stop closes tags, no fence
    written = [after[0][1]]
    for i, (left, right) in enumerate(pairwise(places), 1):
        if NEW in (left, right):
            gap = caption.gap
        elif row[right].text == FENCE:
            gap = gaps[right - 1]
        elif row[left].text == FENCE or right == left + 1:
            gap = gaps[left]
        elif i < rest:
            gap = caption.gap
        else:  # a line's end stays where tags left or went between others; a moved tag brings none along
            dropped = gaps[left:right] if i > rest else [caption.gap, *gaps[:right]]
            gap = max(dropped, key=lambda text: "\n" in text)
        written += (gap, after[i][1])
    return "".join(written)
