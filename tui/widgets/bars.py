"""The one-line bars of the screen: title with counts, status with the engine's progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.captions.display import show
from engine.review.records import Counts
from tui.widgets.engine_status import EngineStatus, progress_spans
from tui.widgets.paint import Line, Painted, Span, clip, clip_start, spread, width_of, wrap
from tui.widgets.signs import FILTERED, FLAGGED, SELECTED, SKIPPED, STATES, TONES

if TYPE_CHECKING:
    from tui.stage import Tone

MOST_LINES = 3
"""Of the status bar, for trouble that does not fit into one."""
ROOM_FOR_WORDS = 110
"""A narrower title shows signs and numbers without words."""
LEAST_NAME = 4
"""Cells of the name of the folder; with less room it is left out."""
KEPT_NAME = 12
"""Cells that the name of the folder keeps as long as counts can be shorter."""
LEAST_FILTER = 8
"""Cells that the filter keeps."""


class TitleBar(Painted):
    """Name of the dataset, place in the queue, and how many images are where."""

    def __init__(self, dataset: str, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start with nothing counted.

        Args:
            dataset: The folder, raw text.
            id: The widget's.
        """
        super().__init__(id=id)
        self._dataset = show(dataset, one_line=True)
        self._counts = Counts()
        self._place, self._length, self._scanning = 0, 0, False
        self._selected = 0
        self._rhythm = ""
        self._filter = ""
        self._session: tuple[int, int] | None = None

    def show_filter(self, told: str) -> None:
        """Show what the queue holds, one raw line; empty for all images in their usual order."""
        self._filter = show(told, one_line=True)
        self.renew()

    def show_session(self, progress: tuple[int, int] | None) -> None:
        """Show how many images of a limited sitting are done, and of how many; None for none."""
        if progress != self._session:
            self._session = progress
            self.renew()

    def show_place(self, place: int, length: int) -> None:
        """Show where the image in view stands, from 0."""
        self._place, self._length = place, length
        self.renew()

    def show_selected(self, count: int) -> None:
        """Show how many images are selected; nothing for none."""
        if count != self._selected:
            self._selected = count
            self.renew()

    def show_counts(self, counts: Counts) -> None:
        """Show how many images are where."""
        self._counts = counts
        self.renew()

    def show_rhythm(self, told: str) -> None:
        """Show how fast the person decides, and how long the rest will take; empty shows nothing."""
        if told != self._rhythm:
            self._rhythm = told
            self.renew()

    def show_scanning(self, *, scanning: bool) -> None:
        """Say whether the folder is still being looked through."""
        self._scanning = scanning
        self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint the one line."""
        del height
        words = width >= ROOM_FOR_WORDS
        middle = [
            Span(f"  {self._told_place()}", self.ink("text")),
            Span(" scanning …" if self._scanning else "", self.ink("muted")),
        ]
        if self._selected:
            told = f"  {SELECTED.glyph} {self._selected:,}{' selected' if words else ''}"
            middle.append(Span(told, self.ink(SELECTED.ink)))
        if self._rhythm and words:
            middle.append(Span(f"  {self._rhythm}", self.ink("muted")))
        taken = min(KEPT_NAME, cell_len(self._dataset)) + width_of(middle) + len(" cutline  ") + 1
        if self._filter:
            taken += cell_len(f"  {FILTERED.glyph} {self._filter}")
        right = self._told_counts(width - taken, words=words)
        room = width - width_of(right) - width_of(middle) - len(" cutline  ") - 1
        left = [Span(" cutline  ", self.ink("accent"))]
        if self._filter:  # what is looked for is read before the name of the folder
            text = clip(self._filter, max(LEAST_FILTER, room - LEAST_NAME - 4))
            middle.insert(0, Span(f"  {FILTERED.glyph} {text}", self.ink(FILTERED.ink)))
            room -= width_of(middle[:1])
        left.append(Span(clip_start(self._dataset, room), self.ink("name")))
        if room < LEAST_NAME:  # where one is says more than which folder that is in
            left = []
        return [spread([*left, *middle], right, width, self.ink("text"))]

    def _told_counts(self, room: int, *, words: bool) -> Line:
        """Return how many images are where: first without words, then without the last ones, where there is no room."""
        signs = [*((STATES[state], getattr(self._counts, state)) for state in STATES)]
        signs += [
            (sign, number)
            for sign, number in ((FLAGGED, self._counts.flagged), (SKIPPED, self._counts.skipped))
            if number
        ]
        told: Line = []
        for shown, with_words in ((len(signs), words), *((shown, False) for shown in range(len(signs), 0, -1))):
            told = [Span(" ", self.ink("text"))]
            for sign, number in reversed(signs[:shown]):
                told.insert(0, Span(f"{number:,}{' ' + sign.word if with_words else ''}", self.ink("muted")))
                told.insert(0, Span(f"  {sign.glyph} ", self.ink(sign.ink)))
            if width_of(told) <= room:
                break
        return told

    def _told_place(self) -> str:
        """Return where the person is: in a limited sitting how much of it is done."""
        if self._session is not None:
            done, total = self._session
            return f"{done:,}/{total:,} of this session"
        place = f"{self._place + 1:,}/{self._length:,}" if self._length else "0/0"
        return f"{place} of {self._counts.images:,}" if self._filter and self._length != self._counts.images else place


class StatusBar(Painted):
    """What the last key did, and at the right what the engine does."""

    def __init__(self, *, shows_engine: bool = True, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start silent.

        Args:
            shows_engine: Whether the engine has the right part; not where it is seen elsewhere.
            id: The widget's.
        """
        super().__init__(id=id)
        self._shows_engine = shows_engine
        self.says = ""
        self._tone: Tone = "plain"
        self._lines = 1
        self._engine = EngineStatus()
        self._rhythm = ""

    def show_rhythm(self, told: str) -> None:
        """Show how fast the person decides where the title is too narrow for it; empty shows nothing."""
        if told != self._rhythm:
            self._rhythm = told
            self.renew()

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line until something else is said; empty says nothing."""
        if text != self.says or tone != self._tone:
            self.says, self._tone = text, tone
            self._take_room()
            self.renew()

    def on_resize(self) -> None:
        """Take the room that the text needs at this width."""
        self._take_room()

    def _take_room(self) -> None:
        """Be one line high, and higher only for trouble that does not fit: what to do about it stands at its end."""
        lines = (
            len(self._told_in_full(self.size.width)) if self._tone in {"warning", "error"} and self.size.width else 1
        )
        most = max(MOST_LINES, self.app.size.height // 4)  # notices of the start may be many, and none is lost
        wanted = min(max(1, lines), most)
        if wanted != self._lines:
            self._lines = wanted
            self.styles.height = wanted

    def _told_in_full(self, width: int) -> list[Line]:
        sign = TONES[self._tone]
        lines = wrap([Span(show(self.says, one_line=True), self.ink(sign.ink))], width - 4)
        return [
            [Span(f" {sign.glyph if not at else ' '} ", self.ink(sign.ink)), *line] for at, line in enumerate(lines)
        ]

    def show_engine(self, status: EngineStatus) -> None:
        """Show what the engine does."""
        if status != self._engine:
            self._engine = status
            self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint the one line, or trouble in several."""
        if height > 1:
            return self._told_in_full(width)
        right = self._right(width, brief=False)
        sign = TONES[self._tone]
        ink = self.ink("text") if self._tone == "plain" else self.ink(sign.ink)
        left = [Span(f" {sign.glyph} ", self.ink(sign.ink)), Span(show(self.says, one_line=True), ink)]
        if self.says and width_of(left) + width_of(right) >= width:
            # What went wrong is read first, and what a key did before the name and the rate of a job.
            right = [] if self._tone in {"warning", "error"} else self._right(width, brief=True)
            if not self._engine.jobs and not self._engine.problem and width_of(left) + width_of(right) >= width:
                right = []  # that the engine does nothing is no news beside a word that would be cut
        rhythm = [Span(f" {self._rhythm} ", self.ink("muted"))] if self._rhythm and width < ROOM_FOR_WORDS else []
        if width_of(left if self.says else []) + width_of(rhythm) + width_of(right) < width:
            right = [*rhythm, *right]
        return [spread(left if self.says else [], right, width, self.ink("text"))]

    def _right(self, width: int, *, brief: bool) -> Line:
        engine = progress_spans(self._engine, width, self.ink, brief=brief) if self._shows_engine else []
        return [*engine, Span(" ", self.ink("text"))]
