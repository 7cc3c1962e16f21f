"""Finding never stands in the way of a key."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.tui.screens.seen import text
from tui.finding.seeking import Seeker
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.finding.language import Order, Query
    from engine.review.records import ImageId
    from tests.tui.trial import Trial


class Looks:
    """The looks of a `Seeker`, which can be held up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let them run."""
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        find = Seeker._find

        def held_up(self_: Seeker, query: Query | None, order: Order, is_stale: object) -> list[ImageId] | None:
            self._may_go_on.wait()
            return find(self_, query, order, is_stale)  # type: ignore[arg-type]  # as it was given

        monkeypatch.setattr(Seeker, "_find", held_up)
        self.hold, self.go_on = self._may_go_on.clear, self._may_go_on.set


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Looks]:
    """Looks that go on at the latest when the test is over."""
    looks = Looks(monkeypatch)
    yield looks
    looks.go_on()


@pytest.fixture
def trial(trial: Trial) -> Trial:
    """Three cats, three dogs."""
    for name in "abcdef":
        trial.image(f"{name}.png", "cat" if name in "ace" else "dog")
    return trial


async def test_keys_work_while_a_filter_is_looked_for(trial: Trial, looks: Looks) -> None:
    """Typing, moving and deciding go on while the images that fit are still looked for; then they are the queue."""
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.until_idle()
        looks.hold()
        try:
            await pilot.press("slash", *"tag:cat")
            await pilot.pause()
            assert "tag:cat" in text(app)
            await pilot.press("enter", "j")
            while app.turns.place != 1:
                await pilot.pause()
            await pilot.press("a")
            while app.turns.counts.accepted != 1:
                await pilot.pause()
            assert app.turns.length == 6
        finally:
            looks.go_on()
        await app.until_idle()
        assert app.turns.length == 3


@pytest.mark.parametrize("left_with", ["enter", "escape"])
async def test_the_line_over_a_filter_that_is_looked_for(trial: Trial, looks: Looks, left_with: str) -> None:
    """It begins with that filter, and however it is left, that is the filter."""
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.until_idle()
        looks.hold()
        try:
            await pilot.press("slash", *"tag:cat", "enter", "slash")
            prompt = app.screen.query_one(Prompt)
            assert prompt.is_open
            assert prompt.text == "tag:cat"
            await pilot.press(left_with)
        finally:
            looks.go_on()
        await app.until_idle()
        assert app.turns.length == 3


async def test_a_limit_asked_for_while_a_filter_is_looked_for(trial: Trial, looks: Looks) -> None:
    """It limits the images that fit."""
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.until_idle()
        looks.hold()
        try:
            await pilot.press("slash", *"tag:cat", "enter", "B", "2", "enter")
        finally:
            looks.go_on()
        await app.until_idle()
        assert app.turns.lineup.query is not None
        assert app.turns.lineup.query.text == "tag:cat"
        assert app.turns.length == 2


async def test_news_while_a_filter_is_looked_for(trial: Trial, looks: Looks) -> None:
    """What comes into the old queue meanwhile does not end the look for the new one."""
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("slash", *"tag:dog", "enter")
        await app.until_idle()
        looks.hold()
        try:
            await pilot.press("slash", "ctrl+u", *"tag:cat", "enter")
            app.turns.arranged_hook()
        finally:
            looks.go_on()
        await app.until_idle()
        assert app.turns.lineup.query is not None
        assert app.turns.lineup.query.text == "tag:cat"
        assert app.turns.length == 3
