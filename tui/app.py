"""The app: opens the workspace, loads the themes, shows the review screen, and gives the terminal back."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.worker import WorkerFailed

from engine.workspace import Workspace
from tui import themes
from tui.hand import Hand
from tui.idle import Idle
from tui.lineup import Lineup
from tui.preview.choice import choose
from tui.screens.review import ReviewScreen
from tui.shell import faults

if TYPE_CHECKING:
    from pathlib import Path

    from textual.binding import BindingType

    from engine.settings import Settings
    from tui.turns import Turns


SWITCH_SECONDS = 0.0005
"""How long one thread may keep Python's lock while another waits."""


class CutlineApp(App[int], inherit_bindings=False):
    """One dataset under review."""

    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False
    TITLE = "cutline"

    def __init__(
        self, workspace: Workspace, settings: Settings, preview: str = "auto", lineup: Lineup | None = None
    ) -> None:
        """Prepare the screen.

        Args:
            workspace: The dataset, open; closed by whoever opened it.
            settings: Those in force.
            preview: auto, symbols or none.
            lineup: The queue, empty yet; None for all images in their usual order.
        """
        # Before Textual takes NO_COLOR out of the environment.
        drawing = choose(preview, os.environ)
        super().__init__()
        self.idle = Idle()
        self._hand = Hand(self.idle)
        self._review = ReviewScreen(workspace, self._hand, self.idle, drawing, lineup or Lineup())
        self._theme_wanted = settings.screen.theme

    @property
    def turns(self) -> Turns:
        """The course of the review."""
        return self._review.turns

    async def until_idle(self) -> None:
        """Wait until everything asked for is done and shown."""
        await self.idle.reached()

    def on_mount(self) -> None:
        """Put the theme on and show the review."""
        found, problems = themes.load()
        for theme in found:
            self.register_theme(theme)
        names = [theme.name for theme in found]
        if self._theme_wanted not in names:
            problems.append(f"there is no theme {self._theme_wanted!r}; there are {', '.join(names)}")
        self.theme = self._theme_wanted if self._theme_wanted in names else themes.DEFAULT
        self.push_screen(self._review)
        for problem in problems:
            self._review.call_after_refresh(self._review.say, problem, "warning")

    def on_unmount(self) -> None:
        """Let the hand finish what was decided."""
        self._hand.last(self.turns.thresholds.settle)
        self._hand.rest()

    @property
    def fault(self) -> BaseException | None:
        """What ended the app unexpectedly; None when the person did."""
        return self._exception.error if isinstance(self._exception, WorkerFailed) else self._exception

    def _fatal_error(self) -> None:
        """Leave without Textual's traceback: whoever ran the app tells the person in one line."""
        self._close_messages_no_wait()


def _write_down(fault: threading.ExceptHookArgs) -> None:
    """Write a fault of a thread into the log: printed, it would end up in the middle of the screen."""
    if fault.exc_value is not None:
        faults.write_down(fault.exc_value, [f"(thread {fault.thread.name})" if fault.thread else "(thread)"])


def run(
    folder: Path, settings: Settings, *, preview: str, workspace: Workspace | None = None, lineup: Lineup | None = None
) -> int:
    """Review a dataset until the person leaves.

    Args:
        folder: The dataset, or a folder below it.
        settings: Those in force.
        preview: auto, symbols or none.
        workspace: The dataset, where it is open already; it stays open.
        lineup: The queue, empty yet; None for all images in their usual order.

    Returns:
        The exit code.

    Raises:
        CutlineError: The dataset cannot be opened.
    """
    # Threads that draw pictures or scan hold Python's lock for up to this long while a key waits; 5 ms is felt.
    sys.setswitchinterval(SWITCH_SECONDS)
    threading.excepthook = _write_down
    opened = workspace or Workspace.open(folder, settings, load=False)
    try:
        app = CutlineApp(opened, settings, preview, lineup)
        result = app.run()
        if app.fault is not None:
            raise app.fault
        return app.return_code or result or 0
    finally:
        if workspace is None:
            opened.close()
