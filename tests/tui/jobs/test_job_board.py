"""The board: which rows there are, where the cursor stays, whose word is newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.kept_jobs import KeptJobs, failed
from tui.ages import age
from tui.jobs.job_board import JobBoard
from tui.messages import EngineSeen, JobAnswered

if TYPE_CHECKING:
    from engine.wire.protocol import FailedItem


def seen(engine: KeptJobs, asked: float = 0.0) -> EngineSeen:
    """Return what a look at the engine tells; jobs in `/set` are ours."""
    jobs = engine.jobs()
    return EngineSeen(
        running=True,
        jobs=tuple(job for job in jobs if job.root == "/set"),
        others=tuple(job for job in jobs if job.root != "/set"),
        asked=asked,
    )


def state(board: JobBoard) -> str:
    """Return the state of the job under the cursor."""
    return board.job.state if board.job else ""


def where(board: JobBoard) -> tuple[FailedItem | None, int, bool]:
    """Return the failed item under the cursor, how many there are, and whether keys go to them."""
    return board.failed_item, len(board.failed_items), board.among_failed


def test_ours_come_first() -> None:
    """Jobs of this dataset stand above those of others, newest first; others are named by their folder."""
    engine = KeptJobs()
    for source, root in (("a", "/set"), ("b", "/other"), ("c", "/set"), ("d", "/else")):
        engine.add(source, root)
    board = JobBoard(seen(engine))
    assert [row.job.source for row in board.rows] == ["c", "a", "d", "b"]
    assert [row.folder for row in board.rows] == ["", "", "/else", "/other"]
    assert [bool(row.heading) for row in board.rows] == [False, False, True, False]


def test_the_cursor_stays_on_its_job() -> None:
    """A new job above moves no cursor, and neither does the other dataset's."""
    engine = KeptJobs()
    engine.add("a", "/set")
    board = JobBoard(seen(engine))
    engine.add("b", "/set")
    board.take_news(seen(engine))
    assert (board.job_place, board.job and board.job.source) == (1, "a")


def test_the_cursor_goes_to_a_job_that_was_just_started() -> None:
    """It is there before a look at the engine tells of it, once, and a look from before takes it off neither."""
    engine = KeptJobs()
    engine.add("a", "/set", failed=(failed("1.jpg"),))
    engine.add("b", "/other")
    board = JobBoard(seen(engine))
    board.go(1)
    before = seen(engine, asked=0.5)
    engine.add("c", "/set")
    (started, *_) = engine.jobs()
    board.go_to_new(started)
    board.take_news(before)
    assert [row.job.source for row in board.rows] == ["c", "a", "b"]
    assert (board.job, board.is_ours) == (started, True)
    board.take_news(seen(engine, asked=1e12))
    board.go_to_new(started)
    assert [row.job.source for row in board.rows] == ["c", "a", "b"]
    assert board.job == started


def test_a_look_from_before_an_answer_is_old() -> None:
    """What was asked before the engine paused a job does not make it run again on the screen."""
    engine = KeptJobs()
    job = engine.add("a", "/set")
    board = JobBoard(seen(engine))
    before = seen(engine, asked=0.5)
    answer = JobAnswered("pause", job, engine.pause(job))
    board.take_answer(answer)
    board.take_news(before)
    assert state(board) == "paused"
    engine.resume(job)
    board.take_news(seen(engine, asked=answer.answered + 1))
    assert state(board) == "running"


def test_failures_are_asked_for_once_and_again_when_they_changed() -> None:
    """They are asked for when the cursor comes, one question at a time, and anew when their number changed."""
    engine = KeptJobs()
    calm = engine.add("calm", "/set")
    job = engine.add("a", "/set", failed=(failed("1.jpg"),))
    board = JobBoard(seen(engine))
    assert board.wants_failures_of() == job
    assert board.wants_failures_of() == ""
    board.take_answer(JobAnswered("failures", job, engine.job(job, failures=True)))
    assert [item.key for item in board.failed_items] == ["1.jpg"]
    assert board.wants_failures_of() == ""
    engine.change(job, failed=2, failures=(failed("1.jpg"), failed("2.jpg")))
    board.take_news(seen(engine, asked=1e12))
    assert board.wants_failures_of() == job
    board.take_answer(JobAnswered("failures", job, None, "gone"))
    board.go(1)
    assert (board.job and board.job.id, board.wants_failures_of()) == (calm, "")


def test_when_nothing_is_failed_any_more_the_cursor_is_among_jobs() -> None:
    """After a retry the list of failed images is empty and keys go to the jobs again."""
    engine = KeptJobs()
    job = engine.add("a", "/set", failed=(failed("1.jpg"), failed("2.jpg")))
    board = JobBoard(seen(engine))
    board.take_answer(JobAnswered("failures", job, engine.job(job, failures=True)))
    board.among_failed = True
    board.go(1)
    assert where(board) == (failed("2.jpg"), 2, True)
    board.take_answer(JobAnswered("retry", job, engine.retry(job)))
    assert where(board) == (None, 0, False)


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (-3600, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (7199, "1 h ago"),
        (86_400, "1 day ago"),
        (200_000, "2 days ago"),
    ],
)
def test_age(seconds: float, says: str) -> None:
    """Ages are told in one unit; what lies in the future, by a clock that was set back, is recent."""
    assert age(seconds) == says
