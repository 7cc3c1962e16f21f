"""The editor of a caption: opened with a key, written with ctrl+s; what is not written stays a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widgets import TextArea

from engine.captions.display import from_editor, to_editor
from engine.errors import Refused
from tui.messages import EditLeft, EditSaved

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType


class TagEditor(TextArea):
    """Holds the caption in a form that no terminal can obey; gives it back as it was, but for the edits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "write"),
        Binding("escape", "leave", "leave"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start hidden and empty."""
        super().__init__(id=id, soft_wrap=True, compact=True, highlight_cursor_line=False)
        self.display = False

    def open(self, text: str) -> None:
        """Show a text and take the keys.

        Raises:
            Refused: The text holds the private characters that stand for unsafe ones here.
        """
        safe = to_editor(text)
        self.load_text(safe)
        self.move_cursor(self.document.end)
        self.border_title = "EDIT"
        self.border_subtitle = "ctrl+s write · escape keep as draft"
        self.display = True
        self.focus()

    def close(self) -> None:
        """Hide and give the keys back."""
        self.display = False
        self.screen.set_focus(None)

    def content(self) -> str:
        """Return the text as it is to be written."""
        return from_editor(self.text)

    def action_save(self) -> None:
        """Ask for the text to be written."""
        self.post_message(EditSaved(self.content()))

    def action_leave(self) -> None:
        """Leave without writing."""
        self.post_message(EditLeft(self.content()))

    async def _on_key(self, event: events.Key) -> None:
        """Keep tab out of captions."""
        if event.key in {"tab", "shift+tab"}:
            event.prevent_default().stop()

    async def _on_paste(self, event: events.Paste) -> None:
        """Take pasted text in the safe form, too: a widget hands escape sequences on to the terminal."""
        event.prevent_default().stop()
        try:
            safe = to_editor(event.text)
        except Refused:
            return  # private-use characters: they would come back as something else
        self.replace(safe, *self.selection)
