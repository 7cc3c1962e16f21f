"""The keys `[` and `]` on the review screen: what is seen at once, what is counted, what is put in force and when."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest
from textual import events
from textual.widgets import Static

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.captions.viewing.view import View
from engine.review.proposals import Origin
from engine.review.threshold_counts import Counted, ThresholdCounts
from engine.settings import Settings
from engine.workspace import Workspace
from tests.stories.sitting import PATIENCE_SECONDS, Sitting
from tests.tui.screens.seen import press, text
from tui import commands
from tui.keys.keymap import PLAIN
from tui.thresholds import threshold_keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.tui.trial import Trial

DOWN, UP = commands.ThresholdDown, commands.ThresholdUp
WIDE = (140, 40)


@asynccontextmanager
async def sitting_before(trial: Trial) -> AsyncIterator[Sitting]:
    """Sit down before the screen."""
    app = trial.app()
    async with app.run_test(size=WIDE) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        yield sitting


@asynccontextmanager
async def three_images(trial: Trial) -> AsyncIterator[Sitting]:
    """Sit before three images with a candidate each: five tags of scores 0.9, 0.5, 0.4, 0.34 and 0.2."""
    names = ("1.png", "2.png", "3.png")
    for name in names:
        trial.image(name, "cat")
    for name in names:
        trial.tags(name, sofa=0.9, window=0.5, lamp=0.4, chair=0.34, book=0.2)
    async with sitting_before(trial) as sitting:
        yield sitting


def kinds(trial: Trial) -> list[str]:
    """Return what the journal's steps are, as another process reads them."""
    with_own = Workspace.open(trial.root, Settings())
    try:
        return [row.kind for row in with_own.history()]
    finally:
        with_own.close()


async def test_the_card_follows_and_the_count_comes(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """A press shows the tags at once, then in how many images how many tags come or go; nothing is stored yet."""
    monkeypatch.setattr(threshold_keys, "PAUSE_SECONDS", 60.0)
    async with three_images(trial) as review:
        await review.press(DOWN)
        review.shows_hunks(chosen=["+sofa", "+window", "+lamp", "+chair"])
        review.shows("3 tags more in 3 of 3 waiting images · threshold 0.34 (was 0.35), tagger")
        await review.press(UP, UP)
        review.shows("changes none of 3 waiting images · threshold 0.36 (was 0.35), tagger")
        await review.press(*[UP] * 5)
        review.shows_hunks(chosen=["+sofa", "+window"])
        review.shows("3 tags fewer in 3 of 3 waiting images · threshold 0.41 (was 0.35), tagger")
        assert trial.workspace.view_of("tagger") == View()


async def test_a_pause_puts_it_in_force_as_one_step(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of presses is one journal row, soon after the last; what is said of it stays."""
    monkeypatch.setattr(threshold_keys, "PAUSE_SECONDS", 2.0)  # also where a busy machine is slow to press
    async with three_images(trial) as review:
        await review.press(*[DOWN] * 5)
        await review.until(lambda: trial.workspace.view_of("tagger") == View(threshold=0.3), "the view is in force", 9)
        await review.settle()
        assert kinds(trial) == ["view"]
        review.shows("3 tags more in 3 of 3 waiting images · threshold 0.30 (was 0.35), tagger")
        await review.press(DOWN)
        review.shows("threshold 0.29 (was 0.30), tagger")


async def test_a_decision_stores_the_view_it_saw(trial: Trial) -> None:
    """Keys at once: the threshold, then the decision on the card as it then is, in this order, each once."""
    async with three_images(trial) as review:
        for command in (DOWN, DOWN, commands.Accept):
            review.app.screen.action_turn(command.name)  # type: ignore[attr-defined]
        await review.settle()
        assert trial.caption("1.png") == b"cat, sofa, window, lamp, chair"
        assert kinds(trial) == ["view", "accept"]
        (verdict,) = list(trial.workspace.history())[-1].verdicts
        assert msgspec.json.decode(verdict.view, type=View) == View(threshold=0.33)
        review.shows_hunks(chosen=["+sofa", "+window", "+lamp", "+chair"])
        await review.press(DOWN)
        review.shows("of 2 waiting images")


async def test_moving_on_puts_it_in_force(trial: Trial) -> None:
    """Going to another image ends the run, and that image is seen through the same view."""
    async with three_images(trial) as review:
        await review.press(UP, commands.Next)
        assert kinds(trial) == ["view"]
        assert trial.workspace.view_of("tagger") == View(threshold=0.36)


@pytest.mark.parametrize("way_out", ["quit", "hang up"])
async def test_leaving_puts_it_in_force(trial: Trial, way_out: str) -> None:
    """What was pressed before the screen closes is not lost, also when the terminal goes away."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.9)
    async with sitting_before(trial) as review:
        await review.press(UP)
        if way_out == "quit":
            await review.press(commands.Quit)
    assert kinds(trial) == ["view"]


async def test_u_takes_it_back(trial: Trial) -> None:
    """`u` is the view before, on the card and in force; also at once after the press."""
    async with three_images(trial) as review:
        await review.press(DOWN, commands.Undo)
        review.shows_hunks(chosen=["+sofa", "+window", "+lamp"])
        review.shows("undone: view of tagger")
        assert trial.workspace.view_of("tagger") == View()
        assert kinds(trial) == ["view", "undo"]
        await review.press(commands.Undo)
        review.shows("nothing of this session is left to undo")


async def test_choices_stay(trial: Trial) -> None:
    """What was left out stays out while the threshold moves, and a key pressed behind another is not lost."""
    async with three_images(trial) as review:
        await review.leave_out("+window")
        for command in (DOWN, commands.ToggleHunk, DOWN):
            review.app.screen.action_turn(command.name)  # type: ignore[attr-defined]
        await review.settle()
        review.shows_hunks(chosen=["+sofa", "+window", "+lamp", "+chair"])
        await review.press(commands.ToggleHunk, *[UP] * 25, *[DOWN] * 25, commands.Accept)
        assert trial.caption("1.png") == b"cat, sofa, lamp, chair"


async def test_a_key_held_down_loses_and_doubles_nothing(trial: Trial) -> None:
    """Sixty presses at 30 Hz move the threshold by exactly 0.60, and are one step."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.9)
    async with sitting_before(trial) as review:
        began = time.monotonic()
        for number in range(60):
            await asyncio.sleep(max(0.0, began + number / 30 - time.monotonic()))
            review.app.post_message(events.Key(UP.keys[0], "]"))
        await review.settle()
        review.shows("1 tag fewer in 1 of 1 waiting image · threshold 0.95 (was 0.35)")
        await review.until(lambda: trial.workspace.view_of("tagger").threshold == 0.95, "the view is in force", 3)
    assert kinds(trial) == ["view"]


async def test_a_narrow_screen_shows_the_whole_count(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns all of it is read, also where it is long: an idle engine gives way to it, and so does the threshold."""
    trial.image("1.png")
    scores = pack([(0, to_u16(0.9))], to_u16(0.05))
    trial.store_scores("1.png", Origin("ViT-Ti-32", "append", "tags"), LabelTable(("saber",), ("character",)), scores)
    trial.workspace.change_view("ViT-Ti-32", lambda _: View(categories={"character": 0.85}))
    monkeypatch.setattr(ThresholdCounts, "count", lambda *_: Counted(1822, 3104, 1234, 10_000))
    app = trial.app()
    async with app.run_test(size=(80, 24)) as pilot:
        review = Sitting(app, pilot)
        await review.settle()
        await review.press(UP)
        (line,) = [line for line in review.text.splitlines() if "waiting" in line]
        assert "3,104 tags more, 1,234 fewer in 1,822 of 10,000 waiting images" in line
        assert line.rstrip().endswith("· threshold o…")
        monkeypatch.undo()
        await review.press(UP)
        review.shows("changes none of 1 waiting image · threshold of char")


async def test_a_slow_count_holds_no_key(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """While numbers are counted keys go on, and only the last question's number is said."""
    trial.image("1.png").image("2.png")
    trial.tags("1.png", sofa=0.9)
    trial.tags("2.png", sofa=0.9)
    go_on, asked = threading.Event(), []

    def slowly(_: ThresholdCounts, __: View, after: View, ___: Callable[[], bool]) -> Counted:
        asked.append(after.threshold)
        assert go_on.wait(PATIENCE_SECONDS)
        return Counted(1, 0, round(after.threshold * 100), 2)

    monkeypatch.setattr(ThresholdCounts, "count", slowly)
    async with sitting_before(trial) as review:
        await review.press_amid_work(UP.keys[0])
        await review.until(lambda: asked, "the first count is under way")
        await review.press_amid_work(UP.keys[0], UP.keys[0])
        await review.comes_to_show("threshold 0.38 (was 0.35)")
        review.shows_not("waiting")
        go_on.set()
        await review.settle()
        assert asked == [0.36, 0.38]
        review.shows("38 tags fewer in 1 of 2 waiting images · threshold 0.38 (was 0.35)")


async def test_a_number_that_comes_late_stays_unsaid(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another key has said something meanwhile that stands."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.9)
    go_on = threading.Event()

    def slowly(*_: object) -> Counted:
        assert go_on.wait(PATIENCE_SECONDS)
        return Counted(1, 0, 1, 2)

    monkeypatch.setattr(ThresholdCounts, "count", slowly)
    async with sitting_before(trial) as review:
        await review.press_amid_work(UP.keys[0], commands.Next.keys[0])
        await review.comes_to_show("this is the last image")
        go_on.set()
        await review.settle()
        review.shows("this is the last image")


async def test_other_screens_follow_within_a_second(trial: Trial) -> None:
    """Another cutline sets the threshold, and the card here is drawn anew."""
    async with three_images(trial) as review:
        other = Workspace.open(trial.root, Settings())
        other.change_view("tagger", lambda _: View(threshold=0.45))
        other.close()
        card = review.app.turns.card
        await review.until(lambda: review.app.turns.card is not card, "the card is drawn anew", 2)
        review.shows_hunks(chosen=["+sofa", "+window"])


async def test_a_dead_key_says_why(trial: Trial) -> None:
    """No candidate, prose, an answered candidate, MCut, the floor: each is named, and nothing moves."""
    for name in ("1.png", "2.png", "3.png", "4.png"):
        trial.image(name, "cat")
    trial.tags("1.png", source="wd", sofa=0.9)
    trial.prose("2.png", "A cat sleeps on a red sofa.")
    trial.tags("3.png", source="cuts", sofa=0.9)
    trial.workspace.change_view("cuts", lambda _: View(mcut=True))
    trial.workspace.change_view("wd", lambda _: View(threshold=0.05))
    app = trial.app()
    async with app.run_test(size=(200, 40)) as pilot:
        await Sitting(app, pilot).settle()
        for keys, reason in (
            ((), "wd: scores below 0.05 are not stored (set `floor` lower in the catalogue entry of wd, then run:"),
            (("A",), "this candidate is already answered; u takes that back"),
            (("j",), "captioner proposes prose: there is no threshold to move"),
            (("j",), "MCut is in this view, and finds its own threshold"),
            (("j",), "nothing is proposed for this image"),
        ):
            await press(pilot, app, *keys, "left_square_bracket")
            assert reason in text(app)
    assert kinds(trial) == ["view", "view", "accept"]


async def test_scores_are_read_in_a_quiet_moment(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some looks without a key the first count has its scores ready."""
    async with three_images(trial) as review:
        monkeypatch.setattr(threshold_keys, "QUIET_LOOKS", 1)
        await review.until(lambda: review.app.screen._thresholds.live.floors, "the scores are read")  # type: ignore[attr-defined]
        assert trial.workspace.view_of("tagger") == View()


def test_brackets_are_shown_as_such() -> None:
    """Textual's names for them are not."""
    keys = PLAIN.keys(commands.ALL)
    assert (keys.all_shown(DOWN), keys.all_shown(UP)) == ("[", "]")


async def test_help_shows_the_brackets(trial: Trial) -> None:
    """They are no markup there."""
    async with three_images(trial) as review:
        await review.press(commands.Help)
        shown = [str(row.content) for row in review.app.screen.query(".keys").results(Static)]
        assert {"[", "]"} <= set(shown)
        assert kinds(trial) == []
