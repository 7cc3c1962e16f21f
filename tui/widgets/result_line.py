"""The result: exactly what accepting would leave in the caption file, what is new in it marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.captions.changes.prose_diff import common
from engine.captions.display import show
from engine.captions.tokens.tokens import BLOCK, Blocks
from tui.widgets.paint import BOLD, UNDERLINED, Span
from tui.widgets.token_line import with_block_ends

if TYPE_CHECKING:
    from rich.style import Style

    from tui.widgets.paint import Line

_WORDS = re.compile(r"\s*[,;|]\s*|\s+|[^\s,;|]+")
_BETWEEN = re.compile(r"(\s*[,;|]\s*)")
MARK_LIMIT = 20_000
"""Characters; longer texts are shown unmarked: comparing them would take longer than a key may."""


NO_BLOCKS = Blocks(0, exact=True, ends=())


def text_of(result: bytes | None) -> str:
    """Return a result as the text it is for a reader: without its mark of order, empty for no file."""
    return (result or b"").removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def result_spans(
    current: str, result: bytes | None, plain: Style, new: Style, faint: Style, *, ends: Blocks = NO_BLOCKS
) -> Line:
    """Return the resulting text, its new words bold and underlined, its line ends as `↵`.

    Args:
        current: The caption as it is, decoded.
        result: The bytes that would be written; None for no file.
        plain: For what stays.
        new: For what is new.
        faint: For line ends.
        ends: Where CLIP's blocks end in the text.
    """
    if result is None:
        return [Span("no caption file", faint)]
    text = text_of(result)
    if not text:
        return [Span("an empty file", faint)]
    marked = new + BOLD + UNDERLINED
    spans: Line = []
    at = 0
    for piece, is_new in _marked(current, text):
        for chunk, is_end in with_block_ends(piece, ends, BLOCK, at):
            if is_end:
                spans.append(Span(chunk, faint))
                continue
            for part in re.split(r"(\n)", show(chunk)):
                if part == "\n":
                    spans += [Span("↵", faint), Span("\n", plain)]
                elif part:
                    spans.append(Span(part, marked if is_new and not part.isspace() else plain))
        at += len(piece)
    if spans[-1].text == "\n":
        spans.pop()  # the end of the last line opens no further one
    return spans


def _marked(current: str, text: str) -> list[tuple[str, bool]]:
    """Split the result into pieces that are new and pieces that were there."""
    if text == current:
        return [(text, False)]
    if len(text) + len(current) > MARK_LIMIT:
        return [(text, False)]
    old, new = _WORDS.findall(current), _WORDS.findall(text)
    pieces: list[tuple[str, bool]] = []
    at = 0
    for run in (*common(old, new), None):
        start, end = (run.new, run.new_end) if run else (len(new), len(new))
        if at < start:
            # What stands between two tags is not marked, so that each new tag is seen as one.
            parts = _BETWEEN.split("".join(new[at:start]))
            pieces += [(part, not _BETWEEN.fullmatch(part)) for part in parts]
        if start < end:
            pieces.append(("".join(new[start:end]), False))
        at = end
    return pieces
