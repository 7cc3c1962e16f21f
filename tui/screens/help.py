"""The help: every key in force with what it does, made from the actions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import commands
from tui.keys.keymap import SCREENS, in_force
from tui.widgets.headline import Headline, Words
from tui.widgets.signs import SIGNS

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.actions.action import Action

NO_KEY = "—"


class HelpScreen(ModalScreen[None]):
    """Lists the keys by what they are for; any of a few keys leaves it."""

    CSS_PATH = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,space,enter", "dismiss", "close")]

    def __init__(self) -> None:
        """Let the key that opened it close it, too."""
        super().__init__()
        for key in in_force(self).keys(commands.ALL).of(commands.Help):
            self._bindings.bind(key, "dismiss")

    def compose(self) -> ComposeResult:
        """Show a row for each action, in a frame that scrolls where the screen is low."""
        title = Headline(id="title")
        title.tell(Words("cutline", "accent"), Words("help", "name"), Words("keys in force"), right=Words("esc closes"))
        with VerticalScroll(id="help"):
            yield title
            shown: set[type[Action]] = set()
            for actions in SCREENS.values():
                keys = in_force(self).keys(actions)
                new = [action for action in actions if action not in shown]  # those of every list come once
                shown.update(new)
                for group, members in groupby(new, lambda action: action.group):
                    yield _heading(group)
                    for action in members:
                        yield _row(keys.all_shown(action) or NO_KEY, keys.text(action.help))
            yield _heading("Signs")
            yield Static("   ".join(f"{glyph} {word}" for glyph, word, _ in SIGNS), classes="signs", markup=False)

    def on_mount(self) -> None:
        """Take the arrow keys for scrolling."""
        self.query_one(VerticalScroll).focus()


def _heading(text: str) -> Static:
    return Static(text, classes="heading", markup=False)


def _row(keys: str, what: str) -> Horizontal:
    left, right = Static(keys, classes="keys", markup=False), Static(what, classes="what", markup=False)
    return Horizontal(left, right, classes="row")
