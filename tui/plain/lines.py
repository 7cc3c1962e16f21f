"""What a typed line asks for: an action by its key, its name or the beginning of that, and what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.errors import WrongUsage
from engine.settings import nearest
from tui.keys import key_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.actions.action import Command
    from tui.keys.keymap import Keys

NOTHING_DONE = "nothing was done"
LONGEST_NAME = 3
"""Words that the name of an action has at most."""
LEAST_LETTERS = 2
"""Of a name that is not typed to its end; a single letter is a key, or nothing."""
OTHER_WORDS = {
    "change": "toggle_hunk",
    "candidate": "show_candidate",
    "merge": "next_blend",
    "aside": "set_aside",
    "exit": "quit",
}
"""What a person may say, too → the name of the action."""
_WHITE_KEYS = {"": "enter", " ": "space", "\t": "tab"}


class Asked(NamedTuple):
    """What a line asks for."""

    action: type[Command]
    rest: str
    """What stands behind it, without the space around it."""


class Lines:
    """Reads lines."""

    def __init__(self, actions: Sequence[type[Command]], keys: Keys) -> None:
        """Know what can be asked for.

        Args:
            actions: All of it.
            keys: Those in force.
        """
        self._names = {action.name: action for action in actions}
        self._keys: dict[str, Asked] = {}
        for action in actions:
            for number, key in enumerate(keys.of(action), 1):
                self._keys[key] = Asked(action, str(number) if action.numbered else "")

    def read(self, line: str) -> Asked:
        """Return what a line asks for; an empty one asks for the image to be read again.

        Raises:
            WrongUsage: That cannot be told; it says what may have been meant.
        """
        if line in _WHITE_KEYS and (by_key := self._keys.get(_WHITE_KEYS[line])):
            return by_key
        text = line.strip()
        if not text:
            return Asked(self._names["read"], "")
        return self._by_key(text) or self._by_name(text)

    def _by_key(self, text: str) -> Asked | None:
        """Return what begins with a key: a letter or a word stands alone, behind a sign nothing need come between."""
        word, _, rest = text.partition(" ")
        if not word[0].isalnum() and word[1:] and (sign := self._key(word[0])):
            return Asked(sign.action, text[1:].strip())
        if found := self._key(word):
            return Asked(found.action, " ".join(filter(None, (found.rest, rest.strip()))))
        return None

    def _key(self, written: str) -> Asked | None:
        try:
            return self._keys.get(key_names.read(written))
        except ValueError:
            return None

    def _by_name(self, text: str) -> Asked:
        words = text.split()
        for count in range(min(LONGEST_NAME, len(words)), 0, -1):
            name = "_".join(words[:count]).lower().replace("-", "_")
            name = OTHER_WORDS.get(name, name if name in self._names else name.replace("change", "hunk"))
            if name in self._names:
                return Asked(self._names[name], _behind(text, count))
        first = words[0].lower().replace("-", "_")
        meant = [name for name in self._names if len(first) >= LEAST_LETTERS and name.startswith(first)]
        if len(meant) == 1:
            return Asked(self._names[meant[0]], _behind(text, 1))
        if meant:
            raise WrongUsage(f"{words[0]} may be {', '.join(map(spoken, meant))}", NOTHING_DONE)
        if first.isdigit():
            raise WrongUsage(
                f"a number alone shows a candidate, and there is none {first}",
                f"+{first} chooses change {first}, go {first} goes to image {first}; {NOTHING_DONE}",
            )
        if first[0].isdigit() or first[0] in "<>":
            raise WrongUsage(
                f"{words[0]} alone is no command",
                f"+{words[0]} chooses those changes, -{words[0]} leaves them out; {NOTHING_DONE}",
            )
        near = nearest(first, [*self._names, *OTHER_WORDS])
        hint = spoken(near) if near.startswith("did") else "help lists the commands"
        raise WrongUsage(f"there is no command {words[0]}", f"{hint}; {NOTHING_DONE}")


def spoken(name: str) -> str:
    """Return the name of an action as it is said and may be typed."""
    return name.replace("_", " ").replace("hunk", "change")


def nothing_behind(name: str, rest: str) -> None:
    """Refuse what stands behind a command that takes nothing but its name.

    Raises:
        WrongUsage: Something does; who typed it may have meant something else.
    """
    if rest:
        raise WrongUsage(f"{spoken(name)} takes nothing behind it", NOTHING_DONE)


def _behind(text: str, words: int) -> str:
    """Return what follows the first words of a text, as it is written."""
    parts = text.split(None, words)
    return parts[words] if len(parts) > words else ""
