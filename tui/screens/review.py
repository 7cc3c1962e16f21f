"""The review screen: picture, caption and queue, and the keys that decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text

from tui import commands, garbage, messages
from tui.course.choosing import Choosing
from tui.course.deciding import Deciding
from tui.course.rewording import Rewording
from tui.finding.in_force import Finding
from tui.jobs.link import Link
from tui.many.at_once import Many
from tui.screens.editing import Editing
from tui.screens.help import HelpScreen
from tui.screens.history_door import HistoryDoor
from tui.screens.jobs_door import JobsDoor
from tui.screens.news import News
from tui.screens.performing import Performing
from tui.screens.surface import Surface
from tui.sitting.resuming import KEPT_EVERY_SECONDS, Resuming
from tui.thresholds.threshold_keys import ThresholdKeys
from tui.typing.completing import Completing
from tui.typing.token_counts import TokenCounts
from tui.widgets.engine_status import EngineStatus

if TYPE_CHECKING:
    from engine.settings import Settings
    from engine.workspace import Workspace
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.lineup import Lineup
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.keys.keymap import Keymap, Keys
    from tui.preview.choice import Drawing

LOOK_SECONDS = 0.7
"""How often others' changes are looked for."""


class ReviewScreen(Surface):
    """Turns keys, clicks and news into turns; everything else is done by what it is made of."""

    def __init__(
        self, workspace: Workspace, hand: Hand, idle: Idle, drawing: Drawing, lineup: Lineup, settings: Settings
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            workspace: The dataset.
            hand: Runs what touches the workspace.
            idle: Counts what is under way.
            drawing: How pictures are drawn.
            lineup: The queue, empty yet.
            settings: Those in force.
        """
        super().__init__(workspace, hand, idle, drawing, lineup)
        self._idle, self._told = idle, 0
        self._news = News(self, workspace, self.turns, idle)
        self._thresholds = ThresholdKeys(self.turns, hand, idle)
        self._link = Link(workspace, self.post_message)
        self._jobs = JobsDoor(workspace.title, self._link, self.turns, idle, settings.engine.device)
        self._sweeping = garbage.Sweeping()
        self._choosing, self._rewording = Choosing(self.turns), Rewording(self._hunk_editor, self.turns, self)
        self._tokens = TokenCounts(settings, idle, self.show_tokens, lambda told, _: self.notice(told))
        deciding = Deciding(self.turns, hand)
        completing = Completing(workspace, settings.captions.vocabularies, idle, lambda told: self.say(told, "warning"))
        self.editing = Editing(self._editor, self.turns, deciding, hand, self, completing)
        self._has_draft = self.editing.drafts.is_on
        self._finding = Finding(self.turns, hand, idle, self._sight, settings)
        self._many = Many(self.turns, hand, idle, lambda: self.app, completing, self._finding)
        history = HistoryDoor(self.turns, hand, idle, deciding.undoing, lambda: self.app)
        self.resuming = Resuming(self.turns, self._finding, hand)
        self._performing = Performing(self, self._finding, self._thresholds, self._sweeping)
        self._performing.handlers = {
            **self.turns.handlers,
            **deciding.handlers,
            **self._choosing.handlers,
            **self._thresholds.handlers,
            **self._many.handlers,
            **history.handlers,
            **self._finding.handlers,
            **self._own_handlers,
        }

    def dress(self, keymap: Keymap, handlers: Handlers) -> None:
        """Take over the keys in force, and what the app itself does when asked."""
        self.turns.keys = keymap.keys(commands.ALL)
        self.keys.bind(self._bindings, "turn")
        self._editor.take_keys(keymap)
        self._hunk_editor.take_keys(keymap)
        self._performing.handlers |= handlers

    @property
    def keys(self) -> Keys:
        """The keys in force on this screen."""
        return self.turns.keys

    def on_mount(self) -> None:
        """Show what the store knows at once; look through the folder behind it."""
        self.run_worker(self.turns.run(), name="turns")
        self.run_worker(self._thresholds.live.run(), name="count")
        self.turns.ask(self._begin)
        self.turns.ask(lambda _: self.editing.begin())
        self._tell_notices()
        self._idle.rise()  # the scan; falls when its end has been shown
        self._title.show_scanning(scanning=True)

    async def _begin(self, _: Card | None) -> None:
        """Let nothing stand in the way of the first image: threads start behind it."""
        try:
            await self.resuming.begin()
        finally:
            garbage.settle()
            await self._sight.mount_line(self._finding.filtering)
            self._finding.begin()
            self.set_interval(KEPT_EVERY_SECONDS, self.resuming.keep)
            self.run_worker(self._tokens.load(), name="tokens")
            self._news.scan()
            self._link.open()
            self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """End the threads."""
        self._link.close()
        self._pictures.close()
        self._rewording.keep()
        self.editing.close()
        self._thresholds.close()
        self._many.close()
        self._finding.close()
        self.resuming.close()
        self._sweeping.close()

    # --- keys -------------------------------------------------------------------------------------------------

    def action_turn(self, name: str, number: int = 0) -> None:
        """Put a command at the end of what was asked."""
        self._notices.read()
        self._performing.ask(name, number)

    @property
    def owes(self) -> bool:
        """Whether a queue that was asked for is not in force yet."""
        return self._finding.owes

    @property
    def _own_handlers(self) -> Handlers:
        """What does the actions that concern the whole screen."""
        return {
            "edit": self._edit,
            "edit_hunk": self._edit_hunk,
            "scroll_down": partial(self._scroll, 1),
            "scroll_up": partial(self._scroll, -1),
            "jobs": self._show_jobs,
            "palette": self._show_palette,
            "help": self._show_help,
            "quit": self._quit,
        }

    async def _edit(self, card: Card | None) -> None:
        if card is not None:
            self.editing.open(card)

    async def _edit_hunk(self, card: Card | None) -> None:
        if card is not None:
            self._rewording.open(card)

    async def _scroll(self, by: int, _: Card | None) -> None:
        if not self._caption.turn_page(by):
            self.say(f"there is no more of the caption {'below' if by > 0 else 'above'}", "warning")

    async def _show_jobs(self, _: Card | None) -> None:
        await self._jobs.open(self.app)

    async def _show_help(self, _: Card | None) -> None:
        await self.app.push_screen(HelpScreen())

    async def _show_palette(self, _: Card | None) -> None:
        # Here, not above: the first caption does not wait for a screen that is not asked for.
        from tui.screens.palette import Palette  # noqa: PLC0415

        def do(name: str | None) -> None:
            if name is not None:
                self.action_turn(name)

        await self.app.push_screen(Palette(self.turns), do)

    async def _quit(self, _: Card | None) -> None:
        self._rewording.leave(self._hunk_editor.content())
        if await self.editing.may_leave():
            self.app.exit(0, message=Text(self.editing.farewell()) or None)
            return
        while self.app.screen is not self:  # why is said here
            await self.app.pop_screen()

    # --- editing by hand --------------------------------------------------------------------------------------

    def on_edit_saved(self, message: messages.EditSaved) -> None:
        """Write what is in the editor."""
        self.editing.save(message.text)

    def on_edit_left(self, message: messages.EditLeft) -> None:
        """Close the editor, keep what was typed."""
        self.editing.leave(message.text)

    def on_hunk_written(self, message: messages.HunkWritten) -> None:
        """Take what a change was written to be."""
        self._rewording.take(message.text)

    def on_hunk_left(self, message: messages.HunkLeft) -> None:
        """Close the line of a change, keep what was typed."""
        self._rewording.leave(message.text)

    # --- news ---------------------------------------------------------------------------------------------------

    def on_scanned(self) -> None:
        """Take in images that are new or gone."""
        self._news.ask("arrange")

    def on_scan_ended(self, message: messages.ScanEnded) -> None:
        """Show the whole queue."""
        garbage.settle()
        self._title.show_scanning(scanning=False)
        self._finding.scanned()
        self.turns.ask(self.turns.arrange)
        self._idle.fall()
        self._tell_notices()
        if message.problem:
            self.notice(message.problem)

    def on_results_stored(self) -> None:
        """Show new candidates."""
        self._news.gather()

    def on_engine_seen(self, message: messages.EngineSeen) -> None:
        """Show what the engine does."""
        self._status.show_engine(EngineStatus(message.running, message.under_way, message.problem))
        self._jobs.take_news(message)

    def on_job_answered(self, message: messages.JobAnswered) -> None:
        """Show what the engine answered."""
        self._jobs.take_answer(message)

    def on_job_news(self, message: messages.JobNews) -> None:
        """Say what is news of a job."""
        self._jobs.say(message)

    def _look(self) -> None:
        """Look for others' changes, and use the quiet."""
        self._news.ask("look")
        self._thresholds.looked()

    def _tell_notices(self) -> None:
        """Say what opening and scanning the folder brought up since the last time."""
        notices, self._told = self._workspace.notices[self._told :], len(self._workspace.notices)
        self.notice(*notices)

    # --- the mouse --------------------------------------------------------------------------------------------

    def on_image_picked(self, message: messages.ImagePicked) -> None:
        """Go to the row that was clicked."""
        self._notices.read()
        if message.how != "go":
            self.turns.ask(partial(self._many.pick, message))
        elif not (self.editing.under_way or self._rewording.under_way):
            self.turns.ask(lambda _: self.turns.go_to_image(message.image))

    def on_hunk_picked(self, message: messages.HunkPicked) -> None:
        """Choose the change that was clicked, or leave it out; or only go to it."""
        if (card := self.turns.card) is not None:
            card.cursor = message.hunk
            if message.turned:
                self.action_turn(commands.ToggleHunk.name)
            else:
                self.renew_card()

    def on_candidate_picked(self, message: messages.CandidatePicked) -> None:
        """Show the candidate or the blend that was clicked."""
        if not (self.editing.under_way or self._rewording.under_way):
            self.turns.ask(partial(self._choosing.look_at, message.place))
