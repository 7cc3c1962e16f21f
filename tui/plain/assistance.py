"""What can be typed, put into words: made from the actions and the keys in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import WrongUsage
from tui.keys import key_names
from tui.plain.lines import spoken
from tui.plain.own import help_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.actions.action import Command
    from tui.keys.keymap import Keys

HOW = (
    "Type a command and Enter: its key, or its name or the beginning of that.",
    "What stands behind it is for some commands only. Signs need no space: +3, >0.5.",
)
_WORDS = ("space", "tab")
"""Keys that can be typed in a line, by their names too."""
FIRST = ("accept", "reject", "edit", "undo", "take", "leave", "skip", "next", "previous", "help", "quit")
"""Those to begin with."""


def overview(actions: Sequence[type[Command]], keys: Keys) -> Iterator[str]:
    """Yield the commands to begin with, then the names of all, by what they are for."""
    yield from HOW
    known = {action.name: action for action in actions}
    for name in FIRST:
        if name in known:
            yield line(known[name], keys)
    yield "All commands, with their keys; help all tells what each does, help and a name what that one does:"
    for group in dict.fromkeys(action.group for action in actions):
        yield f"{group}: {', '.join(_named(action, keys) for action in actions if action.group == group)}."


def everything(actions: Sequence[type[Command]], keys: Keys) -> Iterator[str]:
    """Yield what each command does."""
    for group in dict.fromkeys(action.group for action in actions):
        yield f"{group}:"
        yield from (line(action, keys) for action in actions if action.group == group)


def line(action: type[Command], keys: Keys) -> str:
    """Return what one command does."""
    return f"{_named(action, keys)}: {keys.text(help_of(action))}."


def about(asked: str, actions: Sequence[type[Command]], keys: Keys) -> list[str]:
    """Return what `help` says with what stands behind it.

    Args:
        asked: Empty for the overview, `all`, or the name of an action as `Lines` understood it.
        actions: Those that can be asked for.
        keys: Those in force.

    Raises:
        WrongUsage: It is on the screen only.
    """
    if not asked:
        return [*overview(actions, keys)]
    if asked == "all":
        return [*everything(actions, keys)]
    for action in actions:
        if action.name == asked:
            return [line(action, keys)]
    raise WrongUsage(f"{spoken(asked)} is on the screen only", "cutline without --plain")


def _named(action: type[Command], keys: Keys) -> str:
    """Return name and keys, those that can be typed in a line."""
    if action.numbered:
        return f"{spoken(action.name)}, by its number"
    typed = [key for key in map(key_names.shown, keys.of(action)) if (key.isascii() and len(key) == 1) or key in _WORDS]
    return " ".join([spoken(action.name), *typed])
