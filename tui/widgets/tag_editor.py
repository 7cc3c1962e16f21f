"""The editor of a caption: tags are completed, moved and told when they stand twice; prose is plain text.

Opened with a key, written with ctrl+s; what is not written stays a draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.document._document import Document

from engine.captions.display import from_editor, show, to_editor
from engine.captions.tokens.tokens import Limits, Tokens
from engine.errors import Refused
from tui.actions import writing
from tui.messages import EditLeft, EditSaved
from tui.typing import tag_mode
from tui.typing.account import Account, account
from tui.typing.habit import Habit
from tui.widgets.completion import CompletionList
from tui.widgets.in_order import do_bound
from tui.widgets.safe_editor import SafeEditor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.text import Text
    from textual import events

    from engine.captions.known.suggestion import Suggestion
    from tui.typing.completer import Completer


class TagEditor(SafeEditor):
    """Holds the caption."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start hidden and empty."""
        super().__init__(writing.CAPTION, writing.CAPTION_HINTS, id=id, compact=True)
        self.completer: Completer | None = None
        """Who knows tags; None while nobody does."""
        self.typed: Callable[[], None] = lambda: None
        """Called after each change."""
        self._list = CompletionList(self._accept, id="completion")
        self._separator = ","
        self._opened = ""
        self._listed_for: str | None = None
        """The text that the list was opened for; None while it is closed."""
        self._habit = Habit()
        self._typing = False
        """Whether the last key typed something, as opposed to one that changes the text in another way."""
        self._found: list[Suggestion] = []
        self._found_for = ""
        self._account = Account()
        self._tokens, self._limits = Tokens(), Limits()
        self._named = False
        """Whether the character under the cursor is named below the text."""

    def on_mount(self) -> None:
        """Put the list of suggestions over everything else."""
        self.screen.mount(self._list)

    def open(self, text: str, separator: str = ",") -> None:
        """Show a text and take the keys.

        Args:
            text: The caption, or what was made of it before.
            separator: What stands between tags.

        Raises:
            Refused: The text holds the private characters that stand for unsafe ones here.
        """
        safe = to_editor(text)
        self._separator, self._opened = separator, safe
        self.load_text(safe)
        self.move_cursor(self.document.end)
        self._take_account()
        self.tell_keys()
        self.display = True
        self.focus()

    def close(self) -> None:
        """Hide and give the keys back."""
        self._close_list()
        self.display = False
        self.screen.set_focus(None)

    # --- what is done with the text -----------------------------------------------------------------------------

    @property
    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """What does each action."""
        return {
            "write_caption": self._save,
            "leave_caption": self._leave,
            "take_tag": self._take_tag,
            "list_tags": self._list_tags,
            "move_tag_left": lambda: self._move_tag(-1),
            "move_tag_right": lambda: self._move_tag(1),
            "delete_tag": self._delete_tag,
            "undo_typing": self.action_undo,
            "redo_typing": self.action_redo,
        }

    def _save(self) -> None:
        self._close_list()
        self.hold("being written …")
        ready = tag_mode.without_open_end(self.text, self._opened, self._separator)
        self.post_message(EditSaved(from_editor(ready)))

    def _leave(self) -> None:
        if self._list.is_open:
            self._close_list()
        else:
            self.post_message(EditLeft(self.content()))

    def action_undo(self) -> None:
        """Take back what was typed last, or say that nothing of it is left."""
        if self.history.undo_stack:
            super().action_undo()
        else:
            self._tell("nothing typed here is left to undo")

    def action_redo(self) -> None:
        """Type again what was taken back, or say that there is nothing."""
        if self.history.redo_stack:
            super().action_redo()
        else:
            self._tell("nothing taken back here is left to redo")

    def _move_tag(self, by: int) -> None:
        change = tag_mode.moved(self.text, self._at, by, self._separator)
        self._apply(change, "there is no tag here with a neighbour on that side")

    def _delete_tag(self) -> None:
        self._apply(tag_mode.deleted(self.text, self._at, self._separator), "there is no tag under the cursor")

    def _take_tag(self) -> None:
        if self._list.is_open:
            self._accept()

    def _list_tags(self) -> None:
        self._suggest(asked=True)
        if not self._list.is_open:
            self._tell("no known tag begins like this")

    def _apply(self, change: tag_mode.Change | None, why_not: str = "") -> None:
        """Make a change as one step of the editor's history, or say why there is none."""
        if change is None:
            self._tell(why_not)
            return
        self.history.checkpoint()
        start, end = map(self._lines.get_location_from_index, (change.start, change.end))
        self.replace(change.text, start, end, maintain_selection_offset=False)
        self.history.checkpoint()
        self.move_cursor(self._lines.get_location_from_index(change.cursor))

    @property
    def _at(self) -> int:
        """Where the cursor is, in characters from the beginning."""
        return self._lines.get_index_from_location(self.cursor_location)

    @property
    def _lines(self) -> Document:
        """The text by its lines."""
        assert isinstance(self.document, Document)
        return self.document

    def tell_keys(self) -> None:
        """Name the keys that write and leave below the text."""
        write, leave = map(self.keys.shown, (writing.WriteCaption, writing.LeaveCaption))
        self._tell(f"{write} write · {leave} keep as draft")

    def _tell(self, text: str) -> None:
        self.border_subtitle = Content(text)

    # --- suggestions --------------------------------------------------------------------------------------------

    def on_text_area_changed(self) -> None:
        """Keep up with what was typed."""
        if self.display and self.text != self._opened:
            self.tell_keys()
        self._take_account()
        self.typed()
        if self._listed_for is not None or self._typing:
            self._suggest()

    def on_text_area_selection_changed(self) -> None:
        """Close the list where the cursor left what it was opened for; name what is drawn as a sign."""
        if self._listed_for == self.text:
            self._close_list()
        here = self.text[self._at : self._at + 1]
        self._named, named_before = bool(here) and from_editor(here) != here, self._named
        if self._named:
            self._tell(f"under the cursor: {show(from_editor(here))}")
        elif named_before:
            self.tell_keys()

    def _suggest(self, *, asked: bool = False) -> None:
        """Show what begins like the tag at the cursor, and ask for what nearly fits."""
        word = tag_mode.word_at(self.text, self._at, self._separator)
        wanted = word is not None and (asked or (bool(word.typed.strip()) and not word.in_prose))
        if self.completer is None or word is None or not wanted:
            self._close_list()
            return
        typed = from_editor(word.typed)
        self._found, self._found_for = self.completer.complete(typed), typed
        self._listed_for = self.text
        self._show_list()
        self.completer.near(typed, self._show_near)

    def _show_near(self, near: list[Suggestion]) -> None:
        if self._listed_for == self.text and self.display:
            known = {one.tag for one in self._found}
            self._found += [one for one in near if one.tag not in known]
            self._show_list()

    def _show_list(self) -> None:
        is_whole = [one.tag for one in self._found] == [self._found_for]  # nothing is left to complete
        self._list.show_found([] if is_whole else self._found, self.cursor_screen_offset)

    def _close_list(self) -> None:
        self._listed_for, self._found = None, []
        self._list.close()
        if self.completer is not None:
            self.completer.forget()

    def _accept(self) -> None:
        """Put the chosen suggestion in place of what was typed."""
        chosen, word = self._list.chosen, tag_mode.word_at(self.text, self._at, self._separator)
        self._close_list()
        if chosen is None or word is None:
            return
        try:
            tag = to_editor(chosen.tag)
        except Refused:
            self._tell("this tag holds private-use characters that the editor needs itself")
            return
        self._apply(tag_mode.completed(self.text, word, tag, self._separator))
        self._habit.expect(self.text, self._at, self._separator)

    # --- keys -----------------------------------------------------------------------------------------------------

    async def take_key(self, event: events.Key) -> None:
        """Let the list have its keys while it is open; keep tab out of captions."""
        key = event.key
        self._typing = event.is_printable or key == "backspace"
        if key == "enter" and self._list.entered:
            event.prevent_default().stop()
            self._accept()
        elif self._list.is_open and (key == "down" or (key == "up" and self._list.entered)):
            event.prevent_default().stop()
            self._list.move(1 if key == "down" else -1)
        elif self.selection.is_empty and self._habit.swallows(self.text, self._at, event.character or ""):
            event.prevent_default().stop()
        else:
            await do_bound(self, event)
            if key in {"tab", "shift+tab"}:
                event.prevent_default().stop()

    # --- what is said of the text -----------------------------------------------------------------------------------

    def show_tokens(self, tokens: Tokens, limits: Limits) -> None:
        """Count with these from now on."""
        self._tokens, self._limits = tokens, limits
        self._take_account()

    def _take_account(self) -> None:
        """Say in the title how many tokens there are, and what stands more than once; mark both in the text."""
        now = account(self.text, self._opened, self._separator, self._tokens, self._limits)
        if now.styled != self._account.styled:
            self._line_cache.clear()  # of lines that did not change otherwise
            self.refresh()
        self._account = now
        self.border_title = Content(now.title)

    def get_line(self, line_index: int) -> Text:
        """Return a line, with what is to be seen in it: tags that stand more than once, the ends of CLIP's blocks."""
        line = super().get_line(line_index)
        start = self._lines.get_index_from_location((line_index, 0))
        for first, end, style in self._account.on_line(start, len(line)):
            line.stylize(style, first, end)
        return line
