"""What is to be known of a caption while it is typed: its tokens, where CLIP's blocks end, which tags stand twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style

from engine.captions.display import from_editor, show
from engine.captions.tokens.tokens import BLOCK
from tui.typing import tag_mode
from tui.widgets.token_line import token_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.captions.tokens.tokens import Limits, Tokens

_TWICE = Style(underline=True, bold=True)
_BLOCK_END = Style(reverse=True, bold=True)
_PLAIN = Style()


class Account(NamedTuple):
    """An account of a text."""

    title: str = ""
    """Safe to show, one line."""
    styled: tuple[tuple[int, int, Style], ...] = ()
    """From which character to which one the text is drawn otherwise."""

    def on_line(self, start: int, length: int) -> Iterator[tuple[int, int, Style]]:
        """Yield what of it falls on a line, by the line's own characters.

        Args:
            start: Where the line begins in the text.
            length: Of the line.
        """
        for first, end, style in self.styled:
            if first < start + length and end > start:
                yield max(0, first - start), end - start, style


def account(text: str, opened: str, separator: str, tokens: Tokens, limits: Limits) -> Account:
    """Give an account of what is typed; takes a millisecond for 5,000 characters.

    Args:
        text: As the editor holds it.
        opened: What it held at first; see `tag_mode.without_open_end`, of which the tokens are counted.
        separator: What stands between tags.
        tokens: Count.
        limits: What the trainer reads.
    """
    ready = from_editor(tag_mode.without_open_end(text, opened, separator))
    blocks = tokens.blocks(ready)
    told = [
        "EDIT",
        "".join(span.text for span in token_spans(tokens.budget(ready), limits, lambda _: _PLAIN)),
    ]
    twice = tag_mode.twice(text, separator)
    if twice:
        told.append(f"twice: {', '.join(text[slice(*places[0])] for places in twice)}")
    about = "" if blocks.exact else "~"
    told += [f"{about}{n * BLOCK} ends after “{_last_word(text[:end])}”" for n, end in enumerate(blocks.ends, 1)]
    styled = [(first, end, _TWICE) for places in twice for first, end in places]
    styled += [(end - 1, end, _BLOCK_END) for end in blocks.ends]
    return Account(show(from_editor(" · ".join(told)), one_line=True), tuple(styled))


def _last_word(text: str) -> str:
    return (text.split() or [""])[-1]
