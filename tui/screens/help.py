"""The help: every key with what it does, made from the commands."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import commands, job_commands
from tui.widgets.signs import SIGNS

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class HelpScreen(ModalScreen[None]):
    """Lists the keys by what they are for; any of a few keys leaves it."""

    CSS_PATH = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,space,enter,ctrl+c,ctrl+q", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        """Show a row for each command, in a frame that scrolls where the screen is low."""
        with VerticalScroll(id="help"):
            for group, members in groupby((*commands.ALL, *job_commands.ALL), lambda command: command.group):
                yield Static(group, classes="heading", markup=False)
                for command in members:
                    with Horizontal(classes="row"):
                        yield Static(commands.shown_keys(command), classes="keys", markup=False)
                        yield Static(command.help, classes="what", markup=False)
            yield Static("Signs", classes="heading", markup=False)
            yield Static("   ".join(f"{glyph} {word}" for glyph, word, _ in SIGNS), classes="signs", markup=False)

    def on_mount(self) -> None:
        """Take the arrow keys for scrolling."""
        self.query_one(VerticalScroll).focus()
