"""The way from the review to the jobs screen and back; while it is open, news of the engine go to it as well."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.many.scopes import scopes, usual

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.idle import Idle
    from tui.jobs.job_start import Model, Started
    from tui.jobs.link import Link
    from tui.messages import EngineSeen, JobAnswered, JobNews, Request
    from tui.screens.jobs import JobsScreen


class JobsDoor:
    """Opens the jobs screen, and knows what to show on it."""

    def __init__(self, dataset: str, link: Link, turns: Turns, idle: Idle, device: str = "auto") -> None:
        """Start closed.

        Args:
            dataset: The folder under review, raw text.
            link: Asks the engine.
            turns: Go to an image.
            idle: Counts what is asked and not answered.
            device: Where jobs run that name no device.
        """
        self._dataset, self._link, self._turns, self._idle = dataset, link, turns, idle
        self._device = device
        self._seen: EngineSeen | None = None
        self._open: JobsScreen | None = None

    async def open(self, app: App[int]) -> None:
        """Show the jobs."""
        # Here, not above: the first caption does not wait for a screen that is not asked for.
        from tui.screens.jobs import JobsScreen  # noqa: PLC0415

        self._open = JobsScreen(self._dataset, self._ask, self._seen, partial(self._begin_job, app))
        await app.push_screen(self._open, self._closed)

    def _begin_job(self, app: App[int], begun: Callable[[Started], object]) -> None:
        """Let the person choose a model and what it is asked, and start that."""
        from tui.jobs.job_form import JobForm  # noqa: PLC0415  (as above)
        from tui.screens.start_job import ModelScreen, StartJob  # noqa: PLC0415  (as above)

        workspace = self._turns.workspace

        def chosen(model: Model | None) -> None:
            if model is not None:
                found = scopes(self._turns)
                form = JobForm(model.entry, found, usual(found), self._device)
                app.push_screen(StartJob(workspace, self._idle, form), started)

        def started(outcome: Started | None) -> None:
            if outcome is not None:
                begun(outcome)
                self._turns.ask(lambda _: self._turns.take_news())  # answers that were stored already

        app.push_screen(ModelScreen(self._idle), chosen)

    def _ask(self, what: Request, job: str) -> None:
        self._idle.rise()
        self._link.ask(what, job)

    def _closed(self, key: bytes | None) -> None:
        self._open = None
        if key is not None:
            self._turns.ask(partial(self._go_to, key))

    async def _go_to(self, key: bytes, _: Card | None) -> None:
        await self._turns.go_to(key)

    def take_news(self, seen: EngineSeen) -> None:
        """Take in what the engine does."""
        self._seen = seen
        if self._open is not None:
            self._open.take_news(seen)

    def take_answer(self, answer: JobAnswered) -> None:
        """Show what the engine answered; one that nobody waits for any more is told where the person is now."""
        self._idle.fall()
        if self._open is not None:
            self._open.take_answer(answer)
        elif answer.problem and answer.what != "failures":
            self._turns.stage.say(answer.problem, "error")

    def say(self, news: JobNews) -> None:
        """Say something about a job, on the screen in view and on the one to come back to."""
        self._turns.stage.say(news.text, news.tone)
        if self._open is not None:
            self._open.say(news.text, news.tone)
