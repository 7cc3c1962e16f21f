"""Keys as a person writes them, as Textual spells them, and as they are shown."""

from __future__ import annotations

import string

import pytest
from textual.keys import _character_to_key

from tui.keys import key_names
from tui.keys.keymap import SCREENS


@pytest.mark.parametrize("sign", [sign for sign in string.printable if sign.isprintable() and sign != " "] + ["é", "ж"])
def test_a_sign_is_spelt_as_textual_spells_it(sign: str) -> None:
    """Every sign of a keyboard becomes the name Textual gives its key, and is shown as itself again."""
    assert key_names.read(sign) == _character_to_key(sign)
    assert key_names.shown(key_names.read(sign)) == sign
    assert key_names.read(key_names.read(sign)) == key_names.read(sign)


@pytest.mark.parametrize(
    ("written", "spelt", "shown"),
    [
        ("question_mark", "question_mark", "?"),
        ("Esc", "escape", "esc"),
        ("return", "enter", "enter"),
        ("PgDn", "pagedown", "pagedown"),
        (" ", "space", "space"),
        ("Up", "up", "↑"),
        ("Ctrl+R", "ctrl+r", "ctrl+r"),
        ("shift+a", "A", "A"),
        ("shift+tab", "shift+tab", "shift+tab"),
        ("shift+ctrl+up", "ctrl+shift+up", "ctrl+shift+↑"),
        ("ctrl+/", "ctrl+slash", "ctrl+/"),
        ("ctrl++", "ctrl+plus", "ctrl++"),
        ("ctrl+i", "tab", "tab"),
        ("ctrl+m", "enter", "enter"),
        ("F5", "f5", "f5"),
    ],
)
def test_names_and_modifiers(written: str, spelt: str, shown: str) -> None:
    """Names in any case and order of modifiers are understood; what a terminal cannot tell apart is one key."""
    assert key_names.read(written) == spelt
    assert key_names.shown(spelt) == shown


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("escpe", "escape"),
        ("", "there is no key ''"),
        ("crtl+r", "did you mean ctrl?"),
        ("ab", "no key 'ab'"),
        ("ctrl+foo", "are colon, f9, f8; keys are written like ctrl+r"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest(written: str, says: str) -> None:
    """What is no key is an error that says which was meant."""
    with pytest.raises(ValueError, match="there is no key") as caught:
        key_names.read(written)
    assert says in str(caught.value)


def test_what_is_read_on_the_screen_can_be_written() -> None:
    """The first key of every action is read back from how it is shown, as a click on its hint does."""
    shown_first = {action.keys[0] for actions in SCREENS.values() for action in actions}
    assert {key_names.read(key_names.shown(key)) for key in shown_first} == shown_first
