"""The jobs screen: what the engine works on and what failed, and the keys that steer it. Imported when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical
from textual.screen import Screen

from engine.wire.protocol import from_name
from tui.jobs import job_commands as commands
from tui.jobs.job_board import JobBoard
from tui.keys.keymap import in_force
from tui.screens.help import HelpScreen
from tui.widgets.bars import StatusBar
from tui.widgets.failed_list import FailedList
from tui.widgets.headline import Headline, Words
from tui.widgets.job_list import JobList, job_name
from tui.widgets.key_hints import KeyHints

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from engine.wire.protocol import JobInfo
    from tui.jobs.job_start import Started
    from tui.messages import EngineSeen, ItemPicked, JobAnswered, Request
    from tui.stage import Tone

WIDE_CELLS = 150
"""Width from which what failed stands beside the jobs."""
NAME_CELLS = 30


class JobsScreen(Screen["bytes | None"]):
    """Composes the lists, turns keys into requests, shows answers; its result is the image to go to."""

    CSS_PATH = "../styles/jobs.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE_CELLS, "-wide")]  # noqa: RUF012  (Textual's way)

    def __init__(
        self,
        dataset: str,
        ask: Callable[[Request, str], None],
        seen: EngineSeen | None,
        begin_job: Callable[[Callable[[Started], object]], object] = lambda _: None,
    ) -> None:
        """Prepare.

        Args:
            dataset: The folder under review, raw text.
            ask: Asks the engine about a job; the answer comes to `take_answer`.
            seen: The latest news; None before the first.
            begin_job: Lets the person start a job, and tells what came of it.
        """
        super().__init__()
        self._begin_job = begin_job
        self.keys = in_force(self).keys(commands.ALL)
        self.keys.bind(self._bindings, "press")
        self.board = JobBoard(seen, self.keys)
        self._dataset, self._ask = dataset, ask
        self._said = False
        self._title, self._failed_title = Headline(id="title"), Headline(id="failed-title")
        self._jobs, self._failed = JobList(id="jobs"), FailedList(id="failed")
        self._status, self._keys = StatusBar(shows_engine=False, id="status"), KeyHints(commands.FOOTER, id="keys")

    def compose(self) -> ComposeResult:
        """Lay out bars and lists."""
        yield self._title
        with Container(id="lists"):
            yield self._jobs
            with Vertical(id="failed-side"):
                yield self._failed_title
                yield self._failed
        yield self._status
        yield self._keys

    def on_mount(self) -> None:
        """Show what is known."""
        self._show()

    # --- keys ---------------------------------------------------------------------------------------------------

    def action_press(self, name: str) -> None:
        """Do what a key asks for, or say why it does nothing; a question is taken back by any other key."""
        command, board = commands.named(name), self.board
        self._said = False
        if reason := command.why_not(board):
            self.say(reason, "warning")
        elif command is commands.NewJob and board.asking:
            pass  # it answers the question
        elif command in {commands.Next, commands.Previous, commands.First, commands.Last}:
            to = {"next": board.place + 1, "previous": board.place - 1, "first": 0, "last": board.length - 1}
            board.go(to[name])
        else:
            self._handle(command, board.job)
        if command is not commands.Cancel:
            board.asked_to_cancel = ""
        if not self._said:
            self.say("")
        self._show()

    def _handle(self, command: type[commands.JobCommand], job: JobInfo | None) -> None:
        board = self.board
        match command.name:
            case "hold_or_go_on" if job is not None:
                self._ask("resume" if job.state == "paused" else "pause", job.id)
            case "cancel" if job is not None and not board.asking:
                board.asked_to_cancel = job.id
                answers = self.keys.text("{cancel} or {cancel_now} does it, {new_job} lets it go on")
                self.say(f"cancel {job_name(job, NAME_CELLS)}? {answers}", "warning")
            case "cancel" | "cancel_now" if job is not None:
                board.asked_to_cancel = ""
                self._ask("cancel", job.id)
            case "new_job":
                self._begin_job(self._begun)
            case "retry" if job is not None:
                self._ask("retry", job.id)
            case "other_list":
                board.among_failed = not board.among_failed
            case "show_image":
                self._show_image()
            case "help":
                self.app.push_screen(HelpScreen())
            case "back":
                self.dismiss(None)

    def _show_image(self) -> None:
        if self.board.failed_item is None:
            self.board.among_failed = True
        else:
            self.dismiss(from_name(self.board.failed_item.key))

    def on_item_picked(self, message: ItemPicked) -> None:
        """Go to the item that was clicked."""
        self.board.among_failed = message.of == self._failed.id
        self.board.asked_to_cancel = ""
        self.board.go(message.place)
        self._show()

    # --- news ---------------------------------------------------------------------------------------------------

    def take_news(self, seen: EngineSeen) -> None:
        """Show what the engine does."""
        self.board.take_news(seen)
        self._show()

    def take_answer(self, answer: JobAnswered) -> None:
        """Show what the engine said about one job."""
        before = self.board.find(answer.job_id)
        self.board.take_answer(answer)
        if answer.job is None:
            self.say(answer.problem, "error")
        elif answer.what != "failures":
            self.say(_told(answer.what, answer.job, before), "good")
        self._show(ask=answer.job is not None)

    def _begun(self, started: Started) -> None:
        """Go to the job that was just started: the next key is meant for it."""
        if started.job is not None:
            self.board.go_to_new(started.job)
        self.say(started.told, "good")
        self._show()

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line in the status bar."""
        self._said = True
        self._status.say(text, tone)

    def _show(self, *, ask: bool = True) -> None:
        """Show the board; ask what failed in the job under the cursor where that is not known."""
        board = self.board
        if ask and (unknown := board.wants_failures_of()):
            self._ask("failures", unknown)
        failed = board.job.failed if board.job else 0
        self.set_class(not failed, "-nothing-failed")
        self._jobs.empty_text = board.offline or self.keys.text("the engine keeps no job; {new_job} starts one")
        self._jobs.show_items(board.rows, board.job_place, active=not board.among_failed)
        self._failed.show_items(board.failed_items, board.failed_place, active=board.among_failed)
        running = Words("engine running") if board.running else Words("engine off", "warning")
        self._title.tell(
            Words("cutline", "accent"),
            Words(self._dataset, "name"),
            Words("jobs", "text"),
            right=Words("engine …") if board.running is None else running,
        )
        name = job_name(board.job, NAME_CELLS) if board.job else ""
        told = Words(f"{failed:,} failed in {name}", "name") if failed else Words(f"nothing failed in {name}")
        self._failed_title.tell(told if name else Words(""))
        self._keys.show_dead(frozenset(command.name for command in commands.FOOTER if command.why_not(board)))


def _told(what: Request, job: JobInfo, before: JobInfo | None) -> str:
    """Say what became of a job."""
    name = job_name(job, NAME_CELLS)
    match what:
        case "pause":
            return f"{name} is paused; what is being worked on still comes"
        case "resume":
            return f"{name} goes on"
        case "cancel":
            return f"{name} is cancelled; what is done stays"
        case _:
            again = (before.failed if before else job.failed) - job.failed
            return f"{name}: {again:,} image{'' if again == 1 else 's'} asked about again"
