"""The keys in force: defaults, then a preset, then what the settings say; who loses a key that two actions want."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from engine.settings import nearest
from tui import commands
from tui.actions import bulk, dry_running, finding, past, starting, tagging, writing
from tui.actions.listing import EVERYWHERE
from tui.jobs import job_commands
from tui.keys import key_names
from tui.keys.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.actions.action import Action

SCREENS: dict[str, tuple[type[Action], ...]] = {
    "review": commands.ALL,
    "editor": writing.CAPTION,
    "change": writing.CHANGE,
    "jobs": job_commands.ALL,
    "list": EVERYWHERE,
    "bulk": bulk.ALL,
    "dry_run": dry_running.ALL,
    "tags": tagging.ALL,
    "history": past.ALL,
    "files": past.ALL_OF_FILES,
    "models": starting.ALL_OF_MODELS,
    "start_job": starting.ALL_OF_FORM,
    "order": (*finding.ORDERS, *EVERYWHERE),
}
"""What can be asked for on each screen, for reports and for the names that `[keys]` may hold."""

_AMID_TEXT = {action.name for action in (*writing.CAPTION, *writing.CHANGE)}

MOST_TOLD = 4
"""Problems that are told at the start; they stand in a few lines."""

WAYS_OUT = ("ctrl+c", "ctrl+q")
"""Keys that stay where they are by default: whatever is in the settings, one can leave."""

DEFAULT, PRESET, OWN, FIXED = range(4)
"""Whose wish a key is; a higher one wins."""

_MENTION = re.compile(r"\{(\w+)\}")


class Clash(NamedTuple):
    """Two actions that want the same key."""

    key: str
    """As a person reads it."""
    winner: str
    loser: str
    """Names of actions."""
    left: str
    """The keys that the loser still has, as a person reads them."""
    matters: bool
    """Whether a person wants to hear of it: both keys are from the settings, or the loser has none left."""

    def __str__(self) -> str:
        """Say who has it, and what became of the other."""
        return f"key {self.key}: {self.winner} has it, not {self.loser}, which has {self.left or 'no key now'}"


class Bindable(Protocol):
    """What Textual's map of bindings does."""

    key_to_bindings: dict[str, Any]

    def bind(self, keys: str, action: str) -> None:
        """Let a key call an action."""


class Node(Protocol):
    """What Textual's screens and widgets are, as far as keys go."""

    @property
    def app(self) -> object:
        """The app it belongs to; a RuntimeError where there is none."""


class Keys:
    """The keys in force on one screen."""

    def __init__(self, held: Mapping[type[Action], tuple[str, ...]], clashes: tuple[Clash, ...] = ()) -> None:
        """Take over who has which keys; numbered actions have a key for each number, empty where it was lost."""
        self._held = dict(held)
        self._named = {action.name: action for action in held}
        self.clashes = clashes

    def of(self, action: type[Action] | str) -> tuple[str, ...]:
        """Return the keys of an action, as Textual spells them; of one that is not of this screen, its default keys."""
        if isinstance(action, str):
            if action not in self._named:
                return ()
            action = self._named[action]
        return tuple(key for key in self._held.get(action, action.keys) if key)

    def shown(self, action: type[Action] | str) -> str:
        """Return the first key of an action as a person reads it; empty where it has none."""
        return next(map(key_names.shown, self.of(action)), "")

    def told(self, action: type[Action] | str) -> str:
        """Return the first key of an action as a sentence mentions it: by the action's name where it has none."""
        return self.shown(action) or f"{action if isinstance(action, str) else action.name} (no key)"

    def all_shown(self, action: type[Action] | str) -> str:
        """Return all keys of an action as a person reads them."""
        shown = [key_names.shown(key) for key in self.of(action)]
        numbers = [str(number) for number in range(1, len(shown) + 1)]
        return f"{shown[0]} … {shown[-1]}" if shown[2:] and shown == numbers else " ".join(shown)

    def text(self, text: str) -> str:
        """Return a text with the key of each action that it mentions as `{name}`; never for text from outside."""
        return _MENTION.sub(lambda found: self.told(found[1]), text)

    def bind(self, bindings: Bindable, method: str) -> None:
        """Let each key call a method of the screen: `method('next')`, for a numbered action `method('name', 3)`."""
        for action, keys in self._held.items():
            for number, key in enumerate(keys, 1):
                if key:
                    bindings.key_to_bindings.pop(key, None)  # Textual's own, such as tab: the first one bound would win
                    given = f"'{action.name}', {number}" if action.numbered else f"'{action.name}'"
                    bindings.bind(key, f"{method}({given})")


class Keymap:
    """What the settings want of keys; each screen has its own share of that."""

    def __init__(self, wishes: Mapping[str, str | Sequence[str]] | None = None) -> None:
        """Read the `[keys]` table; what is wrong in it is in `mistakes`, and the rest holds."""
        self.mistakes: list[str] = []
        self._own: dict[str, tuple[str, ...]] = {}
        self.preset = "default"
        self._kept: dict[tuple[type[Action], ...], Keys] = {}
        for name, written in (wishes or {}).items():
            self._read(name, written)

    def keys(self, actions: Sequence[type[Action]]) -> Keys:
        """Return the keys in force on a screen.

        Args:
            actions: All that can be asked for there; of two that want a key equally, the one before has it.
        """
        asked = tuple(actions)
        if asked not in self._kept:
            self._kept[asked] = self._dealt(asked)
        return self._kept[asked]

    @property
    def problems(self) -> list[str]:
        """What a person should hear of: mistakes in the settings, and clashes that matter; of many the first."""
        told = (str(clash) for actions in SCREENS.values() for clash in self.keys(actions).clashes if clash.matters)
        problems = list(dict.fromkeys([*self.mistakes, *told]))
        if (more := len(problems) - MOST_TOLD) > 0:
            problems[-more:] = [f"{more:,} more about keys: cutline config keys tells them"]
        return problems

    def _read(self, name: str, written: str | Sequence[str]) -> None:
        """Take in one line of the table."""
        known = {action.name for actions in SCREENS.values() for action in actions}
        if name == "preset":
            if isinstance(written, str) and written in PRESETS:
                self.preset = written
            else:
                self.mistakes.append(f"keys.preset: there is no preset {written!r}: {nearest(str(written), PRESETS)}")
        elif name not in known:
            self.mistakes.append(f"keys.{name}: there is no such action: {nearest(name, known)}")
        elif not written:
            self._own[name] = ()
        else:
            keys = []
            for key in [written] if isinstance(written, str) else written:
                try:
                    spelt = key_names.read(key)
                except ValueError as wrong:
                    self.mistakes.append(f"keys.{name}: {wrong}")
                    continue
                if spelt in WAYS_OUT:
                    self.mistakes.append(f"keys.{name}: {spelt} always leaves: choose another key")
                    continue
                if name in _AMID_TEXT and key_names.is_typed(spelt):
                    self.mistakes.append(
                        f"keys.{name}: {key_names.shown(spelt)} is typed there: put ctrl or alt before it"
                    )
                    continue
                keys.append(spelt)
            if keys:
                self._own[name] = tuple(dict.fromkeys(keys))

    def _wanted(self, action: type[Action]) -> tuple[int, tuple[str, ...]]:
        """Return whose wish decides about an action, and which keys it wants."""
        if action.name in self._own:
            return OWN, self._own[action.name]
        preset = PRESETS[self.preset]
        return (PRESET, preset[action.name]) if action.name in preset else (DEFAULT, action.keys)

    def _dealt(self, actions: tuple[type[Action], ...]) -> Keys:
        """Deal the keys out."""
        holder: dict[str, type[Action]] = {}
        wanted = {action: self._wanted(action) for action in actions}
        for action in actions:
            holder.update((key, action) for key in action.keys if key in WAYS_OUT)
        for level in (OWN, PRESET, DEFAULT):
            for action, (whose, keys) in wanted.items():
                if whose == level:
                    for key in keys:
                        holder.setdefault(key, action)
        for action, (whose, keys) in wanted.items():
            if whose == DEFAULT and action not in holder.values():
                for key in keys:
                    of = holder[key]
                    if wanted[of][0] == PRESET and sum(each is of for each in holder.values()) > 1:
                        holder[key] = action
        held = {action: tuple(_kept_keys(action, wanted[action][1], holder)) for action in actions}
        return Keys(held, tuple(_clashes(wanted, holder)))


def _kept_keys(action: type[Action], wanted: tuple[str, ...], holder: Mapping[str, type[Action]]) -> Iterator[str]:
    """Yield the keys an action has, in the order it wants them; empty ones where a number is without."""
    for key in wanted:
        if holder[key] is action:
            yield key
        elif action.numbered:
            yield ""
    yield from (key for key in action.keys if key in WAYS_OUT and key not in wanted)


def _clashes(
    wanted: Mapping[type[Action], tuple[int, tuple[str, ...]]], holder: Mapping[str, type[Action]]
) -> Iterator[Clash]:
    """Yield a clash for every key that an action wants and another one has."""
    for action, (whose, keys) in wanted.items():
        kept = [key for key in _kept_keys(action, keys, holder) if key]
        for key in keys:
            winner = holder[key]
            if winner is not action:
                both_own = whose == OWN and wanted[winner][0] == OWN
                left = " ".join(map(key_names.shown, kept))
                yield Clash(key_names.shown(key), winner.name, action.name, left, both_own or not kept)


PLAIN = Keymap()
"""The defaults."""


def in_force(screen: Node) -> Keymap:
    """Return the keymap of a screen's app; the defaults where there is none."""
    try:
        return getattr(screen.app, "keymap", PLAIN)
    except RuntimeError:  # made before any app runs
        return PLAIN


def here(screen: object) -> Keys:
    """Return the keys of a screen; the review's defaults for one that does not say."""
    keys = getattr(screen, "keys", None)
    return keys if isinstance(keys, Keys) else PLAIN.keys(commands.ALL)
