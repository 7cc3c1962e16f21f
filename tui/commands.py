"""All actions of the review screen in their order, and how their keys are written.

Footer, help screen, key bindings and documentation are made from `ALL`; each action has one handler, in the object that
does it (`handlers`). The actions themselves are declared in `tui.actions`; those of the jobs screen in
`tui.job_commands`.
"""

from __future__ import annotations

from tui.actions.action import Action, Command, Situation
from tui.actions.choosing import NextHunk, PreviousHunk, ShowCandidate, ThresholdDown, ThresholdUp, ToggleHunk
from tui.actions.deciding import Accept, AcceptCandidate, Edit, Flag, Reject, Skip, Undo
from tui.actions.moving import First, Last, Next, Previous
from tui.actions.other import Help, Jobs, Quit

__all__ = [
    "ALL",
    "EDITOR_KEYS",
    "FOOTER",
    "Accept",
    "AcceptCandidate",
    "Action",
    "Command",
    "Edit",
    "First",
    "Flag",
    "Help",
    "Jobs",
    "Last",
    "Next",
    "NextHunk",
    "Previous",
    "PreviousHunk",
    "Quit",
    "Reject",
    "ShowCandidate",
    "Situation",
    "Skip",
    "ThresholdDown",
    "ThresholdUp",
    "ToggleHunk",
    "Undo",
    "named",
    "shown_key",
    "shown_keys",
]

ALL: tuple[type[Command], ...] = (
    Accept,
    AcceptCandidate,
    Reject,
    Skip,
    Flag,
    Edit,
    Undo,
    ToggleHunk,
    NextHunk,
    PreviousHunk,
    ShowCandidate,
    ThresholdDown,
    ThresholdUp,
    Next,
    Previous,
    First,
    Last,
    Jobs,
    Help,
    Quit,
)

FOOTER: tuple[type[Command], ...] = (Accept, Reject, ToggleHunk, NextHunk, Edit, Undo, Skip, Flag, Jobs, Help, Quit)
"""What the footer shows, in its order; where it is narrow, the later ones of the middle go first."""

EDITOR_KEYS = (("ctrl+s", "write the file"), ("escape", "leave, keep as draft"), ("ctrl+z", "undo typing"))
"""Keys of the caption editor, while it is open: key, what it does."""

_SIGNS = {"question_mark": "?", "down": "↓", "up": "↑", "left_square_bracket": "[", "right_square_bracket": "]"}


def named(name: str) -> type[Command]:
    """Return a command by its name."""
    return next(command for command in ALL if command.name == name)


def shown_keys(command: type[Action]) -> str:
    """Return the keys of a command as a person reads them."""
    if command is ShowCandidate:
        return "1 … 9"
    return " ".join(_SIGNS.get(key, key) for key in command.keys)


def shown_key(command: type[Action]) -> str:
    """Return the first key of a command as a person reads it."""
    return shown_keys(command).split(" ", 1)[0]
