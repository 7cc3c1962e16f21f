"""What the history shows of the journal, read in a thread: pages of steps, one step in full, what is in its way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tui.past import step_words
from tui.screens.paged_list import Page

if TYPE_CHECKING:
    from engine.review.history import HistoryStep
    from engine.review.records import JournalRow
    from engine.workspace import Workspace
    from tui.long_work import Course

AT_ONCE = 500
"""Steps read between two looks whether anybody still waits."""
FEW = 40
"""Files of a bulk step that are read to show it."""
NAMED = 20
"""Later decisions that are named one by one."""


class InFull(NamedTuple):
    """One step in full."""

    step: HistoryStep
    rows: list[JournalRow]
    """What it did to each file, the first few."""
    words: str
    """What it did, in words, where those of the list do not say all; else empty."""
    fate: str
    """By what it was taken back; empty where it was not."""


class InTheWay(NamedTuple):
    """What is taken back together."""

    rows: list[int]
    """The step itself."""
    also: list[int]
    """Later decisions on the same captions."""
    named: list[str]
    """Those in words, oldest first, of many only the newest; raw text."""


def read(workspace: Workspace, at: int | None, count: int, sought: str, course: Course) -> Page:
    """Read steps, newest first.

    Args:
        workspace: The dataset.
        at: Only steps older than this; None for the newest.
        count: How many, at most.
        sought: Only steps with this text, small letters, in what was done or in the name of an image; empty for all.
        course: Says when to leave the rest, and is told how far it is.
    """
    found: list[object] = []
    passed = 0
    while len(found) < count and not course.stop():
        wanted = AT_ONCE if sought else min(AT_ONCE, count - len(found))
        steps = workspace.steps(wanted, at)
        passed += len(steps)
        course.progress(passed, passed + 1)
        found += [step for step in steps if not sought or holds(workspace, step, sought)]
        if len(steps) < wanted:
            return Page(found, at, is_last=True)
        at = steps[-1].id
    return Page(found, at, is_last=False)


def holds(workspace: Workspace, step: HistoryStep, sought: str) -> bool:
    """Say whether a step has a text in what was done, or in the name of one of its images."""
    words = f"{step_words.what(step)}\n{step_words.which(step)}\n{step_words.standing(step)}\n{step.note}"
    if sought in words.casefold():
        return True
    return step.rows > 1 and any(sought in os.fsdecode(key).casefold() for key in workspace.names_of(step))


def in_full(workspace: Workspace, step: HistoryStep) -> InFull:
    """Read what one step did, and what became of it."""
    rows = workspace.step_rows(step, FEW)
    change = workspace.view_change(step)
    words = step_words.view_words(step.note, *change) if change else ""
    takers = workspace.rows_to_redo(step) if step.undone or step.partly_undone else []
    fate = f"{step_words.standing(step)} by step {max(takers)}" if takers else ""
    return InFull(step, rows, words, fate)


def in_the_way(workspace: Workspace, step: HistoryStep) -> InTheWay:
    """Find what has to be taken back with a step."""
    rows = workspace.rows_of(step)
    also = workspace.later_decisions(rows)
    named = [
        f"step {row.id}: {step_words.KINDS.get(row.kind, row.kind)} {os.fsdecode(row.image_key or b'')}"
        for row in workspace.rows_named(also[-NAMED:])
    ]
    return InTheWay(rows, also, named)
