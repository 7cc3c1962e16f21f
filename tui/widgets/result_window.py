"""Where in a result a change is, so that it can be brought into view."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from engine.captions.changes.hunks import apply
from tui.widgets.paint import Span, wrap
from tui.widgets.result_line import result_spans, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.captions.caption import Caption
    from engine.captions.changes.hunks import Hunk
    from engine.captions.tokens.tokens import Blocks
    from tui.widgets.paint import Line

_TO_WORDS_END = re.compile(r"[\s,;|]*[^\s,;|]*")
_REST_OF_PIECE = re.compile(r"\S*")


def place_of(current: Caption, hunks: Sequence[Hunk], hunk: Hunk | None) -> int:
    """Return where a change is seen in the result, in characters; where it is left out, where it would be.

    Args:
        current: The caption as it is.
        hunks: What is applied.
        hunk: The change; None for the first of all changes.
    """
    if hunk is None:
        return _same(current.text, text_of(apply(current, hunks)))
    tag = hunk.tag_added
    others = [one for one in hunks if one != hunk and not (tag and one.tag_added == tag)]
    without = text_of(apply(current, others))
    with_it = text_of(apply(current, hunks if len(others) < len(hunks) else [*hunks, hunk]))
    if hunk.op == "move" and hunk.to > hunk.at:  # it is seen where it goes to, not where it was
        return max(0, len(with_it) - _same(without[::-1], with_it[::-1]) - len(hunk.old))
    return _same(without, with_it)


def line_of(spans: Line, text: str, place: int, ends: Blocks, width: int) -> int:
    """Return the line of a shown text that a place in it falls in.

    Args:
        spans: As `result_spans` returned them for the text.
        text: What they show.
        place: In characters.
        ends: Where CLIP's blocks end in the text.
        width: Of a line, in cells.
    """
    end = _TO_WORDS_END.match(text, place)
    before = text[: end.end() if end else place]
    plain = spans[0].style
    shown = result_spans(before, before.encode("utf-8", "surrogateescape"), plain, plain, plain, ends=ends)
    left, cut = sum(len(span.text) for span in shown) if before else 0, []
    for span in spans:
        if left <= len(span.text):  # a comma that is glued to the word goes to its line
            rest = _REST_OF_PIECE.match(span.text, left)
            cut.append(Span(span.text[: rest.end() if rest else left], span.style))
            break
        cut.append(span)
        left -= len(span.text)
    return len(wrap(cut, width)) - 1


def _same(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    shorter = min(len(one), len(other))
    return bisect_left(range(shorter), True, key=lambda end: one[: end + 1] != other[: end + 1])
