"""A caption before and after a step: what went is struck, what came is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.captions.changes.text_changes import pieces
from engine.captions.display import show
from tui.widgets.paint import BOLD, STRUCK, UNDERLINED, Line, Span, clip, clip_start, wrap
from tui.widgets.result_line import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style

    from engine.captions.changes.text_changes import Piece

CONTEXT = 14
"""Cells of what stays, on each side of a change in a single line."""
NEAR = (400, 120, 40)
"""The same in a text that is too long to be shown whole, by the room there is."""


def both(
    before: bytes | None, after: bytes | None, ink: Callable[[str], Style], width: int, room: int
) -> list[list[Line]]:
    """Return the lines of both texts; where nothing differs of one only; before them those of what is not seen in them.

    Where they do not fit, only what is near a change is left of what stays.

    Args:
        before: The caption's bytes; None for no file.
        after: Likewise.
        ink: Gives the styles.
        width: Of a line, in cells.
        room: How many lines there are for all of them; the changes themselves may need more.
    """
    found = pieces(text_of(before), text_of(after))
    fate = _fate(before, after, ink)
    for cells in (None, *NEAR) if len(found) > 1 else (None,):
        shown = [
            (piece.kind, _span(piece, _beside(show(piece.text), found, at, cells), ink))
            for at, piece in enumerate(found)
        ]
        texts = [fate] if fate else []
        if before is not None:
            sign = [Span("− ", ink("remove"))] if before != after else []
            texts.append([*sign, *(span for kind, span in shown if kind != "added")])
        if after is not None and before != after:
            texts.append([Span("+ ", ink("add")), *(span for kind, span in shown if kind != "removed")])
        lines = [wrap(text, width) for text in texts]
        if sum(map(len, lines)) <= room:
            break
    return lines


def brief(before: bytes | None, after: bytes | None, ink: Callable[[str], Style], width: int) -> Line:
    """Return the changes in one line, with little of what stays; the same arguments, and a width in cells."""
    found = pieces(text_of(before), text_of(after))
    fate = _fate(before, after, ink)
    line = [*fate, Span(": ", ink("muted"))] if fate else []
    for at, piece in enumerate(found):
        text = _beside(show(piece.text, one_line=True), found, at, CONTEXT)
        if piece.kind == "added" and at and found[at - 1].kind == "removed":
            line.append(Span(" → ", ink("faint")))
        line.append(_span(piece, text, ink))
    kept: Line = []
    for text, style in line:
        if width <= 0:
            break
        kept.append(Span(clip(text, width), style))
        width -= cell_len(text)
    return kept


def _beside(text: str, found: Sequence[Piece], at: int, cells: int | None) -> str:
    """Return what is shown of a piece; of what stays only so much as stands beside a change; None for all of it."""
    follows, precedes = at > 0, at < len(found) - 1
    if cells is None or found[at].kind != "same" or cell_len(text) <= cells * (follows + precedes):
        return text
    before, after = clip(text, cells), clip_start(text, cells)
    return before + after[1:] if follows and precedes else before if follows else after


def _fate(before: bytes | None, after: bytes | None, ink: Callable[[str], Style]) -> Line:
    """Say that a file was made or removed, and what would not be seen otherwise."""
    if before == after:
        return [Span("the caption stayed as it was", ink("muted"))] if not before else []
    if before is None:
        return [Span("a new file", ink("muted"))]
    if after is None:
        return [Span("the file was removed", ink("muted"))]
    if text_of(before) == text_of(after):
        return [Span("only the mark of order changed", ink("muted"))]
    return []


def _span(piece: Piece, text: str, ink: Callable[[str], Style]) -> Span:
    if piece.kind == "removed":
        return Span(text, ink("remove") + STRUCK)
    if piece.kind == "added":
        return Span(text, ink("add") + BOLD + UNDERLINED)
    return Span(text, ink("text"))
