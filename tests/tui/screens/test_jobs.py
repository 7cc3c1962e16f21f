"""The jobs screen over an engine that only keeps jobs: what is seen at every size, and what the keys ask."""

from __future__ import annotations

import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from engine.wire.protocol import Failure
from tests.stories.sitting import Sitting
from tests.tui.kept_jobs import KeptJobs, failed, run_instead
from tests.tui.trial import HOSTILE
from tui import commands
from tui.jobs import job_commands
from tui.screens.jobs import JobsScreen
from tui.screens.review import ReviewScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from engine.wire.protocol import FailedItem
    from tests.tui.trial import Trial
    from tui.widgets.paint import Line

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> KeptJobs:
    """Give an engine that the screen finds."""
    made = KeptJobs()
    run_instead(made, monkeypatch)
    return made


@asynccontextmanager
async def opened(trial: Trial, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Sitting]:
    """Open the review over three images, and the jobs once the engine was seen."""
    if not (trial.root / "a.png").exists():
        for name in ("a.png", "b.png", "c.png"):
            trial.image(name)
    app = trial.app()
    async with app.run_test(size=size) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        await sitting.press(commands.Jobs)
        await sitting.comes_to_show("engine running")
        await sitting.settle()
        yield sitting


def in_review(sitting: Sitting) -> bool:
    """Tell whether the review screen is in view."""
    return isinstance(sitting.app.screen, ReviewScreen)


def test_the_start_of_the_review_does_not_wait_for_it() -> None:
    """Neither the jobs screen nor the words of the wire are imported before somebody asks for them."""
    program = "import sys, tui.app; print({'tui.screens.jobs', 'engine.wire.protocol'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize("size", SIZES)
async def test_everything_is_seen_at_every_size(trial: Trial, engine: KeptJobs, size: tuple[int, int]) -> None:
    """State in words, numbers, rate, time left, message, warning, and what failed with its hint."""
    root = str(trial.root)
    engine.add("their tagger", "/data/theirs", "done")
    engine.add("full", root, "waiting for space", message="the disk of /state is full")
    engine.add("mine", root, failed=(failed("b.png"),), rate=10.0, warning="runs on cpu, not on cuda:0")
    async with opened(trial, size) as sitting:
        sitting.shows("▸ running", "mine", "41/100", "✗ 1 failed", "10.0 images/s · 0:06 left · asked 3 min ago")
        sitting.shows("! runs on cpu, not on cuda:0", "! waiting for space", "! the disk of /state is full")
        sitting.shows("✓ done", "their tagger", "in /data/theirs", "1 failed in mine", "q back")
        sitting.shows("✗ b.png", "unreadable", "ends in the middle → replace it with a whole copy")


@pytest.mark.parametrize("size", SIZES)
async def test_without_an_engine_it_opens_and_says_so(trial: Trial, engine: KeptJobs, size: tuple[int, int]) -> None:
    """The screen opens, says what to do, and every key but help and back has its reason."""
    engine.running = False
    trial.image("a.png")
    app = trial.app()
    async with app.run_test(size=size) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        await sitting.press(commands.Jobs)
        await sitting.comes_to_show("engine off", "the engine is not running; start it with: cutline engine start")
        await sitting.press(job_commands.Retry)
        assert sitting.text.count("cutline engine start") == 2
        await sitting.press(job_commands.Back)
        assert in_review(sitting)


async def test_pause_and_resume(trial: Trial, engine: KeptJobs) -> None:
    """`p` holds a job back and lets it go on; a job that is over says that it is."""
    engine.add("old", str(trial.root), "done")
    job = engine.add("mine", str(trial.root))
    async with opened(trial) as sitting:
        await sitting.press("p")
        sitting.shows("‖ paused", "mine is paused; what is being worked on still comes")
        await sitting.press("p")
        sitting.shows("▸ running", "mine goes on")
        await sitting.press("j", "p")
        sitting.shows("this job is over: done")
    assert engine.asked == [("pause", job), ("resume", job)]


@pytest.mark.parametrize("answer", ["c", "y"])
async def test_cancel_asks_first(trial: Trial, engine: KeptJobs, answer: str) -> None:
    """`c` asks; a second `c` or `y` cancels."""
    job = engine.add("mine", str(trial.root))
    async with opened(trial) as sitting:
        await sitting.press("c")
        sitting.shows("cancel mine? c or y does it, n lets it go on")
        assert engine.asked == []
        await sitting.press(answer)
        sitting.shows("⊘ cancelled", "mine is cancelled; what is done stays")
    assert engine.asked == [("cancel", job)]


@pytest.mark.parametrize("key", ["n", "j", "r", "question_mark"])
async def test_any_other_key_takes_the_question_back(trial: Trial, engine: KeptJobs, key: str) -> None:
    """After another key, also one that does nothing here, `y` cancels nothing, and `c` asks anew."""
    engine.add("mine", str(trial.root))
    async with opened(trial) as sitting:
        await sitting.press("c", key)
        if key == "question_mark":
            await sitting.press("escape")
        sitting.shows_not("c or y does it")
        await sitting.press("y")
        sitting.shows("nothing is asked: this key answers a question")
        await sitting.press("c")
        sitting.shows("c or y does it")
    assert engine.asked == []


async def test_what_the_engine_refuses_is_said(trial: Trial, engine: KeptJobs) -> None:
    """The engine's reason and hint stand in the status line."""
    engine.add("stubborn", str(trial.root))
    async with opened(trial) as sitting:
        await sitting.press("c", "c")
        sitting.shows("the job is done and cannot be cancelled (see: cutline jobs list)")


async def test_retry(trial: Trial, engine: KeptJobs) -> None:
    """`r` asks again about what failed, and the list of what failed is gone."""
    job = engine.add("mine", str(trial.root), "done", (failed("a.png"), failed("b.png")))
    async with opened(trial) as sitting:
        sitting.shows("2 failed in mine", "a.png")
        await sitting.press("r")
        sitting.shows("mine: 2 images asked about again", "○ queued")
        sitting.shows_not("2 failed", "a.png")
        await sitting.press("r")
        sitting.shows("nothing failed in this job")
    assert engine.asked == [("failures", job), ("retry", job)]


async def test_enter_goes_to_the_image(trial: Trial, engine: KeptJobs) -> None:
    """`enter` goes into what failed, and from there to that image in the review."""
    engine.add("mine", str(trial.root), "done", (failed("b.png"), failed("c.png")))
    async with opened(trial) as sitting:
        await sitting.press("enter", "j", "enter")
        assert in_review(sitting)
        assert sitting.in_view == "c.png"


async def test_an_image_that_is_not_here_is_not_gone_to(trial: Trial, engine: KeptJobs) -> None:
    """An image of another dataset stays where it is; one that is gone is named in the review."""
    engine.add("theirs", "/data/theirs", "done", (failed("a.png"),))
    engine.add("mine", str(trial.root), "done", (failed("gone.png"),))
    async with opened(trial) as sitting:
        await sitting.press("j", "enter", "enter")
        assert not in_review(sitting)
        sitting.shows("this image belongs to another dataset")
        await sitting.press("tab", "k", "enter", "enter")
        assert in_review(sitting)
        sitting.shows("gone.png is no image of")


@pytest.mark.parametrize("key", job_commands.Back.keys)
async def test_back(trial: Trial, engine: KeptJobs, key: str) -> None:
    """Each of the keys returns to the image that was in view."""
    engine.add("mine", str(trial.root))
    async with opened(trial) as sitting:
        await sitting.press(key)
        assert in_review(sitting)
        assert sitting.in_view == "a.png"


async def test_an_answer_that_comes_after_leaving_is_said_in_the_review(trial: Trial, engine: KeptJobs) -> None:
    """A refusal is not lost with the screen that asked."""
    engine.add("stubborn", str(trial.root))
    async with opened(trial) as sitting:
        engine.gate.clear()
        await sitting._pilot.press("c", "c", "q")
        await sitting.until(lambda: in_review(sitting), "the review")
        engine.gate.set()
        await sitting.comes_to_show("the job is done and cannot be cancelled")


async def test_a_job_that_cannot_be_asked_keeps_no_key_waiting(trial: Trial, engine: KeptJobs) -> None:
    """While the engine thinks about one request, keys move the cursor."""
    for number in range(5):
        engine.add(f"job {number}", str(trial.root))
    async with opened(trial) as sitting:
        engine.gate.clear()
        await sitting._pilot.press("p", "j", "j")
        assert isinstance(sitting.app.screen, JobsScreen)
        assert sitting.app.screen.board.job_place == 2
        engine.gate.set()
        await sitting.comes_to_show("job 4 is paused")


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_is_shown_and_not_obeyed(trial: Trial, engine: KeptJobs, size: tuple[int, int]) -> None:
    """Names, sources, messages, sentences and hints from outside cannot drive the terminal, nor break lines."""
    name = HOSTILE.replace("/", "") + "\n"
    bad = failed(f"{name}.png", Failure(f"c{HOSTILE}", f"m{name}", f"h{name}"))
    engine.add("theirs", f"/data/{name}")
    engine.add(name, str(trial.root), failed=(bad,), message=f"m{name}", warning=f"w{name}", device=name)
    async with opened(trial, size) as sitting:
        await sitting.press("tab")
        for sequence in ("\x1b]", "\x1b[2J", "\x9b", "\x07", "\u202e", "\x7f"):
            assert sequence not in sitting.sent
        sitting.shows("[red]")


async def test_only_rows_in_view_are_painted(trial: Trial, engine: KeptJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten thousand failed images a move paints a screenful, and the last is reached with one key."""
    engine.add("mine", str(trial.root), "done", tuple(failed(f"{number:05}.png") for number in range(10_000)))
    async with opened(trial) as sitting:
        assert isinstance(sitting.app.screen, JobsScreen)
        shown = sitting.app.screen._failed
        painted: list[FailedItem] = []
        paint = shown.lines_of

        def counted(item: FailedItem, width: int, *, in_view: bool) -> list[Line]:
            painted.append(item)
            return paint(item, width, in_view=in_view)

        monkeypatch.setattr(shown, "lines_of", counted)
        await sitting.press("tab", "G")
        sitting.shows("09999.png")
        assert 0 < len(painted) < 300
        await sitting.press("g")
        sitting.shows("00000.png")


async def test_a_click_goes_to_a_job_and_to_a_failed_image(trial: Trial, engine: KeptJobs) -> None:
    """The mouse puts the cursor where it points, in either list."""
    engine.add("old", str(trial.root), "done", (failed("a.png"), failed("b.png")))
    engine.add("new", str(trial.root))
    async with opened(trial) as sitting:
        await sitting._pilot.click("#jobs", offset=(10, 3))
        await sitting.settle()
        sitting.shows("2 failed in old")
        await sitting._pilot.click("#failed", offset=(10, 2))
        await sitting.settle()
        assert isinstance(sitting.app.screen, JobsScreen)
        assert sitting.app.screen.board.failed_item == failed("b.png")
