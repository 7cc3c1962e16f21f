"""Finding never stands in the way of a key."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
from textual import events

from tests.tui.screens.seen import text
from tui import patience
from tui.finding.seeking import Seeker
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.finding.language import Order, Query
    from engine.review.records import ImageId
    from tests.tui.trial import Trial


class Looks:
    """The looks of a `Seeker`, which can be held up, longer than what is typed waits for them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let them run."""
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        find = Seeker._find

        def held_up(self_: Seeker, query: Query | None, order: Order, is_stale: object) -> list[ImageId] | None:
            self._may_go_on.wait()
            return find(self_, query, order, is_stale)  # type: ignore[arg-type]  # as it was given

        monkeypatch.setattr(Seeker, "_find", held_up)
        monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.5)
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
    """Where a look takes long, moving and deciding go on with the queue there is; what fits is the queue then."""
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.until_idle()
        looks.hold()
        try:
            await pilot.press("slash", *"tag:cat")
            await pilot.pause()
            assert "tag:cat" in text(app)
            await pilot.press("enter")
            await asyncio.sleep(1.5 * patience.PATIENCE_SECONDS)
            await pilot.press("j")
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
            await pilot.press("slash", *"tag:cat", "enter")
            await asyncio.sleep(1.5 * patience.PATIENCE_SECONDS)
            await pilot.press("slash")
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
            await pilot.press("slash", *"tag:cat", "enter")
            await asyncio.sleep(1.5 * patience.PATIENCE_SECONDS)
            await pilot.press("B", "2", "enter")
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


@pytest.mark.parametrize("slow", [0.0, 0.3])
@pytest.mark.parametrize(
    ("keys", "accepted"),
    [
        (("slash", *"tag:dog", "enter", "a", "a"), "bd"),
        (("slash", "backspace", "backspace", *"tag:dog", "enter", "x", "u", "a"), "b"),
        (("j", "v", "j", "v", "O", "a", "j", "a"), "bd"),
        (("T", "j", "enter", "a"), "b"),
        (("o", "j", "r", "enter", "a", "a"), "af"),
        (("B", "2", "enter", "ctrl+a", "b", "c"), ""),
    ],
)
async def test_what_is_typed_behind_a_new_queue_is_meant_for_it(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], accepted: str, slow: float
) -> None:
    """Keys in one burst decide the images that fit, however long they are looked for within patience."""
    find = Seeker._find

    def slowly(self: Seeker, query: Query | None, order: Order, is_stale: Callable[[], bool]) -> list[ImageId] | None:
        if not is_stale():
            time.sleep(slow)
        return find(self, query, order, is_stale)

    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.until_idle()
        monkeypatch.setattr(Seeker, "_find", slowly)
        for key in keys:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await app.until_idle()
        entries = app.turns.workspace.entries.values()
        assert "".join(sorted(entry.key.decode()[0] for entry in entries if entry.state == "accepted")) == accepted


async def test_what_is_typed_behind_a_look_that_takes_long(trial: Trial, looks: Looks) -> None:
    """It decides nothing of the old queue: it is left out, and that is said."""
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.until_idle()
        looks.hold()
        try:
            for key in ("slash", *"tag:dog", "enter", "a", "d"):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await asyncio.sleep(1.5 * patience.PATIENCE_SECONDS)
            assert "what was typed behind it is left out" in text(app)
        finally:
            looks.go_on()
        await pilot.pause()
        await app.until_idle()
        assert app.turns.length == 3
        assert app.turns.counts.accepted == 0
        assert app.turns.counts.images == 6
