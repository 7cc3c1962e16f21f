"""The line in which a filter is typed: what may come next beside the cursor, what is wrong underlined."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.containers import Vertical
from textual.geometry import Offset

from engine.captions.known.suggestion import Suggestion
from tui.widgets.completion import CompletionList
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from engine.finding.completion import Completion

KEYS = (
    ("enter", "apply"),
    ("escape", "leave"),
    ("tab", "complete"),
    ("↑ ↓", "earlier"),
    ("ctrl+s", "keep"),
    ("ctrl+n ctrl+p", "choose"),
)
"""What the keys do while the line is open."""


class Typist(Protocol):
    """Whoever answers the line's keys."""

    def complete(self) -> None:
        """Put in what is chosen of the list."""

    def earlier(self, by: int) -> None:
        """Go to an earlier filter, or back to a later one."""

    def keep(self) -> None:
        """Keep what is typed under a name."""


class FilterBar(Vertical):
    """A prompt with a list."""

    DEFAULT_CSS = "FilterBar { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("tab", "complete", "complete"),
        ("up", "earlier(1)", "earlier"),
        ("down", "earlier(-1)", "later"),
        ("ctrl+n", "choose(1)", "down the list"),
        ("ctrl+p", "choose(-1)", "up the list"),
        ("ctrl+s", "keep", "keep"),
    ]

    def __init__(self, typist: Typist, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start closed.

        Args:
            typist: Answers the keys.
            id: As widgets have one.
        """
        super().__init__(id=id)
        self._typist = typist
        self.prompt, self.list = Prompt(), CompletionList(typist.complete)
        self._found: Sequence[Completion] = ()

    def compose(self) -> ComposeResult:
        """Set the list over everything."""
        yield self.prompt
        yield self.list

    @property
    def chosen(self) -> Completion | None:
        """The completion under the list's cursor, else the first; None where there is none."""
        place = self.list.place
        return self._found[place or 0] if self.list.is_open and self._found else None

    def show_found(self, found: Sequence[Completion]) -> None:
        """Show what may come next, as soon as it is known where the cursor is."""
        self._found = found
        if self.prompt.is_open and found:
            self.call_after_refresh(self._place_list)
        else:
            self.list.close()

    def _place_list(self) -> None:
        if self.prompt.is_open:
            shown = [Suggestion(one.text, one.what, 0, "", "list") for one in self._found]
            # Over the line and the one above it, which says how many images fit.
            self.list.show_found(shown, self.prompt.cursor_on_screen - Offset(0, 1), above=True)

    def action_complete(self) -> None:
        """Put in what is chosen of the list."""
        self._typist.complete()

    def action_earlier(self, by: int) -> None:
        """Go to an earlier filter, or back to a later one."""
        self._typist.earlier(by)

    def action_choose(self, by: int) -> None:
        """Go through the list."""
        self.list.move(by)

    def action_keep(self) -> None:
        """Keep what is typed under a name."""
        self._typist.keep()
