"""The files of one bulk step, each before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.past import FILES
from tui.past import step_words
from tui.past.reading import InFull
from tui.screens.detailed_list import DetailedList
from tui.screens.paged_list import Page
from tui.widgets.headline import Words
from tui.widgets.step_list import FileList

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.review.history import HistoryStep
    from engine.review.records import JournalRow  # noqa: F401  (named in the base class)
    from engine.workspace import Workspace
    from tui.idle import Idle
    from tui.long_work import Course

AT_ONCE = 500
"""Rows read between two looks whether anybody still waits."""


class StepFiles(DetailedList["JournalRow"]):
    """Lists what a step did to each file."""

    ACTIONS = FILES

    def __init__(self, workspace: Workspace, idle: Idle, step: HistoryStep) -> None:
        """Prepare.

        Args:
            workspace: The dataset.
            idle: Counts what is under way.
            step: Whose files.
        """
        super().__init__(FileList(id="files"), "this step is about no file", idle, workspace.store.session)
        self._workspace, self._step = workspace, step

    def read(self, at: int | None, count: int, course: Course) -> Page:
        """Read a page of files."""
        found: list[object] = []
        while len(found) < count and not course.stop():
            wanted = min(AT_ONCE, count - len(found))
            rows = self._workspace.step_rows(self._step, wanted, at or 0)
            found += rows
            course.progress(len(found), self._step.rows)
            if len(rows) < wanted:
                return Page(found, at, is_last=True)
            at = rows[-1].id
        return Page(found, at, is_last=False)

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        return {**super().handlers, "go_to_file": self._go_to_file}

    def _go_to_file(self) -> None:
        assert self.item is not None
        self.dismiss(self.item.image_key)

    def renew(self) -> None:
        """Show the list, and the file under the cursor in full."""
        super().renew()
        if self.is_mounted:
            row = self.item
            self._detail.show_step(None if row is None else InFull(self._step, [row], "", ""))

    def told(self) -> tuple[Words, ...]:
        """Name the step."""
        return (Words(step_words.what(self._step), "text"),)

    def counted(self) -> Words:
        """Count all files of the step."""
        return Words(f"{self._place + 1:,}/{self._step.rows:,}")
