"""Actions of the dry run: what would change, one file after another, and making it so."""

from __future__ import annotations

from typing import Literal, Protocol

from tui.actions.listing import EVERYWHERE, ListCommand, ListSituation

Stage = Literal["looking", "ready", "applying", "over"]


class DrySituation(ListSituation, Protocol):
    """What an action of the dry run can depend on."""

    @property
    def stage(self) -> Stage:
        """How far it is."""

    @property
    def is_change(self) -> bool:
        """Whether the row under the cursor is a change, not a refusal."""

    @property
    def chosen(self) -> int:
        """How many changes are not left out."""

    @property
    def planned(self) -> int:
        """How many changes there are."""

    @property
    def made(self) -> int:
        """How many were made."""


class DryCommand(ListCommand):
    """One action of the dry run."""

    group = "In a dry run"


def not_ready(now: DrySituation) -> str:
    """Say why nothing can be chosen now; empty where it can."""
    told: dict[Stage, str] = {
        "looking": "not before it is known what would change",
        "ready": "",
        "applying": "the changes are being made; back stops it, and what is done stays",
        "over": f"{'the changes are made' if now.made else 'no change was made'}; what is listed was refused",
    }
    return told[now.stage]


def _not_a_change(now: DrySituation) -> str:
    if problem := not_ready(now):
        return problem
    return "" if now.is_change else "this row is no change: that caption stays as it is"


def _nothing_to_apply(now: DrySituation) -> str:
    return _no_changes(now) or ("" if now.chosen else "every file is left out")


def _no_changes(now: DrySituation) -> str:
    if now.planned:
        return not_ready(now)
    return not_ready(now) or f"nothing would change{'; what is listed was refused' if now.length else ''}"


class LeaveOut(DryCommand):
    """Leave a file out."""

    name, keys, hint = "leave_out", ("space",), "leave out"
    help = "Leave this file as it is, or take it in again, and go to the next"
    why_not = staticmethod(_not_a_change)


class LeaveOutShown(DryCommand):
    """Leave out all that is listed."""

    name, keys = "leave_out_shown", ("asterisk",)
    help = "Leave out all files that are listed, or take them in again; after a search those it found"
    why_not = staticmethod(_no_changes)


class Search(DryCommand):
    """Search the changes."""

    name, keys, hint = "search_changes", ("slash",), "search"
    help = "List only files with this text in their name or caption; an empty search lists all again"
    why_not = staticmethod(_no_changes)


class Apply(DryCommand):
    """Make the changes."""

    name, keys, hint = "apply", ("enter", "a"), "make the changes"
    help = "Make the changes but for those left out, as one step that undo takes back"
    why_not = staticmethod(_nothing_to_apply)


DRY: tuple[type[ListCommand], ...] = (Apply, LeaveOut, LeaveOutShown, Search)
ALL: tuple[type[ListCommand], ...] = (*DRY, *EVERYWHERE)
