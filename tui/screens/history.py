"""The history: every step anybody took, newest first, what it changed, and taking it back from any point."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from engine.errors import CutlineError
from tui.actions.past import PAST
from tui.long_work import LongWork
from tui.past import reading as past
from tui.screens.detailed_list import DetailedList
from tui.screens.paged_list import PAGE
from tui.widgets.headline import Words
from tui.widgets.paint import clip
from tui.widgets.step_list import StepList

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.review.history import HistoryStep
    from engine.workspace import Workspace
    from tui.idle import Idle
    from tui.long_work import Course
    from tui.messages import ItemPicked
    from tui.past.reading import InFull, InTheWay
    from tui.screens.paged_list import Page
    from tui.stage import Tone

    Told = Callable[[str, Tone], object]
    Taking = Callable[[str, list[int], Told], object]

F = TypeVar("F")

NOTHING_DONE = "nothing was decided here yet"
SOUGHT_CELLS = 30
LOOK_SECONDS = 1.0
"""How often others' steps are looked for."""


class HistoryScreen(DetailedList["HistoryStep"]):
    """Lists steps and takes them back."""

    ACTIONS = PAST

    def __init__(
        self, workspace: Workspace, idle: Idle, take: Taking, put_back: Callable[[HistoryStep, Told], object]
    ) -> None:
        """Prepare.

        Args:
            workspace: The dataset.
            idle: Counts what is under way.
            take: Takes journal rows back, given what is said meanwhile, and tells what came of it.
            put_back: Writes the text that a step kept, and tells what came of it.
        """
        super().__init__(StepList(id="steps"), NOTHING_DONE, idle, workspace.store.session)
        self._workspace, self._idle = workspace, idle
        self._take, self._put_back = take, put_back
        self._looker = LongWork(idle)
        self._shown: HistoryStep | None = None
        self._full: InFull | None = None
        self._sought = ""
        self._asked: list[int] | None = None
        """What is taken back when the person says yes."""
        self._in_the_way: tuple[str, ...] = ()
        self._newest = 0
        self.busy = ""
        """What takes a while and is under way; empty for nothing."""

    def on_mount(self) -> None:
        """Read the first page, and look for others' steps from then on."""
        super().on_mount()
        self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """End the threads."""
        super().on_unmount()
        self._looker.close()

    def read(self, at: int | None, count: int, course: Course) -> Page:
        """Read a page of steps."""
        if at is None:
            self._newest = self._workspace.newest_step()
        return past.read(self._workspace, at, count, self._sought, course)

    @property
    def owes(self) -> bool:
        """Whether something is read, looked up or taken back."""
        return self._reading or bool(self.busy)

    @property
    def asks(self) -> bool:
        """Whether the screen has asked something."""
        return self._asked is not None

    # --- keys -----------------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        return {
            **super().handlers,
            "take_back": self._take_back,
            "take_back_since": self._take_back_since,
            "bring_again": self._bring_again,
            "yes": self._yes,
            "go_there": self._go_there,
            "put_back": self._put_text_back,
            "search_history": self._search,
        }

    def action_press(self, name: str) -> None:
        """Take a question back with any key but the one that answers it."""
        asked = self._asked
        super().action_press(name)
        if asked is self._asked and name != "yes":
            self._ask_no_more()

    def _take_back(self) -> None:
        step = self._step

        def found(outcome: InTheWay) -> None:
            if not outcome.also:
                self._begin(outcome.rows)
            elif self.item is step:  # else nobody sees what the question is about
                self._ask_about(outcome)

        self._find(lambda: past.in_the_way(self._workspace, step), found)

    def _ask_about(self, found: InTheWay) -> None:
        """Name what was built on a step, and ask whether that goes, too."""
        count = len(found.also)
        self._asked = [*found.rows, *found.also]
        more = [f"… and {count - len(found.named):,} more"] if count > len(found.named) else []
        self._in_the_way = ("Later decisions on the same captions stand:", *found.named, *more)
        one = "a later decision stands" if count == 1 else f"{count:,} later decisions stand"
        those = "that" if count == 1 else "those"
        self.say(self.keys.text(f"not taken back: {one}; {{yes}} takes {those} back, too"), "warning")
        self._show_detail()

    def _take_back_since(self) -> None:
        step = self._step

        def rows() -> list[int]:
            first = min(self._workspace.rows_of(step), default=step.id)
            return self._workspace.rows_since(first)

        def found(outcome: list[int]) -> None:
            if not outcome:
                self.say("nothing since then is left to take back", "warning")
            elif self.item is step:
                self._asked = outcome
                count = f"{len(outcome):,} decisions" if len(outcome) > 1 else "1 decision"
                self.say(self.keys.text(f"take back {count}: this step and all since? {{yes}} does it"), "warning")

        self._find(rows, found)

    def _bring_again(self) -> None:
        step = self._step

        def rows() -> list[int]:
            return self._workspace.rows_to_redo(step) or self._workspace.rows_of(step)  # of an undo: itself

        self._find(rows, lambda found: self._begin(found, "bringing again"))

    def _yes(self) -> None:
        asked = self._asked
        assert asked is not None
        self._ask_no_more()
        self._begin(asked)

    def _put_text_back(self) -> None:
        self.busy = "writing"
        self._put_back(self._step, self._done)

    def _go_there(self) -> None:
        step = self._step
        if step.rows == 1:
            self.dismiss(step.image_key)
            return
        from tui.screens.step_files import StepFiles  # noqa: PLC0415  (few look at one)

        def gone(key: bytes | None) -> None:
            if key is not None:
                self.dismiss(key)

        self.app.push_screen(StepFiles(self._workspace, self._idle, step), gone)

    def _search(self) -> None:
        self.prompt.ask("search", self._sought, self._searched, left=self.renew)

    def _searched(self, text: str) -> None:
        self._sought = text.strip().casefold()
        self._empty = NOTHING_DONE
        if self._sought:
            other = self.keys.text("{search_history} and an empty line list all")
            self._empty = f"no step holds “{clip(text.strip(), SOUGHT_CELLS)}”; {other}"
        self.start_over()
        self.say_meanwhile(f"looking for “{text.strip()}” …" if self._sought else "")

    # --- doing ----------------------------------------------------------------------------------------------------

    @property
    def _step(self) -> HistoryStep:
        step = self.item
        assert step is not None
        return step

    def _ask_no_more(self) -> None:
        self._asked, self._in_the_way = None, ()
        self._show_detail()

    def _find(self, work: Callable[[], F], done: Callable[[F], object]) -> None:
        """Look something up in the thread."""
        self.busy, self._shown = "looking what that would take back …", None

        def found(outcome: F | CutlineError) -> None:
            self.busy = ""
            if isinstance(outcome, CutlineError):
                self.say(str(outcome), "error")
            else:
                done(outcome)
            self.renew()

        self._looker.ask(lambda _: work(), found)

    def _begin(self, rows: list[int], doing: str = "taking back") -> None:
        self.busy = f"{doing} …"
        self.say(self.busy)
        self._take(doing, rows, self._done)

    def _done(self, text: str, tone: Tone) -> None:
        """Say how far it is, or what came of it: then the list is read anew."""
        self.say(text, tone)
        if tone == "plain":
            self.busy = text
            return
        self.busy = ""
        self._read_again()

    # --- showing --------------------------------------------------------------------------------------------------

    def _read_again(self) -> None:
        """Read all anew down to the step under the cursor."""
        here = self.item
        found = None if here is None else (lambda step: _is_same(step, here))
        self.start_over(max(PAGE, self._place + PAGE), found)

    def _look(self) -> None:
        """Take in steps that others took."""
        if self._reading or self.busy or self.prompt.is_open or self.asks:
            return

        def seen(newest: int | CutlineError) -> None:
            if newest != self._newest and not isinstance(newest, CutlineError):
                self._read_again()

        self._reader.ask(lambda _: self._workspace.newest_step(), seen)

    def renew(self) -> None:
        """Show the list, and the step under the cursor in full once it is read."""
        super().renew()
        step = self.item
        if self.is_mounted and step is not self._shown and not self.busy:
            self._shown = step
            if step is None:
                self._full = None
                self._show_detail()
            else:
                self._looker.ask(lambda _: past.in_full(self._workspace, step), self._seen_in_full)

    def _seen_in_full(self, full: InFull | CutlineError) -> None:
        if not isinstance(full, CutlineError):
            self._full = full
            self._show_detail()

    def _show_detail(self) -> None:
        self._detail.show_step(self._full, self._in_the_way)

    def on_item_picked(self, message: ItemPicked) -> None:
        """Go to the step that was clicked."""
        self._ask_no_more()
        super().on_item_picked(message)

    def told(self) -> tuple[Words, ...]:
        """Name what was searched for."""
        return (Words(f"with “{self._sought}”", "text"),) if self._sought else ()

    def counted(self) -> Words:
        """Count the steps that are read; more may follow."""
        more = "" if self.is_whole else "+"
        return Words(f"{self._place + 1:,}/{self.length:,}{more}" if self.length else "")


def _is_same(step: HistoryStep, other: HistoryStep) -> bool:
    return step.id == other.id or (step.group is not None and step.group == other.group)
