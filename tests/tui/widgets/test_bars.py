"""The bars: what they show at every width, and what they leave out first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from textual.app import App, ComposeResult

from engine.review.records import Counts
from engine.wire.protocol import JobInfo
from tests.tui.screens.seen import codes, text
from tests.tui.trial import HOSTILE
from tui.widgets.bars import StatusBar, TitleBar
from tui.widgets.engine_status import EngineStatus
from tui.widgets.key_hints import KeyHints
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from textual.widget import Widget

JOB = JobInfo("0" * 32, "/data", "pixel_stats", (), "running", 1200, 300, 2, 302, 0.0, 1.0, None, rate=90.0)


class Alone(App[int]):
    """An app of one bar."""

    CSS = "TitleBar, StatusBar, KeyHints { height: 1; }"

    def __init__(self, bar: Widget) -> None:
        """Hold the bar."""
        super().__init__()
        self.bar = bar

    def compose(self) -> ComposeResult:
        """Show the bar."""
        yield self.bar


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_title_counts(width: int) -> None:
    """Place and counts are always there; words only where there is room."""
    bar = TitleBar(f"data {HOSTILE}")
    app = Alone(bar)
    async with app.run_test(size=(width, 3)) as pilot:
        bar.show_place(41, 100_000)
        bar.show_counts(Counts(images=100_000, pending=99_000, accepted=900, rejected=100, flagged=3))
        await pilot.pause()
        seen = text(app)
        assert "\x1b]" not in codes(app)
    for part in ("42/100,000", "● 99,000", "✓ 900", "✗ 100", "⚑ 3"):
        assert part in seen
    assert ("99,000 pending" in seen) == (width >= 110)


async def test_counts_of_all_images_give_way_to_what_is_looked_through() -> None:
    """At 120 columns filter, place, selection, rate and time left are whole; counts lose words, then the last ones go."""
    bar = TitleBar("a large dataset")
    app = Alone(bar)
    async with app.run_test(size=(120, 3)) as pilot:
        bar.show_place(239, 458)
        bar.show_counts(Counts(images=3_000, pending=2_428, untouched=100, accepted=460, rejected=12, flagged=3))
        bar.show_filter("tag:cat")
        await pilot.pause()
        for part in (" a large dataset ", "/ tag:cat ", "240/458 of 3,000", "● 2,428 ", "○ 100 ", "⚑ 3"):
            assert part in text(app)
        bar.show_selected(38)
        bar.show_rhythm("76/min · 1 h 02 min left")
        await pilot.pause()
        for part in (
            "rge dataset ",
            "/ tag:cat ",
            "240/458 of 3,000",
            "◆ 38 selected",
            "76/min · 1 h 02 min left",
            "● 2,428 ",
        ):
            assert part in text(app)
        assert "⚑ 3" not in text(app)


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_key_hints_keep_help_and_quit(width: int) -> None:
    """Where it is narrow, hints of the middle go; help and quit stay."""
    app = Alone(KeyHints())
    async with app.run_test(size=(width, 3)) as pilot:
        await pilot.pause()
        seen = text(app)
    assert "a accept" in seen
    assert "? help" in seen
    assert "q quit" in seen


@pytest.mark.parametrize("width", [60, 100, 132, 200])
async def test_the_keys_of_an_editor_are_whole_or_left_out(width: int) -> None:
    """Where it is narrow the least important hints go, the first ones stay, and none is cut."""
    bar, hints = KeyHints(), TagEditor().hints
    app = Alone(bar)
    async with app.run_test(size=(width, 3)) as pilot:
        bar.show_keys(hints)
        await pilot.pause()
        seen = text(app).splitlines()[0].rstrip()
    whole = [f" {keys} {word} " for keys, word in hints]
    shown = next(count for count in range(len(hints), 0, -1) if len("".join(whole[:count])) <= width)
    assert seen == "".join(whole[:shown]).rstrip()
    assert shown >= 2
    assert (shown == len(hints)) == (width == 200)


async def test_status_shows_progress_and_gives_way_to_errors() -> None:
    """A running job shows its numbers, rate and rest; an error that needs the room gets it."""
    bar = StatusBar()
    app = Alone(bar)
    async with app.run_test(size=(120, 3)) as pilot:
        bar.show_engine(EngineStatus(running=True, jobs=(JOB,)))
        await pilot.pause()
        for part in ("pixel_stats", "302/1,200", "✗ 2 failed", "90.0/s", "0:10 left"):
            assert part in text(app)
        bar.say(f"something went wrong: {HOSTILE} {'x' * 60}", "error")
        await pilot.pause()
        assert "something went wrong" in text(app)
        assert "\x1b]" not in codes(app)


async def test_a_long_line_takes_the_room_of_a_jobs_name_and_rate() -> None:
    """How far the job is stays, and all is back with the next short line."""
    bar = StatusBar()
    app = Alone(bar)
    async with app.run_test(size=(80, 3)) as pilot:
        bar.show_engine(EngineStatus(running=True, jobs=(JOB,)))
        bar.say(f"3,104 tags fewer in 1,822 of 10,000 waiting images {'x' * 40}")
        await pilot.pause()
        for part in ("3,104 tags fewer in 1,822 of 10,000 waiting images", "302/1,200", "✗ 2 failed"):
            assert part in text(app)
        assert "90.0/s" not in text(app)
        bar.say("skipped")
        await pilot.pause()
        for part in ("skipped", "pixel_stats", "302/1,200", "90.0/s"):
            assert part in text(app)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (EngineStatus(), "engine off"),
        (EngineStatus(running=True), "engine idle"),
        (EngineStatus(problem="the engine is too new [/]"), "too new [/]"),
        (EngineStatus(running=True, jobs=(msgspec.structs.replace(JOB, state="queued"),)), "queued"),
    ],
)
async def test_engine_is_never_silent(status: EngineStatus, says: str) -> None:
    """Off, idle, waiting and broken are told in words."""
    bar = StatusBar()
    app = Alone(bar)
    async with app.run_test(size=(100, 3)) as pilot:
        bar.show_engine(status)
        await pilot.pause()
        assert says in text(app)


async def test_trouble_that_does_not_fit_takes_more_lines() -> None:
    """What to do about an error is read to its end, in a narrow window too; the next word takes one line again."""
    bar = StatusBar()
    app = Alone(bar)
    async with app.run_test(size=(40, 6)) as pilot:
        bar.say("cat.txt changed on disk since it was shown (look at it as it is now, then decide again)", "error")
        await pilot.pause()
        assert bar.size.height == 3
        assert "decide again)" in " ".join(text(app).split())
        bar.say("accepted and written", "good")
        await pilot.pause()
        assert bar.size.height == 1
        bar.say("a plain word that is far too long for the narrow window that it stands in")
        await pilot.pause()
        assert bar.size.height == 1


@pytest.mark.parametrize("length", [70, 76, 77])
async def test_a_word_that_would_be_cut_pushes_an_idle_engine_away(length: int) -> None:
    """That nothing is done is left out where there is no room for it; what a key did is read to its end."""
    bar = StatusBar()
    app = Alone(bar)
    async with app.run_test(size=(80, 3)) as pilot:
        bar.show_engine(EngineStatus(running=True))
        bar.say(f"{'x' * (length - 5)} END.")
        await pilot.pause()
        assert " END." in text(app)
        assert "engine idle" not in text(app)
        bar.say(f"threshold 0.47 (was 0.35) {'x' * 34}END.")
        await pilot.pause()
        assert "END." in text(app)
        assert "engine idle" in text(app)
