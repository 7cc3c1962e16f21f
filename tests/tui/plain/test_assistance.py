"""The help of the linear mode is made from the actions, and names only what can be typed."""

from __future__ import annotations

import pytest

from engine.errors import WrongUsage
from tui import commands
from tui.keys.keymap import Keymap
from tui.plain import assistance
from tui.plain.lines import spoken
from tui.plain.own import HELP, OWN, all_actions

ACTIONS = all_actions()
KEYS = Keymap().keys(ACTIONS)


def test_every_action_is_in_the_overview_and_has_a_line() -> None:
    """The overview names all, `help all` tells what each does, `help NAME` what one does."""
    overview = "\n".join(assistance.about("", ACTIONS, KEYS))
    everything = assistance.about("all", ACTIONS, KEYS)
    for action in ACTIONS:
        name = spoken(action.name)
        assert name in overview
        assert [line for line in everything if line.startswith(name)] != []
        assert len(assistance.about(action.name, ACTIONS, KEYS)) == 1


def test_keys_that_no_line_can_hold_are_not_named() -> None:
    """Arrows and control keys are not typed in a line."""
    said = "\n".join(assistance.about("all", ACTIONS, KEYS))
    assert not any(sign in said for sign in "↑↓←→\x1b")
    assert "next j:" in said
    assert "next change tab:" in said


def test_own_words_are_about_actions_that_exist() -> None:
    """A help text of ours belongs to an action, and keeps to one line."""
    known = {action.name for action in commands.ALL} | {action.name for action in OWN}
    assert HELP.keys() <= known
    assert all("\n" not in text for text in HELP.values())


def test_what_is_on_the_screen_only_is_said_to_be() -> None:
    """Help on an action that cannot be typed here says where it is."""
    with pytest.raises(WrongUsage, match="on the screen only"):
        assistance.about("theme", [action for action in ACTIONS if action.name != "theme"], KEYS)
