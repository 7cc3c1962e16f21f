"""Text from outside in an editor: held and drawn in a form that no terminal can obey, given back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.content import Content
from textual.widgets import TextArea

from engine.captions.display import drawn_in_editor, from_editor, to_editor
from engine.errors import Refused
from tui.keys.keymap import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.text import Text
    from textual import events

    from tui.actions.action import Action
    from tui.actions.writing import Hints
    from tui.keys.keymap import Keymap

_STANDS_IN = Style(reverse=True)
"""Of a sign that stands for a character: a caption may hold the sign itself, too."""


class SafeEditor(TextArea):
    """An editor with declared actions; `handlers` do them."""

    def __init__(
        self,
        actions: Sequence[type[Action]],
        hints: Hints,
        *,
        id: str | None = None,  # noqa: A002  (Textual's name)
        compact: bool = False,
    ) -> None:
        """Start hidden and empty, with the default keys.

        Args:
            actions: What can be asked for here, besides typing.
            hints: Those that are told while it has the keys.
            id: The widget's.
            compact: Whether there is nothing around the text but its border.
        """
        super().__init__(id=id, soft_wrap=True, compact=compact, highlight_cursor_line=False)
        self.display = False
        self._held = False
        """Whether nothing is taken, because what stands here is on its way elsewhere."""
        self._actions, self._hints, self._textuals_own = tuple(actions), hints, self._bindings.copy()
        self.take_keys(PLAIN)

    @property
    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """What does each action, by its name."""
        return {}

    @property
    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys in force, each with what it does, the most important ones first."""
        told = ((" ".join(filter(None, map(self.keys.shown, actions))), word) for actions, word in self._hints)
        return tuple((keys, word) for keys, word in told if keys)

    def take_keys(self, keymap: Keymap) -> None:
        """Take over the keys in force."""
        self.keys = keymap.keys(self._actions)
        self._bindings = self._textuals_own.copy()
        for action in self._actions:
            for key in action.keys:  # Textual's, such as that of undo, go where a person put them
                self._bindings.key_to_bindings.pop(key, None)
        self.keys.bind(self._bindings, "press")

    def action_press(self, name: str) -> None:
        """Do what a key asks for."""
        self.handlers[name]()

    def content(self) -> str:
        """Return the text as it is to be written."""
        return from_editor(self.text)

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn: with a sign for each character that would not be seen, or be obeyed."""
        line = super().get_line(line_index)
        held = line.plain
        if (drawn := drawn_in_editor(held)) != held:
            line.plain = drawn
            for at, (sign, before) in enumerate(zip(drawn, held, strict=True)):
                if sign != before:
                    line.stylize(_STANDS_IN, at, at + 1)
        return line

    def hold(self, why: str) -> None:
        """Take nothing that is typed until `go_on`, and say why below the text, one raw line."""
        self._held = True
        self.border_subtitle = Content(why)

    def go_on(self) -> None:
        """Take what is typed again."""
        self._held = False
        self.tell_keys()

    def tell_keys(self) -> None:
        """Name the keys that end the editing below the text."""

    async def take_key(self, event: events.Key) -> None:
        """Do what a key does here and in no other text."""

    async def _on_key(self, event: events.Key) -> None:
        if self._held:
            event.prevent_default().stop()
        else:
            await self.take_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Take pasted text in the safe form, too: a widget hands escape sequences on to the terminal."""
        event.prevent_default().stop()
        if self._held:
            return
        try:
            safe = to_editor(event.text.replace("\r\n", "\n").replace("\r", "\n"))  # terminals paste line ends as \r
        except Refused:
            return  # private-use characters: they would come back as something else
        self.replace(safe, *self.selection)
