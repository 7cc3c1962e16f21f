"""Starting a job: first a model, then what it is asked, with a count of what that would take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import CutlineError
from tui.actions.starting import FORM, MODELS
from tui.jobs import job_start
from tui.long_work import LongWork
from tui.screens.list_screen import ListScreen
from tui.widgets.form_list import FormList, ModelList
from tui.widgets.headline import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.tagging.forecast import Forecast
    from engine.tagging.request import Request
    from engine.workspace import Workspace
    from tui.idle import Idle
    from tui.jobs.job_form import JobForm
    from tui.jobs.job_form import Line as FormLine
    from tui.jobs.job_start import Model, Started
    from tui.messages import ItemPicked


COUNTING = "still counting what would be asked"


class ModelScreen(ListScreen["Model", "Model"]):
    """Lists the models; its result is the one that is asked."""

    ACTIONS = MODELS

    def __init__(self, idle: Idle) -> None:
        """Prepare; the catalogue is read in a thread.

        Args:
            idle: Counts what is under way.
        """
        super().__init__("start a job: which model?", ModelList(id="models"), "reading the catalogue …")
        self._work = LongWork(idle)
        self._all: list[Model] = []
        self._sought = ""
        self.owes = True
        """Whether the catalogue is still being read."""

    def on_mount(self) -> None:
        """Read the catalogue."""
        super().on_mount()
        self._work.ask(lambda _: job_start.models(), self._read)

    def on_unmount(self) -> None:
        """End the thread."""
        self._work.close()

    def _read(self, found: tuple[list[Model], list[str]] | CutlineError) -> None:
        self.owes = False
        if isinstance(found, CutlineError):
            self.say(str(found), "error")
            return
        self._all, faults = found
        self.list.empty_text = "no model is like that"
        self.show_items(self._all, 0)
        if faults:
            self.say(" · ".join(faults), "warning")

    @property
    def lacks(self) -> str:
        """Why the model under the cursor cannot be asked, and what to do; empty where it can."""
        return self.item.lacks if self.item else ""

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        return {"choose_model": self._choose, "search_models": self._search}

    def _choose(self) -> None:
        self.dismiss(self.item)

    def _search(self) -> None:
        self.prompt.ask("search", self._sought, self._searched, changed=self._searched, left=self.renew)

    def _searched(self, text: str) -> None:
        self._sought = text.strip()
        words = self._sought.casefold().split()

        def fits(model: Model) -> bool:
            entry = model.entry
            return all(word in f"{entry.name} {entry.kind} {entry.summary} {model.state}".casefold() for word in words)

        self.show_items([model for model in self._all if fits(model)], 0)

    def on_item_picked(self, message: ItemPicked) -> None:
        """Go to the model that was clicked; a second click chooses it."""
        again = message.place == self._place
        super().on_item_picked(message)
        if again:
            self.action_press("choose_model")


class StartJob(ListScreen["FormLine", "Started"]):
    """A form; its result is what came of starting the job."""

    ACTIONS = FORM

    def __init__(self, workspace: Workspace, idle: Idle, form: JobForm) -> None:
        """Prepare.

        Args:
            workspace: The dataset.
            idle: Counts what is under way.
            form: Filled in with what is usual.
        """
        super().__init__(f"start a job: {form.entry.name}", FormList(id="form"), "")
        self._workspace, self._form, self._work = workspace, form, LongWork(idle)
        self._request: Request | None = None
        self._forecast: Forecast | None = None
        self.not_ready = COUNTING
        """Why the job cannot be started; empty where it can."""
        self._starting = False

    def on_mount(self) -> None:
        """Show the form, and count."""
        super().on_mount()
        self.show_items(self._form.lines, 0)
        self._count()

    def on_unmount(self) -> None:
        """End the thread."""
        self._work.close()

    @property
    def owes(self) -> bool:
        """Whether it is being counted, or the job started."""
        return self.not_ready == COUNTING or self._starting

    @property
    def has_choices(self) -> bool:
        """Whether the line under the cursor is one of several words."""
        return bool(self.item and self.item.choices)

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        return {
            "change_line": lambda: self._change(1),
            "change_on": lambda: self._change(1),
            "change_back": lambda: self._change(-1),
            "start_job": self._start,
        }

    def _change(self, by: int) -> None:
        line = self.item
        if line is None or self._starting:
            return
        if line.choices:
            line.turn(by)
            self._count()
        else:
            self.prompt.ask(line.name, line.value, lambda text: self._typed(line, text), left=self.renew)

    def _typed(self, line: FormLine, text: str) -> None:
        line.value = text.strip()
        self._count()
        self.renew()

    # --- counting -------------------------------------------------------------------------------------------------

    def _count(self) -> None:
        """Count what would be asked, or say what is wrong with the form."""
        self._forecast, self.not_ready = None, COUNTING
        try:
            request = self._form.request()
        except CutlineError as wrong:
            self._work.give_up()
            self._refuse(wrong)
            return
        self._request = request
        self._work.ask(lambda _: job_start.count(self._workspace, request), self._counted)

    def _counted(self, forecast: Forecast | CutlineError) -> None:
        if isinstance(forecast, CutlineError):
            self._refuse(forecast)
            return
        self._forecast, self.not_ready = forecast, ""
        if self._request is not None and self._request.accept:
            self.say("every result is written into its caption without a look; undo takes all back as one", "warning")
        self.renew()

    def _refuse(self, wrong: CutlineError) -> None:
        self.not_ready = str(wrong)
        self.say(self.not_ready, "error")
        self.renew()

    def counted(self) -> Words:
        """Say what would be asked."""
        told = self._forecast
        if told is None:
            return Words("counting …" if self.not_ready == COUNTING else "not counted")
        owed = f" · {told.awaited:,} under way" if told.awaited else ""
        return Words(f"{told.items:,} to ask · {told.answered:,} answered{owed}", "text")

    # --- starting -------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        request = self._request
        assert request is not None
        self._starting, self.not_ready = True, "the job is being started …"
        self.say("starting …")
        self._work.ask(
            lambda course: job_start.start(self._workspace, request, course),
            self._started,
            lambda so_far: self.say(f"accepting what is answered already: {so_far}"),
            always_told=True,
        )

    def _started(self, outcome: Started | CutlineError) -> None:
        self._starting = False
        if isinstance(outcome, CutlineError):
            self._refuse(outcome)
            self.not_ready = ""  # it may be tried again
        else:
            self.dismiss(outcome)

    def back(self) -> None:
        """Leave; a job that is being started is started."""
        if self._starting:
            self.say("the job is being started; it can be cancelled on the jobs screen", "warning")
        else:
            super().back()

    def on_item_picked(self, message: ItemPicked) -> None:
        """Go to the line that was clicked; a second click changes it."""
        again = message.place == self._place
        super().on_item_picked(message)
        if again:
            self.action_press("change_line")
