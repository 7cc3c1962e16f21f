"""The app: opens the workspace, loads the themes, shows the review screen, and gives the terminal back."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.widgets import TextArea
from textual.worker import WorkerFailed

from engine.models import token_counters
from engine.workspace import Workspace
from tui import commands
from tui.course.lineup import Lineup
from tui.hand import Hand
from tui.idle import Idle
from tui.keys.keymap import WAYS_OUT, Keymap
from tui.looks.wearing import Looks
from tui.preview.choice import choose
from tui.screens.review import ReviewScreen
from tui.shell import faults
from tui.terminal import Terminal
from tui.widgets.colourless import Colourless

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.widget import Widget

    from engine.settings import Settings
    from tui.course.turns import Turns


SWITCH_SECONDS = 0.0005
"""How long one thread may keep Python's lock while another waits."""
COLOURLESS = (Colourless(),)


class CutlineApp(App[int], inherit_bindings=False):
    """One dataset under review."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"leave('{key}')", "quit", priority=True, show=False) for key in WAYS_OUT
    ]
    ENABLE_COMMAND_PALETTE = False
    TITLE = "cutline"

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        preview: str = "auto",
        lineup: Lineup | None = None,
        *,
        resumes: bool = False,
    ) -> None:
        """Prepare the screen.

        Args:
            workspace: The dataset, open; closed by whoever opened it.
            settings: Those in force.
            preview: auto, symbols or none.
            lineup: The queue, empty yet; None for all images in their usual order.
            resumes: Whether it begins where the last sitting ended, and keeps where this one does.
        """
        # Before Textual takes NO_COLOR out of the environment; an empty one means nothing.
        if not os.environ.get("NO_COLOR"):
            os.environ.pop("NO_COLOR", None)
        drawing = choose(preview, os.environ)
        super().__init__()
        self.idle = Idle()
        self._hand = Hand(self.idle)
        self._review = ReviewScreen(workspace, self._hand, self.idle, drawing, lineup or Lineup(), settings)
        self._review.resuming.is_on = resumes
        self._review.typed_ahead.send = super().on_event
        self.keymap = Keymap(settings.keys)
        self.looks = Looks(self, self._hand, self._review.say)
        self._review.dress(self.keymap, self.looks.handlers)
        self._theme_wanted = settings.screen.theme
        self._heeded: list[int] = []

    @property
    def turns(self) -> Turns:
        """The course of the review."""
        return self._review.turns

    async def until_idle(self) -> None:
        """Wait until everything asked for is done and shown."""
        await self.idle.reached()

    async def on_event(self, event: events.Event) -> None:
        """Keep what is typed in its order; behind the key that left it is for nothing here."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif not self._exit:
            await self._review.typed_ahead.take(event)

    def action_leave(self, key: str) -> None:
        """Leave from every screen and line; in its turn behind what was typed there before."""
        self.idle.rise()
        (self.focused or self.screen).call_later(self._copy_or_leave, self.focused, key)

    def _copy_or_leave(self, typed_in: Widget | None, key: str) -> None:
        if key == "ctrl+c" and isinstance(typed_in, TextArea) and typed_in.selected_text:
            typed_in.action_copy()
            self.idle.fall()
        else:
            self.run_worker(self._leave(), name="leave")

    async def _leave(self) -> None:
        """Let the screens stop what changes files, then leave as the review does."""
        try:
            for screen in reversed(self.screen_stack):
                if (wind_up := getattr(screen, "wind_up", None)) is not None:
                    await wind_up()
            self._review.action_turn(commands.Quit.name)
        finally:
            self.idle.fall()

    def on_mount(self) -> None:
        """Put the theme on and show the review."""
        problems = [*self.looks.begin(self._theme_wanted), *self.keymap.problems]
        self.push_screen(self._review)
        self.screen_change_signal.subscribe(self, lambda _: self._review.typed_ahead.hold(), immediate=True)
        self.run_worker(self.looks.watch(), name="looks")
        self._heed_signals()
        if problems:
            self._review.call_after_refresh(self._review.notice, *problems)

    def _heed_signals(self) -> None:
        """Leave as by the key when told to end, or when the terminal is gone; `nohup` wants one of them ignored."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                asyncio.get_running_loop().add_signal_handler(number, self._told_to_end, number)
                self._heeded.append(number)

    def _told_to_end(self, number: int) -> None:
        """Keep where the person is at once, then leave: with the terminal gone little else may be left to do."""
        self._review.resuming.save()
        self.exit(128 + number)

    def get_driver_class(self) -> type[Driver]:
        """Drive the terminal so that losing it ends the app, too."""
        return Terminal

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Draw without any colour where NO_COLOR asks for that."""
        return COLOURLESS if self.no_color else super().get_line_filters()

    def on_unmount(self) -> None:
        """Let the hand finish what was decided."""
        for number in self._heeded:
            asyncio.get_running_loop().remove_signal_handler(number)
        self._hand.last(self.turns.thresholds.settle)
        self._hand.rest()

    def hand_back(self) -> None:
        """Print what was typed and could not be kept, when the terminal is the person's again, if it is still there."""
        if remains := self._review.editing.drafts.remains():
            with suppress(OSError):
                sys.stderr.write(f"{remains}\n")
                sys.stderr.flush()

    @property
    def fault(self) -> BaseException | None:
        """What ended the app unexpectedly; None when the person did."""
        return self._exception.error if isinstance(self._exception, WorkerFailed) else self._exception

    def _fatal_error(self) -> None:
        """Leave without Textual's traceback: whoever ran the app tells the person in one line."""
        self._close_messages_no_wait()


def run(
    folder: Path,
    settings: Settings,
    *,
    preview: str,
    workspace: Workspace | None = None,
    lineup: Lineup | None = None,
    resumes: bool = False,
) -> int:
    """Review a dataset until the person leaves.

    Args:
        folder: The dataset, or a folder below it.
        settings: Those in force.
        preview: auto, symbols or none.
        workspace: The dataset, where it is open already; it stays open.
        lineup: The queue, empty yet; None for all images in their usual order.
        resumes: Whether it begins where the last sitting ended.

    Returns:
        The exit code.

    Raises:
        CutlineError: The dataset cannot be opened.
    """
    # Threads that draw pictures or scan hold Python's lock for up to this long while a key waits; 5 ms is felt.
    sys.setswitchinterval(SWITCH_SECONDS)
    threading.excepthook = faults.write_down_of_thread
    token_counters.check(settings)
    opened = workspace or Workspace.open(folder, settings, load=False)
    try:
        app = CutlineApp(opened, settings, preview, lineup, resumes=resumes)
        try:
            result = app.run()
        finally:
            app.hand_back()
        if app.fault is not None:
            raise app.fault
        return app.return_code or result or 0
    finally:
        if workspace is None:
            opened.close()
