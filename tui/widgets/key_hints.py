"""The line of key hints at the lower edge of a screen: what the keys do now, and a place to click them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from tui import commands
from tui.keys import key_names, keymap
from tui.widgets.paint import Line, Painted, Span, clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


class KeyHints(Painted):
    """The keys that matter now, dimmed where they do nothing."""

    def __init__(
        self,
        footer: Sequence[type[commands.Action]] = commands.FOOTER,
        *,
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        """Start with all keys alive.

        Args:
            footer: The commands to hint at; the last two always.
            id: The widget's.
        """
        super().__init__(id=id)
        self._footer = footer
        self._dead: frozenset[str] = frozenset()
        self._typing: Sequence[tuple[str, str]] = ()
        self._key_at: list[tuple[int, str]] = []
        """The cell behind each part of a hint, and the key it stands for."""

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these, each with what it does, while a line has the keys; none for those of the screen again."""
        self._typing = keys
        self.renew()

    def show_dead(self, dead: frozenset[str]) -> None:
        """Dim the commands of these names."""
        if dead != self._dead:
            self._dead = dead
            self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint as many hints as there is room for: of a line's keys the first ones, else help and quit always."""
        del height
        keys = keymap.here(self.screen)
        hints = [_Hint(key, word) for key, word in self._typing] or [
            _Hint(key, command.hint, command.name in self._dead)
            for command in self._footer
            if (key := keys.shown(command))
        ]
        last = -1 if self._typing else -3
        while sum(hint.cells for hint in hints) > width and len(hints) > 2:  # noqa: PLR2004  (help and quit)
            del hints[last]
        self._key_at = _keys_at(hints)
        return [[Span(clip(text, width), style) for hint in hints for text, style in self._spans(hint)]]

    def _spans(self, hint: _Hint) -> Line:
        inks = ("faint", "faint") if hint.is_dead else ("key", "muted")
        return [Span(text, self.ink(ink)) for text, ink in zip(hint.texts, inks, strict=True)]

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked, which says why where it does nothing."""
        key = next((key for end, key in self._key_at if event.x < end), "")
        if key:
            self.app.simulate_key(key_names.read(key))


class _Hint(NamedTuple):
    """One or more keys, and what they do."""

    keys: str
    """As a person reads them, with a space between two."""
    word: str
    is_dead: bool = False

    @property
    def texts(self) -> tuple[str, str]:
        """What is painted of the keys, and of the word."""
        return f" {self.keys}", f" {self.word} "

    @property
    def cells(self) -> int:
        """How wide it is."""
        return sum(map(cell_len, self.texts))


def _keys_at(hints: Sequence[_Hint]) -> list[tuple[int, str]]:
    """Return where each key ends, and where the word behind them, which stands for the first one."""
    ends, at = [], 0
    for hint in hints:
        keys = hint.keys.split()
        for key, text in [*((key, f" {key}") for key in keys), (keys[0], hint.texts[1])]:
            at += cell_len(text)
            ends.append((at, key))
    return ends
