"""Typed lines: keys, names, beginnings of names; what is not understood asks for nothing."""

from __future__ import annotations

import pytest

from engine.errors import WrongUsage
from tui.keys.keymap import Keymap
from tui.plain.lines import Lines
from tui.plain.own import OWN, all_actions

ACTIONS = all_actions()
LINES = Lines(ACTIONS, Keymap().keys(ACTIONS))


@pytest.mark.parametrize(
    ("line", "name", "rest"),
    [
        ("a", "accept", ""),
        (" a ", "accept", ""),
        ("A", "accept_candidate", ""),
        ("accept candidate", "accept_candidate", ""),
        ("Accept-Candidate", "accept_candidate", ""),
        ("accept", "accept", ""),
        ("rej", "reject", ""),
        ("2", "show_candidate", "2"),
        ("candidate 12", "show_candidate", "12"),
        ("+3", "take", "3"),
        ("+ 1-4, 7", "take", "1-4, 7"),
        ("-all", "leave", "all"),
        (">0.5", "choose_above", "0.5"),
        ("]", "threshold_up", ""),
        ("] 5", "threshold_up", "5"),
        ("e  two  words ", "edit", "two  words"),
        ("next hunk", "next_hunk", ""),
        ("next change", "next_hunk", ""),
        ("next", "next", ""),
        ("edit change 2 red sofa", "edit_hunk", "2 red sofa"),
        ("go 12", "go", "12"),
        ("?", "help", ""),
        ("space", "toggle_hunk", ""),
        (" ", "toggle_hunk", ""),
        ("\t", "next_hunk", ""),
        ("", "read", ""),
        ("exit", "quit", ""),
    ],
)
def test_a_line_is_understood(line: str, name: str, rest: str) -> None:
    """A key, a name or an unambiguous beginning of one asks for its action, with what stands behind it."""
    asked = LINES.read(line)
    assert (asked.action.name, asked.rest) == (name, rest)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("acept", "did you mean accept?"),
        ("acc", "accept, accept candidate"),
        ("xylophone", "help lists the commands"),
        ("12", r"\+12 chooses change 12"),
        ("<0.5", r"-<0\.5 leaves them out"),
        ("1-4", r"\+1-4 chooses those changes"),
        ("\x1b[A", "no command"),
        ("ä", "no command"),
        ("\udcff", "no command"),
    ],
)
def test_what_is_not_understood_is_refused(line: str, says: str) -> None:
    """A slip names what may have been meant, and that nothing was done."""
    with pytest.raises(WrongUsage, match=says) as refused:
        LINES.read(line)
    assert "nothing was done" in str(refused.value)


def test_keys_of_a_preset_and_of_the_settings_hold() -> None:
    """The keys in force are those that are understood: an empty line is `enter`, where that chooses."""
    lines = Lines(ACTIONS, Keymap({"preset": "prodigy", "undo": "w"}).keys(ACTIONS))
    assert lines.read("").action.name == "toggle_hunk"
    assert lines.read("w").action.name == "undo"
    with pytest.raises(WrongUsage, match="no command u"):
        lines.read("u")


def test_an_action_that_the_screen_has_is_not_declared_twice() -> None:
    """Names are unique, and what the screen declares under a name of ours is what holds."""
    names = [action.name for action in ACTIONS]
    assert len(set(names)) == len(names)
    assert all_actions(OWN) == OWN
