"""All actions of the review screen in their order.

Footer, help screen, key bindings and documentation are made from `ALL`; each action has one handler, in the object that
does it (`handlers`). The actions themselves are declared in `tui.actions`; those of the jobs screen in
`tui.jobs.job_commands`.
"""

from __future__ import annotations

from tui.actions.action import Action, Command, Situation
from tui.actions.choosing import (
    AsProposed,
    ChooseAbove,
    ChooseAll,
    ChooseCategory,
    ChooseRange,
    EditHunk,
    InvertChoice,
    NextBlend,
    NextCandidate,
    NextHunk,
    PreviousCandidate,
    PreviousHunk,
    ShowCandidate,
    SplitHunk,
    ThresholdDown,
    ThresholdUp,
    ToggleHunk,
)
from tui.actions.deciding import Accept, AcceptCandidate, Edit, Flag, Redo, Reject, SetAside, Skip, Undo
from tui.actions.finding import Filter, Limit, NextWaiting, OnlySelected, PreviousWaiting, Sort
from tui.actions.many import BulkEdit, ClearSelection, InvertSelection, Select, SelectAll, SelectRange, Tags
from tui.actions.moving import First, Last, Next, Previous
from tui.actions.other import Help, History, Jobs, Palette, Quit, Theme

__all__ = [
    "ALL",
    "FOOTER",
    "OPENING",
    "Accept",
    "AcceptCandidate",
    "Action",
    "AsProposed",
    "BulkEdit",
    "ChooseAbove",
    "ChooseAll",
    "ChooseCategory",
    "ChooseRange",
    "ClearSelection",
    "Command",
    "Edit",
    "EditHunk",
    "Filter",
    "First",
    "Flag",
    "Help",
    "History",
    "InvertChoice",
    "InvertSelection",
    "Jobs",
    "Last",
    "Limit",
    "Next",
    "NextBlend",
    "NextCandidate",
    "NextHunk",
    "NextWaiting",
    "OnlySelected",
    "Palette",
    "Previous",
    "PreviousCandidate",
    "PreviousHunk",
    "PreviousWaiting",
    "Quit",
    "Redo",
    "Reject",
    "Select",
    "SelectAll",
    "SelectRange",
    "SetAside",
    "ShowCandidate",
    "Situation",
    "Skip",
    "Sort",
    "SplitHunk",
    "Tags",
    "Theme",
    "ThresholdDown",
    "ThresholdUp",
    "ToggleHunk",
    "Undo",
    "named",
]

ALL: tuple[type[Command], ...] = (
    Accept,
    AcceptCandidate,
    Reject,
    Skip,
    Flag,
    SetAside,
    Edit,
    Undo,
    Redo,
    ToggleHunk,
    NextHunk,
    PreviousHunk,
    ChooseRange,
    ChooseCategory,
    ChooseAbove,
    ChooseAll,
    InvertChoice,
    SplitHunk,
    EditHunk,
    AsProposed,
    ShowCandidate,
    NextCandidate,
    PreviousCandidate,
    NextBlend,
    ThresholdDown,
    ThresholdUp,
    Next,
    Previous,
    First,
    Last,
    NextWaiting,
    PreviousWaiting,
    Filter,
    Sort,
    Limit,
    OnlySelected,
    Select,
    SelectRange,
    SelectAll,
    InvertSelection,
    ClearSelection,
    BulkEdit,
    Tags,
    History,
    Jobs,
    Palette,
    Theme,
    Help,
    Quit,
)

FOOTER: tuple[type[Command], ...] = (
    Accept,
    Reject,
    ToggleHunk,
    NextHunk,
    Edit,
    Undo,
    Skip,
    Flag,
    Filter,
    Jobs,
    Help,
    Quit,
)
"""What the footer shows, in its order; where it is narrow, the later ones of the middle go first."""

OPENING: tuple[type[Command], ...] = (BulkEdit, Tags, History, Jobs, Palette, Sort, Help)
"""What shows another screen over the review; asked for twice before that is there, it opens one."""


def named(name: str) -> type[Command]:
    """Return a command by its name."""
    return next(command for command in ALL if command.name == name)
