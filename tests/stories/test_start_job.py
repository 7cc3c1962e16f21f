"""Starting a job from the jobs screen: a model, the images it is meant for, what it will take; through the real engine."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from tui import commands, patience
from tui.actions import starting
from tui.actions.listing import Back, First, Next
from tui.jobs import job_commands, job_start
from tui.screens.jobs import JobsScreen
from tui.screens.start_job import StartJob

if TYPE_CHECKING:
    import pytest

    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting


async def _choose_pixel_stats(review: Sitting) -> None:
    """Open the form for the built-in tagger."""
    await review.press(commands.Jobs, job_commands.NewJob, starting.SearchModels)
    await review.write("pixel")
    await review.press("enter", starting.ChooseModel)
    review.shows("start a job: pixel_stats")


async def _to_line(review: Sitting, name: str) -> None:
    """Put the cursor on a line of the form."""
    form = review.app.screen
    assert isinstance(form, StartJob)
    await review.press(First)
    while form.item is not None and form.item.name != name:
        await review.press(Next)


async def test_only_the_selected_images_are_asked_about(desk: Desk) -> None:
    """What is selected is meant; the count is shown first, the engine is started, and results come into the review."""
    desk.images("a.png", "b.png", "c.png", caption="cat")
    async with desk.review((80, 24)) as review:
        await review.press(commands.Select, commands.Select)
        await _choose_pixel_stats(review)
        review.shows("selected (2)", "2 to ask · 0 answered")
        await review.press(starting.ChangeOn)
        review.shows("3 to ask")
        await review.press(starting.ChangeBack, starting.Start)
        review.shows("pixel_stats: 2 images asked about")
        await review.comes_to_show("✓ done", "2/2")
        await review.until(lambda: review.counts.pending == 2, "the proposals")
        await review.press(Back)
        await _choose_pixel_stats(review)
        review.shows("0 to ask · 2 answered")
        desk.look_for_engine()
    assert desk.proposals() == {"a.png": 1, "b.png": 1}


async def test_accepting_at_once(desk: Desk) -> None:
    """It warns, writes every result and what was answered before, and one undo takes all back."""
    desk.images("a.png", "b.png", caption="cat")
    async with desk.review() as review:
        await _choose_pixel_stats(review)
        await _to_line(review, "accept")
        await review.press(starting.ChangeLine)
        review.shows("without a look")
        await review.press(starting.Start)
        await review.until(lambda: review.counts.accepted == 2, "what was accepted")
        assert desk.caption_file("a.png").path.read_bytes().startswith(b"cat, ")
        await review.press(Back, commands.Undo)
        desk.caption_file("a.png").reads("cat")
        desk.caption_file("b.png").reads("cat")
        desk.look_for_engine()


async def test_the_keys_are_for_the_job_just_started(desk: Desk) -> None:
    """The cursor goes to the new job, from an older one and from one of another dataset."""
    desk.images("a.png")
    await desk.tag()
    other = type(desk)(desk.root.parent / "other")
    other.images("x.png", "y.png")
    await other.tag()
    async with other.review() as review:
        await review.press(commands.Jobs)
        await review.comes_to_show("Jobs of other datasets")
        screen = review.app.screen
        assert isinstance(screen, JobsScreen)
        for place in (0, 1):
            screen.board.go(place)
            await review.press(job_commands.NewJob, starting.SearchModels)
            await review.write("pixel")
            await review.press("enter", starting.ChooseModel)
            await _to_line(review, "again")
            before = [row.job.id for row in screen.board.rows]
            await review.press(starting.ChangeLine, starting.Start)
            assert screen.board.job is not None
            assert screen.board.job.id not in before
            assert screen.board.is_ours


async def test_what_makes_no_sense_is_said_before_it_is_asked(desk: Desk) -> None:
    """A wrong number, a model whose files are missing: one line with what to do, and nothing is started."""
    desk.images("a.png", caption="cat")
    async with desk.review((80, 24)) as review:
        await review.press(commands.Jobs, job_commands.NewJob)
        review.shows("which model?", "pixel_stats", "ready")
        await review.press(starting.SearchModels)
        await review.write("joytag")
        await review.press("enter", starting.ChooseModel)
        review.shows("!")
        review.shows_not("start a job: joytag")
        await review.press(Back, Back)
        await _choose_pixel_stats(review)
        for name, typed, told in (
            ("threshold", "2", "threshold is 2, and goes from 0 to 1"),
            ("threshold", "1", "1 to ask"),
            ("option focus_px", "9", "focus_px is 9, and must be at least 64"),
        ):
            await _to_line(review, name)
            await review.press(starting.ChangeLine, "ctrl+u")
            await review.press(*typed, "enter")
            review.shows(told)
            review.shows_not("counting")
        review.shows("not counted")
        await review.press(starting.Start)
        review.shows("focus_px is 9")
        assert desk.look_for_engine() is None


async def test_help_while_the_job_is_started(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is started the form goes, and help with it: the jobs screen says what came of it."""
    desk.image("a.png", "cat")
    goes_on = threading.Event()

    def slowly(*_: object) -> job_start.Started:
        goes_on.wait()
        return job_start.Started("pixel_stats: 1 image asked about", None)

    monkeypatch.setattr(job_start, "start", slowly)
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 1.0)
    async with desk.review() as review:
        await _choose_pixel_stats(review)
        await review.press_amid_work(starting.Start)
        await asyncio.sleep(1.5 * patience.PATIENCE_SECONDS)
        await review.press_amid_work("question_mark")
        review.shows("keys in force")
        goes_on.set()
        await review.settle()
        review.shows("pixel_stats: 1 image asked about")
        await review.press(Back)
        review.shows("STAYS AS IT IS")


async def test_a_job_started_in_one_burst(desk: Desk) -> None:
    """Models and counts come from threads: what is typed behind the keys that ask for them waits."""
    desk.images("a.png", "b.png", caption="cat")
    async with desk.review((80, 24)) as review:
        await review.press("v", "v", "J")
        await review.at_once("n", "slash", *"pixel", "enter", "enter", "s")
        review.shows("pixel_stats: 2 images asked about")
        await review.comes_to_show("✓ done", "2/2")
        desk.look_for_engine()
