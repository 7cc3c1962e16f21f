"""A caption before and after a step: what went is struck, what came is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.captions.changes.text_changes import pieces
from engine.captions.display import show
from tui.widgets.paint import BOLD, STRUCK, UNDERLINED, Line, Span, clip, clip_start
from tui.widgets.result_line import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from engine.captions.changes.text_changes import Piece

CONTEXT = 14
"""Cells of what stays, on each side of a change in a single line."""


def whole(before: bytes | None, after: bytes | None, ink: Callable[[str], Style]) -> Line:
    """Return both texts, one below the other, ready to be wrapped; where nothing differs only one.

    Args:
        before: The caption's bytes; None for no file.
        after: Likewise.
        ink: Gives the styles.
    """
    found = pieces(text_of(before), text_of(after))
    end = Span("\n", ink("text"))
    fate = _fate(before, after, ink)
    line = [*fate, end] if fate else []
    if before is not None:
        sign = [Span("− ", ink("remove"))] if before != after else []
        line += [*sign, *(_span(piece, show(piece.text), ink) for piece in found if piece.kind != "added"), end]
    if after is not None and before != after:
        kept = (_span(piece, show(piece.text), ink) for piece in found if piece.kind != "removed")
        line += [Span("+ ", ink("add")), *kept, end]
    return line[:-1]


def brief(before: bytes | None, after: bytes | None, ink: Callable[[str], Style], width: int) -> Line:
    """Return the changes in one line, with little of what stays; the same arguments, and a width in cells."""
    found = pieces(text_of(before), text_of(after))
    fate = _fate(before, after, ink)
    line = [*fate, Span(": ", ink("muted"))] if fate else []
    for at, piece in enumerate(found):
        text = show(piece.text, one_line=True)
        if piece.kind == "same":
            has_before, has_after = at > 0, at < len(found) - 1
            if cell_len(text) > CONTEXT * (has_before + has_after):
                text = (clip(text, CONTEXT) if has_before else "") + (clip_start(text, CONTEXT) if has_after else "")
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
