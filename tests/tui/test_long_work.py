"""Long work: only the latest question is answered, and what changes files is always told."""

from __future__ import annotations

import asyncio
import threading

import pytest

from engine.errors import CutlineError, Refused
from tui.idle import Idle
from tui.long_work import Course, LongWork, Progress


class Told(list[object]):
    """Keeps what it is told."""

    def __call__(self, outcome: object) -> None:
        """Keep it."""
        self.append(outcome)


async def test_only_the_latest_question_is_answered() -> None:
    """A question is given up by the next one, and its answer not told."""
    idle = Idle()
    work, told, begun = LongWork(idle), Told(), threading.Event()

    def wait(course: Course) -> str:
        begun.set()
        while not course.stop():
            pass
        return "old"

    work.ask(wait, told)
    await asyncio.to_thread(begun.wait)
    work.ask(lambda _: "new", told)
    await idle.reached()
    assert told == ["new"]
    work.close()


@pytest.mark.parametrize("always", [True, False])
async def test_what_is_stopped_is_told_where_it_matters(always: bool) -> None:  # noqa: FBT001  (a parameter of the test)
    """Work that changes files tells how far it came also when it was stopped."""
    idle = Idle()
    work, told, begun = LongWork(idle), Told(), threading.Event()

    def wait(course: Course) -> str:
        begun.set()
        while not course.stop():
            pass
        return "half"

    work.ask(wait, told, always_told=always)
    await asyncio.to_thread(begun.wait)
    work.give_up()
    await idle.reached()
    assert told == (["half"] if always else [])
    work.close()


async def test_only_what_changes_files_is_waited_for() -> None:
    """Closing stops the loop for no question, however long it takes to notice; a change comes to its end."""
    work, told, begun, goes_on = LongWork(Idle()), Told(), threading.Event(), threading.Event()

    def look(_: Course) -> str:
        begun.set()
        goes_on.wait()
        raise ValueError("the store is closed")

    work.ask(look, told)
    await asyncio.to_thread(begun.wait)
    work.close()  # would never return if it waited
    goes_on.set()

    work = LongWork(Idle())
    changed, begun = threading.Event(), threading.Event()

    def change(course: Course) -> str:
        begun.set()
        while not course.stop():
            pass
        changed.set()
        return "half"

    work.ask(change, told, always_told=True)
    await asyncio.to_thread(begun.wait)
    work.close()
    assert changed.is_set()
    assert told == []


async def test_a_refusal_is_told() -> None:
    """An error that a person can meet is the outcome."""
    idle = Idle()
    work, told = LongWork(idle), Told()

    def refuse(_: Course) -> str:
        raise Refused("no", "because")

    work.ask(refuse, told)
    await idle.reached()
    assert [str(problem) for problem in told if isinstance(problem, CutlineError)] == ["no (because)"]
    work.close()


async def test_progress_is_told_at_its_end() -> None:
    """However quick it is, the last progress is told."""
    idle = Idle()
    work, told, so_far = LongWork(idle), Told(), Told()

    def do(course: Course) -> str:
        course.progress(7, 7)
        return "done"

    work.ask(do, told, so_far)
    await idle.reached()
    await asyncio.sleep(0)
    assert told == ["done"]
    assert [progress.done for progress in so_far if isinstance(progress, Progress)] == [7]
    work.close()


def test_progress_in_words() -> None:
    """How far, how fast, and how long it still takes; at its beginning only how far."""
    assert str(Progress(0, 2_000, 0.0)) == "0 of 2,000"
    assert str(Progress(1_000, 3_000, 2.0)) == "1,000 of 3,000 · 500/s · 4 s left"
    assert str(Progress(1_000, 1_000_000, 2.0)) == "1,000 of 1,000,000 · 500/s · 33 min left"
