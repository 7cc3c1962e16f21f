"""One line to type in, at the lower edge of a screen: a filter, a name, a word to search for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.highlighter import Highlighter
from rich.style import Style
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from engine.captions.display import from_editor, show, to_editor
from engine.errors import Refused
from tui.widgets.in_order import do_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.text import Text
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.geometry import Offset


KEYS = (("enter", "take"), ("esc", "leave"))
"""What the keys do while a line is open."""


class _Underline(Highlighter):
    """Underlines a stretch of the line."""

    def __init__(self) -> None:
        """Start with none."""
        self.span = (0, 0)

    def highlight(self, text: Text) -> None:
        """Underline it."""
        text.stylize(Style(underline=True, bold=True), *self.span)


class _Line(Input):
    """Takes the keys; what is pasted comes in the form that no terminal can obey."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave")]

    async def _on_key(self, event: events.Key) -> None:
        """Take keys in their order, also those that are bound."""
        await do_bound(self, event)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default().stop()
        try:
            safe = to_editor(" ".join(event.text.split()))
        except Refused:
            return  # private-use characters: they would come back as something else
        self.replace(safe, *self.selection)

    def action_leave(self) -> None:
        """Close without an answer."""
        prompt = self.parent
        assert isinstance(prompt, Prompt)
        prompt.leave()


class Prompt(Horizontal):
    """Asks for one line and hands it to whoever asked; hidden while nobody does."""

    DEFAULT_CSS = """
    Prompt { height: 1; display: none; background: $surface; }
    Prompt > Static { width: auto; height: 1; padding: 0 1; color: $accent; text-style: bold; }
    Prompt > Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start hidden."""
        super().__init__(id=id)
        self._wrong = _Underline()
        self._label = Static("", markup=False)
        self._line = _Line(compact=True, select_on_focus=False, highlighter=self._wrong)
        self._done: Callable[[str], None] | None = None
        self._changed: Callable[[str], None] | None = None
        self._left: Callable[[], None] | None = None

    def compose(self) -> ComposeResult:
        """Set the label before the line."""
        yield self._label
        yield self._line

    @property
    def is_open(self) -> bool:
        """Whether it is waiting for an answer."""
        return self._done is not None

    @property
    def text(self) -> str:
        """What is typed, as it was meant."""
        return from_editor(self._line.value)

    @property
    def cursor(self) -> int:
        """Where in the text the cursor stands."""
        return self._line.cursor_position

    @property
    def cursor_on_screen(self) -> Offset:
        """Where the cursor stands on the screen, in cells."""
        return self._line.cursor_screen_offset

    def underline(self, start: int, end: int) -> None:
        """Underline what is wrong in the text; nothing where the end is the start."""
        if self._wrong.span != (start, end):
            self._wrong.span = start, end
            self._line.refresh()

    def ask(
        self,
        label: str,
        text: str,
        done: Callable[[str], None],
        *,
        changed: Callable[[str], None] | None = None,
        left: Callable[[], None] | None = None,
        replaced: bool = False,
    ) -> None:
        """Open with a text to begin with and take the keys.

        Args:
            label: What is asked for, raw text.
            text: What to begin with.
            done: Called with the text on enter, after the line was closed; it may ask again.
            changed: Called with the text it begins with, and after each key.
            left: Called when it was left without an answer.
            replaced: Whether the first key typed takes the place of the whole text.

        Raises:
            Refused: The text holds the private characters that stand for unsafe ones here.
        """
        safe = to_editor(text)
        self._done, self._changed, self._left = done, changed, left
        self._label.update(show(label, one_line=True))
        with self.prevent(Input.Changed):
            self._line.value = safe
        self._line.selection = Selection(0 if replaced else len(safe), len(safe))
        if changed is not None:
            changed(text)
        self.display = True
        self.screen.set_focus(self._line)  # at once: focus() would only ask for it, and keys behind this one come first

    def put(self, text: str, cursor: int | None = None) -> None:
        """Put another text in place of what was typed, as a completion does.

        Args:
            text: The whole line.
            cursor: Where the cursor goes; None for the end.
        """
        self._line.value = to_editor(text)
        self._line.cursor_position = len(self._line.value) if cursor is None else cursor

    def leave(self) -> None:
        """Close without an answer."""
        left = self._left
        self._close()
        if left is not None:
            left()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed."""
        event.stop()
        if self._changed is not None:
            self._changed(self.text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the answer over."""
        event.stop()
        done, text = self._done, from_editor(event.value)  # what was typed behind enter is not meant
        self._close()
        if done is not None:
            done(text)

    def _close(self) -> None:
        self._done = self._changed = self._left = None
        self.underline(0, 0)
        self.display = False
        self.screen.set_focus(None)
