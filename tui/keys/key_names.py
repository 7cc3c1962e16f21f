"""How keys are written: by a person (`?`, `esc`, `ctrl+r`), by Textual (`question_mark`, `escape`), and on the screen."""

from __future__ import annotations

import string
import unicodedata

from engine.settings import nearest

_TEXTUALS_OWN = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where Textual's name of a sign is not Unicode's."""


def _name_of(sign: str) -> str:
    name = unicodedata.name(sign, sign).lower().replace(" ", "_").replace("-", "_")
    return _TEXTUALS_OWN.get(name, name)


_SIGNS = {_name_of(sign): sign for sign in string.punctuation}
_NAMED = {
    *("enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right"),
    *(f"f{number}" for number in range(1, 25)),
}
_ARROWS = {"up": "↑", "down": "↓", "left": "←", "right": "→"}
_OTHER_NAMES = {
    **{sign: name for name, sign in _ARROWS.items()},
    "return": "enter",
    "esc": "escape",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    " ": "space",
}
_SAME_TO_A_TERMINAL = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+left_square_bracket": "escape"}
_MODIFIERS = ("ctrl", "alt", "shift")
_SHOWN = {**_SIGNS, **_ARROWS, "escape": "esc"}


def read(written: str) -> str:
    """Return a key as Textual spells it.

    Args:
        written: As a person writes it, or reads it on the screen: a sign, a letter, a name, with `ctrl+`, `alt+` or
            `shift+` before it.

    Raises:
        ValueError: There is no such key; the message says which was meant.
    """
    *before, key = written.split("+") if len(written) > 1 and not written.endswith("+") else [written]
    if written.endswith("++"):  # ctrl and plus
        *before, key = [*written[:-2].split("+"), "+"]
    modifiers = {modifier.strip().lower() for modifier in before}
    if unknown := modifiers - {*_MODIFIERS}:
        raise ValueError(f"there is no key {written!r}: {nearest(min(unknown), _MODIFIERS)}")
    key = key if len(key) == 1 else key.strip()
    name = _plain(key if len(key) == 1 else key.lower(), written)
    if len(name) == 1 and name.isalpha():
        if "ctrl" in modifiers:  # a terminal sends the same for both
            name = name.lower()
        elif "shift" in modifiers:
            name = name.upper()
            modifiers.discard("shift")
    spelt = "+".join([*(modifier for modifier in _MODIFIERS if modifier in modifiers), name])
    return _SAME_TO_A_TERMINAL.get(spelt, spelt)


def _plain(key: str, written: str) -> str:
    """Return a key without modifiers as Textual spells it."""
    key = _OTHER_NAMES.get(key, key)
    if key in _NAMED or key in _SIGNS:
        return key
    if len(key) == 1 and key.isprintable():
        return key if key.isalnum() else _name_of(key)
    known = {*_NAMED, *_SIGNS, *_OTHER_NAMES} - {" "}
    raise ValueError(f"there is no key {written!r}: {nearest(key, known)}; keys are written like ctrl+r")


def is_typed(key: str) -> bool:
    """Say whether a key, as Textual spells it, stands for a character."""
    return len(key) == 1 or key in _SIGNS or key == "space"


def shown(key: str) -> str:
    """Return a key, as Textual spells it, as a person reads it."""
    *modifiers, name = key.split("+")
    return "+".join([*modifiers, _SHOWN.get(name, name)])
