"""The result: exactly what accepting would leave in the caption file, what is new in it marked."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from engine.captions.display import show
from tui.widgets.paint import BOLD, UNDERLINED, Span

if TYPE_CHECKING:
    from rich.style import Style

    from tui.widgets.paint import Line

_WORDS = re.compile(r"\s*[,;|]\s*|\s+|[^\s,;|]+")
_BETWEEN = re.compile(r"(\s*[,;|]\s*)")
MARK_LIMIT = 4_000
"""Characters; longer texts are shown unmarked: comparing them would take longer than a key may."""


def result_spans(current: str, result: bytes | None, plain: Style, new: Style, faint: Style) -> Line:
    """Return the resulting text, its new words bold and underlined, its line ends as `↵`.

    Args:
        current: The caption as it is, decoded.
        result: The bytes that would be written; None for no file.
        plain: For what stays.
        new: For what is new.
        faint: For line ends.
    """
    if result is None:
        return [Span("no caption file", faint)]
    text = result.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    if not text:
        return [Span("an empty file", faint)]
    marked = new + BOLD + UNDERLINED
    spans: Line = []
    for piece, is_new in _marked(current, text):
        for part in re.split(r"(\n)", show(piece)):
            if part == "\n":
                spans += [Span("↵", faint), Span("\n", plain)]
            elif part:
                spans.append(Span(part, marked if is_new and not part.isspace() else plain))
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
    for op, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if start < end:
            # What stands between two tags is not marked, so that each new tag is seen as one.
            parts = _BETWEEN.split("".join(new[start:end]))
            pieces += [(part, op != "equal" and not _BETWEEN.fullmatch(part)) for part in parts]
    return pieces
