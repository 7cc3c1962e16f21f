"""The line in which one change is written anew: opened with a key, taken with enter, left with escape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.display import to_editor
from tui.actions import writing
from tui.messages import HunkLeft, HunkWritten
from tui.widgets.in_order import do_bound
from tui.widgets.safe_editor import SafeEditor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual import events


class HunkEditor(SafeEditor):
    """Holds the new text of a change."""

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
        super().__init__(writing.CHANGE, writing.CHANGE_HINTS, id=id)

    def open(self, text: str) -> None:
        """Show a text and take the keys.

        Raises:
            Refused: The text holds the private characters that stand for unsafe ones here.
        """
        safe = to_editor(text)
        self.load_text(safe)
        self.move_cursor(self.document.end)
        self.border_title = "THIS CHANGE"
        self.tell_keys()
        self.display = True
        self.focus()

    def tell_keys(self) -> None:
        """Name the keys that take the change and leave it below the text."""
        self.border_subtitle = " · ".join(f"{key} {word}" for key, word in self.hints)

    def close(self) -> None:
        """Hide and give the keys back."""
        self.display = False
        self.screen.set_focus(None)

    @property
    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """What does each action."""
        return {"take_change": self._take, "leave_change": self._leave}

    def _take(self) -> None:
        self.post_message(HunkWritten(self.content()))

    def _leave(self) -> None:
        self.post_message(HunkLeft(self.content()))

    async def take_key(self, event: events.Key) -> None:
        """Keep line breaks and tab out of the line."""
        await do_bound(self, event)
        if event.key in {"enter", "tab", "shift+tab"}:
            event.prevent_default().stop()
