"""What differs between two texts, as pieces that are the same, removed or added: whole tags, and words within those."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.captions.changes.prose_diff import common

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST = 20_000
"""Characters of both texts; longer ones are shown as replaced whole: comparing them would take longer than a key may."""

_TAGS = re.compile(r"[^,;|\n]*(?:[,;|\n]\s*|\Z)")
_WORDS = re.compile(r"\s*[,;|]\s*|\s+|[^\s,;|]+")


class Piece(NamedTuple):
    """A stretch of text."""

    text: str
    kind: Literal["same", "removed", "added"]


def pieces(before: str, after: str) -> list[Piece]:
    """Return the pieces in order: without those added they are the text before, without those removed the text after."""
    if len(before) + len(after) > LONGEST:
        whole = Piece(before, "removed"), Piece(after, "added")
        return [piece for piece in whole if piece.text]
    found: list[Piece] = []
    for piece in _compared(_TAGS.findall(before), _TAGS.findall(after), within_words=True):
        if found and found[-1].kind == piece.kind:
            found[-1] = Piece(found[-1].text + piece.text, piece.kind)
        elif piece.text:
            found.append(piece)
    return found


def _compared(old: Sequence[str], new: Sequence[str], *, within_words: bool) -> Iterator[Piece]:
    """Yield what is the same, and what stood and stands between."""
    at = new_at = 0
    for run in (*common(old, new), None):
        end, new_end = (run.old, run.new) if run else (len(old), len(new))
        gone, come = "".join(old[at:end]), "".join(new[new_at:new_end])
        if gone and come and within_words:
            yield from _compared(_WORDS.findall(gone), _WORDS.findall(come), within_words=False)
        else:
            yield Piece(gone, "removed")
            yield Piece(come, "added")
        if run:
            yield Piece("".join(old[run.old : run.old_end]), "same")
            at, new_at = run.old_end, run.new_end
