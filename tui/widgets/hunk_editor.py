"""The line in which one change is written anew: opened with a key, taken with enter, left with escape."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widgets import TextArea

from engine.captions.display import from_editor, to_editor
from engine.errors import Refused
from tui.messages import HunkLeft, HunkWritten
from tui.widgets.in_order import do_bound

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType


class HunkEditor(TextArea):
    """Holds the new text of a change in a form that no terminal can obey; gives it back as it was, but for the edits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "take", "take"),
        Binding("escape", "leave", "leave"),
    ]
    DEFAULT_CSS = """
    HunkEditor {
        height: auto;
        min-height: 3;
        max-height: 8;
        margin-bottom: 1;
        padding: 0 1;
        background: $surface;
        border: round $accent;
        border-title-color: $accent;
        border-subtitle-color: $text-muted;
        scrollbar-size-vertical: 1;

        &:focus { border: round $accent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start hidden and empty."""
        super().__init__(id=id, soft_wrap=True, highlight_cursor_line=False)
        self.display = False

    def open(self, text: str) -> None:
        """Show a text and take the keys.

        Raises:
            Refused: The text holds the private characters that stand for unsafe ones here.
        """
        safe = to_editor(text)
        self.load_text(safe)
        self.move_cursor(self.document.end)
        self.border_title = "THIS CHANGE"
        self.border_subtitle = "enter take · escape leave"
        self.display = True
        self.focus()

    def close(self) -> None:
        """Hide and give the keys back."""
        self.display = False
        self.screen.set_focus(None)

    def content(self) -> str:
        """Return the text as it is to be written."""
        return from_editor(self.text)

    def action_take(self) -> None:
        """Ask for the text to be taken."""
        self.post_message(HunkWritten(self.content()))

    def action_leave(self) -> None:
        """Leave without taking it."""
        self.post_message(HunkLeft(self.content()))

    async def _on_key(self, event: events.Key) -> None:
        """Take the text with enter; keep tab out of captions."""
        if event.key in {"enter", "tab", "shift+tab"}:
            event.prevent_default().stop()
            if event.key == "enter":
                self.action_take()
        else:
            await do_bound(self, event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Take pasted text in the safe form, too: a widget hands escape sequences on to the terminal."""
        event.prevent_default().stop()
        try:
            safe = to_editor(event.text.replace("\r\n", "\n").replace("\r", "\n"))  # terminals paste line ends as \r
        except Refused:
            return  # private-use characters: they would come back as something else
        self.replace(safe, *self.selection)
