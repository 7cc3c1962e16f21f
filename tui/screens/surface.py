"""The surface of the review screen: its widgets, where they stand, and what turns show on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical
from textual.screen import Screen

from engine.dataset.images import repeats
from tui import commands, messages
from tui.course.turns import Turns
from tui.preview.window import Window
from tui.screens.notices import Notices
from tui.screens.pictures import Pictures
from tui.screens.sight import ReviewSight
from tui.screens.typed_ahead import TypedAhead
from tui.widgets.bars import StatusBar, TitleBar
from tui.widgets.caption_diff import CaptionDiff
from tui.widgets.hunk_editor import HunkEditor
from tui.widgets.key_hints import KeyHints
from tui.widgets.picture import PicturePane
from tui.widgets.queue_list import QueueList
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from engine.captions.tokens.tokens import Limits, Tokens
    from engine.review.records import Counts
    from engine.workspace import Workspace
    from tui.actions.action import Handler
    from tui.course.card import Card
    from tui.course.lineup import Lineup
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.preview.choice import Drawing
    from tui.stage import Tone

NARROW_CELLS, MEDIUM_CELLS, WIDE_CELLS = 72, 110, 170
"""Widths from which there is a queue, it has a column of its own, and a broader one."""
HIGH_LINES = 20
"""Height from which there is room for a picture above the caption."""


class Surface(Screen[None]):
    """Composes the widgets, and is the stage (`tui.stage`) of its turns."""

    CSS_PATH = "../styles/review.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  (Textual's way)
        (0, "-slim"),
        (NARROW_CELLS, "-narrow"),
        (MEDIUM_CELLS, "-medium"),
        (WIDE_CELLS, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (HIGH_LINES, "-high")]  # noqa: RUF012  (Textual's way)

    def __init__(self, workspace: Workspace, hand: Hand, idle: Idle, drawing: Drawing, lineup: Lineup) -> None:
        """Prepare; nothing is read yet.

        Args:
            workspace: The dataset.
            hand: Runs what touches the workspace.
            idle: Counts what is under way.
            drawing: How pictures are drawn.
            lineup: The queue, empty yet.
        """
        super().__init__()
        self.turns = Turns(workspace, hand, idle, self, lineup)
        self.typed_ahead = TypedAhead(self, idle)
        self.said = False
        """Whether anything was said since somebody set this to False."""
        self._workspace = workspace
        self.set_class(drawing.shape is None, "-no-picture")
        self._title, self._picture = TitleBar(workspace.title, id="title"), PicturePane(id="picture")
        self._caption, self._queue = CaptionDiff(id="caption"), QueueList(id="queue")
        self._hunk_editor, self._editor = HunkEditor(id="hunk-editor"), TagEditor(id="editor")
        self._status, self._keys = StatusBar(id="status"), KeyHints(id="keys")
        self._pictures = Pictures(
            Window(workspace.root, drawing, idle, lambda drawn: self.post_message(messages.PictureReady(drawn))),
            self._picture,
            self._caption,
            self.turns,
            hand,
        )
        bars = (self._title, self._status, self._keys)
        self._sight = ReviewSight(self, self.say, bars, self._caption, self._queue)
        self._notices = Notices(lambda: self._status.says, self.say)
        self._has_draft: Callable[[Card], bool] = lambda _: False
        """Says whether something waits to be written for an image."""

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

    def hand_over(self, act: Handler) -> None:
        """Ask for a turn that is to give the keys to something else."""
        self.turns.ask(self.typed_ahead.handing(act))

    # --- what turns tell ----------------------------------------------------------------------------------------

    def show_card(self, card: Card | None) -> None:
        """Show an image."""
        entry = self._workspace.entries.get(card.image) if card else None
        times = repeats(card.frame.image.key) if card else None
        has_draft = card is not None and self._has_draft(card)
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

    def show_editing(self, *, editing: bool) -> None:
        """Show that keys go to the editor, or to the screen again."""
        self._keys.show_keys(self._editor.hints if editing else ())
        self._caption.editing = editing

    def show_tokens(self, tokens: Tokens, limits: Limits) -> None:
        """Count with these from now on, on the card and while a caption is typed."""
        self._caption.show_tokens(tokens, limits)
        self._editor.show_tokens(tokens, limits)

    def show_rewording(self, *, rewording: bool) -> None:
        """Show that keys go to the line of a change, or to the screen again."""
        self._keys.show_keys(self._hunk_editor.hints if rewording else ())

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line in the status bar."""
        self.said = True
        if tone == "plain" and self._notices.unread:
            return  # an account of the start, such as how many images a filter found; the title says that, too
        self._status.say(text, tone)

    def say_also(self, text: str) -> None:
        """Say one more raw line behind the one that stands there."""
        self.say("; ".join(filter(None, (self._status.says, text))), "warning")

    def say_instead(self, of: str, text: str) -> None:
        """Say one raw line in place of another, if that still stands there."""
        if self._status.says == of:
            self._status.say(text)

    def notice(self, *told: str) -> None:
        """Say raw lines that nobody asked for, beside others of that kind that still stand there."""
        self._notices.tell(*told)

    def _show_dead_keys(self) -> None:
        self._keys.show_dead(frozenset(c.name for c in commands.FOOTER if c.why_not(self.turns)))

    # --- pictures -----------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Fit the picture to its new room."""
        self.call_after_refresh(self._pictures.look)

    def on_picture_ready(self, message: messages.PictureReady) -> None:
        """Show the picture that was still being drawn."""
        self._pictures.arrived(message.drawn)
