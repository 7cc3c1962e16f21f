"""The review screen: picture, caption and queue, and the keys that decide."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Container, Vertical
from textual.screen import Screen

from engine.dataset.images import repeats
from engine.errors import CutlineError
from tui import commands, garbage, messages
from tui.course.choosing import Choosing
from tui.course.deciding import Deciding
from tui.course.rewording import Rewording
from tui.course.turns import Turns
from tui.finding.in_force import Finding
from tui.jobs.link import Link
from tui.many.at_once import Many
from tui.preview.window import Window
from tui.screens.editing import Editing
from tui.screens.help import HelpScreen
from tui.screens.history_door import HistoryDoor
from tui.screens.jobs_door import JobsDoor
from tui.screens.pictures import Pictures
from tui.screens.sight import ReviewSight
from tui.sitting.resuming import KEPT_EVERY_SECONDS, Resuming
from tui.thresholds.threshold_keys import ThresholdKeys
from tui.typing.completing import Completing
from tui.typing.token_counts import TokenCounts
from tui.widgets.bars import KeyHints, StatusBar, TitleBar
from tui.widgets.caption_diff import CaptionDiff
from tui.widgets.engine_status import EngineStatus
from tui.widgets.hunk_editor import HunkEditor
from tui.widgets.picture import PicturePane
from tui.widgets.queue_list import QueueList
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from engine.review.records import Counts, ImageId
    from engine.settings import Settings
    from engine.workspace import Workspace
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.lineup import Lineup
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.keys.keymap import Keymap, Keys
    from tui.preview.choice import Drawing
    from tui.stage import Tone

LOOK_SECONDS = 0.7
"""How often others' changes are looked for."""
NEWS_SECONDS = 0.3
"""How long results are gathered before they are shown."""
MEDIUM_CELLS, WIDE_CELLS = 110, 170
"""Widths from which the queue has a column of its own, and a broader one."""


class ReviewScreen(Screen[None]):
    """Composes the widgets, turns keys into turns, and shows what turns did."""

    CSS_PATH = "../styles/review.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  (Textual's way)
        (0, "-narrow"),
        (MEDIUM_CELLS, "-medium"),
        (WIDE_CELLS, "-wide"),
    ]

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
        super().__init__()
        self.turns = Turns(workspace, hand, idle, self, lineup)
        self._workspace, self._idle = workspace, idle
        self._thresholds = ThresholdKeys(self.turns, hand, idle)
        self._link = Link(workspace, self.post_message)
        dataset = workspace.title
        self._jobs = JobsDoor(dataset, self._link, self.turns, idle, settings.engine.device)
        self._sweeping = garbage.Sweeping()
        self._asked: set[str] = set()
        self._said = False
        self._told = 0
        self.set_class(drawing.shape is None, "-no-picture")
        self._title = TitleBar(dataset, id="title")
        self._picture, self._caption, self._queue = (
            PicturePane(id="picture"),
            CaptionDiff(id="caption"),
            QueueList(id="queue"),
        )
        self._editor, self._status, self._keys = TagEditor(id="editor"), StatusBar(id="status"), KeyHints(id="keys")
        self._hunk_editor, self._choosing = HunkEditor(id="hunk-editor"), Choosing(self)
        self._rewording = Rewording(self._hunk_editor, self.turns, self)
        self._pictures = Pictures(
            Window(workspace.root, drawing, idle, lambda drawn: self.post_message(messages.PictureReady(drawn))),
            self._picture,
            self._caption,
            self.turns,
        )
        self._tokens = TokenCounts(settings, idle, self._caption.show_tokens, self.say)
        deciding = Deciding(self.turns, hand)
        completing = Completing(workspace, settings.captions.vocabularies, idle, lambda told: self.say(told, "warning"))
        self.editing = Editing(self._editor, self.turns, deciding, hand, self, completing)
        self._many = Many(self.turns, hand, idle, lambda: self.app, completing)
        bars = (self._title, self._status, self._keys)
        self._sight = ReviewSight(self, self.say, bars, self._caption, self._queue)
        self._finding = Finding(self.turns, hand, idle, self._sight, settings)
        history = HistoryDoor(self.turns, hand, idle, deciding.undoing, lambda: self.app)
        self._many.filter_by, self._many.finder = self._finding.apply, self._finding.shared_finder
        self.resuming = Resuming(self.turns, self._finding, hand)
        self._handlers: Handlers = {
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
        self._handlers |= handlers

    @property
    def keys(self) -> Keys:
        """The keys in force on this screen."""
        return self.turns.keys

    def compose(self) -> ComposeResult:
        """Lay out bars, picture, caption and queue."""
        yield self._title
        with Container(id="body"):
            yield self._picture
            with Vertical(id="work"):
                yield self._caption
                yield self._hunk_editor
                yield self._editor
            yield self._queue
        yield self._status
        yield self._keys

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
            threading.Thread(target=self._scan, name="scan", daemon=True).start()
            self._link.open()
            self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """End the threads."""
        self._link.close()
        self._pictures.close()
        self.editing.close()
        self._thresholds.close()
        self._many.close()
        self._finding.close()
        self.resuming.close()
        self._sweeping.close()

    # --- keys -------------------------------------------------------------------------------------------------

    def action_turn(self, name: str, number: int = 0) -> None:
        """Put a command at the end of what was asked."""
        if "edit" in self._asked:
            return  # these keys are meant for the editor that is about to open
        if (self._finding.is_typing and name != commands.Quit.name) or self._finding.open_line(name):
            return
        if self.turns.busy and name != commands.Quit.name:
            self.say(f"{self.turns.busy} …; press it again after that", "warning")
            return
        if name in (commands.Edit.name, commands.EditHunk.name):
            self._asked.add("edit")
        command, turns = commands.named(name), self.turns
        if command.decides and (turns.guard.holds or turns.card is None):
            turns.ask(partial(self._hold_back, command))
        else:
            turns.ask(partial(self._perform, command, number))

    async def _hold_back(self, command: type[commands.Command], card: Card | None) -> None:
        """Decide nothing that the person has not seen, and say so."""
        if card is None:
            self.say(command.why_not(self.turns), "warning")
        else:
            self.say(f"held back: this card changed just now; look, then {self.keys.shown(command)} again", "warning")

    async def _perform(self, command: type[commands.Command], number: int, card: Card | None) -> None:
        """Do what a key asked for, or say why it does nothing."""
        if reason := command.why_not(self.turns):
            self._asked.discard("edit")
            self.say(reason, "warning")
            return
        self._thresholds.key_pressed()
        self._sweeping.key_pressed()
        if command not in (commands.ThresholdDown, commands.ThresholdUp):
            await self.turns.settle()
        self._said = False
        await self._handlers[f"{command.name}_{number}" if number else command.name](card)
        if not self._said:  # not before: a frame drawn for the empty line would delay that of the next image
            self.say("")

    @property
    def _own_handlers(self) -> Handlers:
        """What does the actions that concern the whole screen."""
        return {
            "edit": self._edit,
            "edit_hunk": self._edit_hunk,
            "jobs": self._show_jobs,
            "palette": self._show_palette,
            "help": self._show_help,
            "quit": self._quit,
        }

    async def _edit(self, card: Card | None) -> None:
        if card is not None:
            self.editing.open(card)
        self._asked.discard("edit")

    async def _edit_hunk(self, card: Card | None) -> None:
        if card is not None:
            self._rewording.open(card)
        self._asked.discard("edit")

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
        self.app.exit(0, message=Text(self.editing.farewell()) or None)

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

    def show_editing(self, *, editing: bool) -> None:
        """Show that keys go to the editor, or to the screen again."""
        self._keys.show_editing(editing=editing)
        self._caption.editing = editing

    # --- what turns tell (tui.course.turns.Stage) ----------------------------------------------------------------------

    def show_card(self, card: Card | None) -> None:
        """Show an image."""
        entry = self._workspace.entries.get(card.image) if card else None
        times = repeats(card.frame.image.key) if card else None
        has_draft = card is not None and self.editing.drafts.is_on(card)
        facts = self._pictures.facts_of(card.image) if card else None
        self._caption.show_card(card, entry, facts=facts, repeats=times[0] if times else None, has_draft=has_draft)
        self._show_dead_keys()

    def renew_card(self) -> None:
        """Show what a key chose on the card in view."""
        self._caption.renew()
        self._show_dead_keys()

    def show_lineup(self) -> None:
        """Show the queue at its place, and the picture there."""
        lineup = self.turns.lineup
        self._queue.show_queue(lineup.ids, self._workspace.entries, lineup.place, self.turns.selection.images)
        self._title.show_selected(len(self.turns.selection))
        self._title.show_place(lineup.place, len(lineup.ids))
        self._pictures.look()

    def show_counts(self, counts: Counts) -> None:
        """Show how many images are where."""
        self._title.show_counts(counts)
        lineup = self.turns.lineup
        self._sight.show_session(lineup.progress if lineup.limit else None)

    def show_rhythm(self, told: str) -> None:
        """Show how fast the person decides."""
        self._sight.show_rhythm(told)

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line in the status bar."""
        self._said = True
        self._status.say(text, tone)

    def say_instead(self, of: str, text: str) -> None:
        """Say one raw line in place of another, if that still stands there."""
        if self._status.says == of:
            self._status.say(text)

    def _tell_notices(self) -> None:
        """Say what opening and scanning the folder brought up since the last time."""
        notices, self._told = self._workspace.notices[self._told :], len(self._workspace.notices)
        if notices:
            self.say(" · ".join(notices), "warning")

    def _show_dead_keys(self) -> None:
        self._keys.show_dead(frozenset(c.name for c in commands.FOOTER if c.why_not(self.turns)))

    # --- pictures ---------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Fit the picture to its new room."""
        self.call_after_refresh(self._pictures.look)

    def on_picture_ready(self, message: messages.PictureReady) -> None:
        """Show the picture that was still being drawn."""
        self._pictures.arrived(message.drawn)

    # --- news from threads --------------------------------------------------------------------------------------

    def _scan(self) -> None:
        """Look through the folder; in a thread of its own."""
        try:
            self._workspace.scan(self._scanned)
            garbage.give_back()
        except CutlineError as problem:
            self.post_message(messages.ScanEnded(str(problem)))
        else:
            self.post_message(messages.ScanEnded())

    def _scanned(self, _: list[ImageId]) -> None:
        self.post_message(messages.Scanned())

    def on_scanned(self) -> None:
        """Take in images that are new or gone."""
        self._ask_once("arrange")

    def on_scan_ended(self, message: messages.ScanEnded) -> None:
        """Show the whole queue."""
        garbage.settle()
        self._title.show_scanning(scanning=False)
        self._finding.scanned()
        self.turns.ask(self.turns.arrange)
        self._idle.fall()
        self._tell_notices()
        if message.problem:
            self.say(message.problem, "error")

    def on_results_stored(self) -> None:
        """Show new candidates, some batches at a time: a fast job stores dozens a second."""
        if "news" not in self._asked:
            self._asked.add("news")
            self._idle.rise()
            self.set_timer(NEWS_SECONDS, self._take_news)

    def _take_news(self) -> None:
        self._ask_once("take_news")
        self._asked.discard("news")
        self._idle.fall()

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
        self._ask_once("look")
        self._thresholds.looked()

    def _ask_once(self, name: str) -> None:
        """Ask turns for something of which one waiting request is enough."""
        if name not in self._asked:
            self._asked.add(name)
            self.turns.ask(partial(self._do_once, name))

    async def _do_once(self, name: str, _: Card | None) -> None:
        self._asked.discard(name)
        await getattr(self.turns, name)()

    # --- the mouse --------------------------------------------------------------------------------------------

    def on_image_picked(self, message: messages.ImagePicked) -> None:
        """Go to the row that was clicked."""
        if message.how != "go":
            self.turns.ask(partial(self._many.pick, message))
        elif not (self.editing.under_way or self._rewording.under_way):
            self.turns.ask(lambda _: self.turns.go(message.place))

    def on_hunk_picked(self, message: messages.HunkPicked) -> None:
        """Choose the change that was clicked, or leave it out."""
        if (card := self.turns.card) is not None:
            card.cursor = message.hunk
            self.action_turn(commands.ToggleHunk.name)

    def on_candidate_picked(self, message: messages.CandidatePicked) -> None:
        """Show the candidate or the blend that was clicked."""
        if not (self.editing.under_way or self._rewording.under_way):
            self.turns.ask(partial(self._choosing.look_at, message.place))
