"""The palette: every action by its name and help, found by typing a few letters of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import ModalScreen

from tui import commands
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span, clip, spread, width_of
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.actions.action import Command, Situation
    from tui.messages import ItemPicked


class ActionList(ItemList[type[commands.Command]]):
    """Draws an action in one line: its name, what it does or why it does nothing now, its keys."""

    def __init__(self, now: Situation, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty.

        Args:
            now: What actions depend on.
            id: The widget's.
        """
        super().__init__(id=id)
        self._now = now

    def height_of(self, item: type[Command], width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: type[Command], width: int, *, in_view: bool) -> list[Line]:
        """Paint one action."""
        why_not = item.why_not(self._now)
        keys = [Span(f" {self._now.keys.all_shown(item)} ", self.ink("faint" if why_not else "key"))]
        name = Span(f"{name_of(item):<20} ", self.ink("muted" if why_not else "name" if in_view else "text"))
        room = width - width_of([name, *keys]) - 1
        told = Span(clip(why_not or self._now.keys.text(item.help), room), self.ink("warning" if why_not else "muted"))
        return [spread([name, told], keys, width, self.ink("text"))]


class Palette(ModalScreen["str | None"]):
    """Asks for an action; its result is the action's name, None where it was left."""

    CSS_PATH = "../styles/palette.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("down,ctrl+n", "move(1)", "down"),
        ("up", "move(-1)", "up"),
        ("pagedown", "move(10)", "page down"),
        ("pageup", "move(-10)", "page up"),
    ]

    def __init__(self, now: Situation) -> None:
        """Prepare.

        Args:
            now: What actions depend on.
        """
        super().__init__()
        self._list, self._prompt = ActionList(now, id="actions"), Prompt(id="prompt")
        self._list.empty_text = "no action is called so"
        self._found: Sequence[type[Command]] = ()
        self._place = 0

    def compose(self) -> ComposeResult:
        """Set the line over the list."""
        with Vertical(id="palette"):
            yield self._prompt
            yield self._list

    def on_mount(self) -> None:
        """Take the keys."""
        self._prompt.ask("do", "", self._chosen, changed=self._typed, left=self._leave)

    def _leave(self) -> None:
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        """Move the cursor, at most to the ends."""
        self._place = max(0, min(self._place + by, len(self._found) - 1))
        self._show()

    def _typed(self, text: str) -> None:
        self._found, self._place = found(text), 0
        self._show()

    def _show(self) -> None:
        self._list.show_items(self._found, self._place, active=True)

    def _chosen(self, _: str) -> None:
        self.dismiss(self._found[self._place].name if self._found else None)

    def on_item_picked(self, message: ItemPicked) -> None:
        """Choose the action that was clicked."""
        self.dismiss(self._found[message.place].name)


def name_of(command: type[Command]) -> str:
    """Return an action's name as a person reads it."""
    return command.name.replace("_", " ")


def found(typed: str) -> list[type[Command]]:
    """Return the actions that hold every word typed, in their name, help or group; those with it in their name first."""
    words = typed.casefold().split()
    whole = [c for c in commands.ALL if c is not commands.ShowCandidate]  # which has a number in its key
    hits = [c for c in whole if all(word in f"{name_of(c)} {c.help} {c.group}".casefold() for word in words)]
    return sorted(hits, key=lambda c: not all(word in name_of(c).casefold() for word in words))
