"""Commands: declared once, complete, without clashes."""

from __future__ import annotations

import pytest

from tui import commands
from tui.course.selection import Selection
from tui.keys.keymap import PLAIN


class Nothing:
    """A situation without any image."""

    card = None
    state = ""
    place = 0
    length = 0
    selection = Selection()
    keys = PLAIN.keys(commands.ALL)


@pytest.mark.parametrize("command", commands.ALL, ids=lambda command: command.name)
def test_command_is_complete(command: type[commands.Command]) -> None:
    """Every command has a help line, a key and a group."""
    assert command.help
    assert not command.help.endswith(".")
    assert command.keys
    assert command.group


def test_keys_are_unique() -> None:
    """No key belongs to two commands."""
    keys = [key for command in commands.ALL for key in command.keys]
    assert len(keys) == len(set(keys))


def test_names_are_unique_and_found() -> None:
    """A command is found by its name."""
    assert [commands.named(command.name) for command in commands.ALL] == list(commands.ALL)


def test_footer_has_a_word_for_each_command() -> None:
    """What the footer shows has a hint."""
    assert all(command.hint for command in commands.FOOTER)


@pytest.mark.parametrize("command", commands.ALL, ids=lambda command: command.name)
def test_without_an_image_only_general_commands_work(command: type[commands.Command]) -> None:
    """With an empty queue every command that needs an image says so."""
    general = {
        commands.Filter,
        commands.Sort,
        commands.Limit,
        commands.Undo,
        commands.Redo,
        commands.History,
        commands.Jobs,
        commands.Palette,
        commands.Theme,
        commands.Help,
        commands.Quit,
    }
    assert (command.why_not(Nothing()) == "") == (command in general)
