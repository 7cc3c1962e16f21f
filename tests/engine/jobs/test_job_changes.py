"""Changes of jobs: refused where they make no sense, and safe to repeat."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from engine.errors import NotWritable, Refused
from engine.jobs.kept_results import collected, page
from engine.jobs.spool import Spool, UnknownJob
from tests.engine.jobs.spools import STEPS, add, failed, job, lines, scored

if TYPE_CHECKING:
    from pathlib import Path


def test_a_paused_job_gives_out_nothing(spool: Spool) -> None:
    """While a job is paused it has no lanes and its old ones give nothing; what was in flight is stored; resuming goes on."""
    asked = job(4)
    (lane,) = add(spool, asked)
    spool.order(lane, 2)
    assert spool.pause(lane.job, "the worker dies").message == "the worker dies"
    assert spool.pause(asked.id).message == "the worker dies"
    assert (spool.lanes(), spool.order(lane, 9).tasks) == ([], ())
    (info,) = spool.commit([scored(lane, 0)])
    assert (info.state, info.done) == ("paused", 1)
    info, (lane,) = spool.resume(asked.id)
    assert (info.state, info.message) == ("queued", "")
    assert [task.place for task in spool.order(lane, 9).tasks] == [1, 2, 3]
    assert spool.resume(asked.id)[1] == []
    assert spool.job(asked.id).state == "running"


def test_a_paused_job_stays_paused_in_the_next_engine(tmp_path: Path) -> None:
    """Opened again, the spool gives out nothing of a paused job; a job that was running goes on."""
    with closing(Spool(tmp_path / "spool.db")) as spool:
        for number in range(2):
            (lane,) = add(spool, job(2, number=number))
            spool.order(lane, 1)
        spool.pause(job(number=0).id)
    with closing(Spool(tmp_path / "spool.db")) as spool:
        assert [lane.job for lane in spool.lanes()] == [2]
        assert spool.job(job(number=0).id).state == "paused"


def test_a_paused_job_that_gets_its_last_answer_is_done(spool: Spool) -> None:
    """When all that was left was in flight, the job ends although it was paused."""
    asked = job(1)
    (lane,) = add(spool, asked)
    spool.order(lane, 1)
    spool.pause(asked.id, "a while")
    (info,) = spool.commit([scored(lane, 0)])
    assert (info.state, info.message) == ("done", "")


def test_a_cancelled_job_keeps_what_is_done(spool: Spool) -> None:
    """What came before can be read and collected; what comes later is dropped; cancelling again changes nothing."""
    asked = job(4)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, 0), scored(lane, 1)])
    info = spool.cancel(asked.id)
    assert (info.state, info.done, info.last) == ("cancelled", 2, 2)
    assert spool.cancel(asked.id) == info
    assert spool.commit([scored(lane, 2)]) == ()
    assert (spool.lanes(), spool.order(lane, 9).tasks) == ([], ())
    assert page(spool, asked.id, 0, 9).state == "cancelled"
    collected(spool, asked.id, "me", 2)
    assert lines(spool, asked, 2) == []


def test_a_retry_runs_just_what_failed(spool: Spool) -> None:
    """Failed items wait again and no longer count as failed; new results go on in number; retrying again does nothing."""
    asked = job(4)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, 0), failed(lane, 1), failed(lane, 2), scored(lane, 3)])
    info, (lane,) = spool.retry(asked.id)
    assert (info.state, info.done, info.failed, info.last, info.ended) == ("queued", 2, 0, 4, None)
    assert spool.failures(asked.id) == ()
    assert [task.place for task in spool.order(lane, 9).tasks] == [1, 2]
    (info,) = spool.commit([scored(lane, 1), failed(lane, 2)])
    assert (info.state, info.done, info.failed, info.last) == ("done", 3, 1, 6)
    assert [line.seq for line in lines(spool, asked, 4)] == [5, 6]
    spool.commit([scored(spool.retry(asked.id)[1][0], 2)])
    info = spool.job(asked.id)
    assert spool.retry(asked.id) == (info, [])
    assert (info.state, info.done, info.last) == ("done", 4, 7)


def test_a_retry_begins_anew(spool: Spool) -> None:
    """A job that had ended has not started again until it does; one that still runs goes on."""
    asked = job(3)
    (lane,) = add(spool, asked)
    spool.order(lane, 3)
    spool.commit([failed(lane, 0), scored(lane, 1)])
    started = spool.job(asked.id).started
    assert started is not None
    assert spool.retry(asked.id)[0].started == started
    spool.commit([scored(lane, 0), failed(lane, 2)])
    info, (lane,) = spool.retry(asked.id)
    assert info.started is None
    spool.order(lane, 1)
    assert (spool.job(asked.id).started or 0.0) > started


def test_the_time_of_a_retry_comes_on_top(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a job took is told over both runs, and what lay between them is not in it."""
    clock = [1000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    asked = job(1)
    (lane,) = add(spool, asked)
    for begins, ends, in_all in ((1010.0, 1031.0, 21.0), (5000.0, 5002.0, 23.0), (9000.0, 9004.0, 27.0)):
        clock[0] = begins
        spool.order(lane, 1)
        clock[0] = ends
        (info,) = spool.commit([failed(lane, 0)])
        assert info.took(ends + 1000) == in_all
        info, (lane,) = spool.retry(asked.id)
        assert info.took(ends + 1000) == in_all, "it has not begun anew"


def test_a_retry_of_one_step_leaves_the_other(spool: Spool) -> None:
    """Of a picture with two steps only the one that failed runs again, also while the other is still waiting."""
    asked = job(2, steps=2)
    first, second = add(spool, asked)
    spool.commit([failed(first, 0), scored(second, 0, ""), failed(first, 1)])
    info, lanes = spool.retry(asked.id)
    assert (info.done, info.failed) == (0, 0)
    assert [[task.place for task in spool.order(lane, 9).tasks] for lane in lanes] == [[0, 1], [1]]
    (info,) = spool.commit([scored(first, 0), scored(first, 1), scored(second, 1)])
    assert (info.state, info.done) == ("done", 2)


def test_a_retry_of_a_paused_job_waits_with_it(spool: Spool) -> None:
    """What failed in a paused job waits again, and is given out when the job is resumed."""
    asked = job(2)
    (lane,) = add(spool, asked)
    spool.commit([failed(lane, 0)])
    spool.pause(asked.id, "why")
    info, lanes = spool.retry(asked.id)
    assert (info.state, info.message, info.failed, lanes) == ("paused", "why", 0, [])
    (lane,) = spool.resume(asked.id)[1]
    assert [task.place for task in spool.order(lane, 9).tasks] == [0, 1]


def test_changes_that_make_no_sense_are_refused(spool: Spool) -> None:
    """A job that has ended is not paused, resumed or cancelled; a cancelled one is not retried; a running one not forgotten."""
    done, cancelled, running = job(0), job(2, number=1), job(2, number=2)
    for asked in (done, cancelled, running):
        add(spool, asked)
    spool.cancel(cancelled.id)
    for change, asked, words in (
        (spool.pause, done, "is done and cannot be paused"),
        (spool.resume, done, "is done and cannot be resumed"),
        (spool.cancel, done, "is done and cannot be cancelled"),
        (spool.pause, cancelled, "was cancelled and cannot be paused"),
        (spool.resume, cancelled, "was cancelled and cannot be resumed"),
        (spool.retry, cancelled, "was cancelled and cannot be retried"),
        (spool.forget, running, "is queued"),
    ):
        with pytest.raises(Refused, match=words) as refused:
            change(asked.id)
        assert asked.id in refused.value.message
        assert refused.value.hint
    for ask in (spool.pause, spool.resume, spool.cancel, spool.retry, spool.forget, spool.failures):
        with pytest.raises(UnknownJob):
            ask("x")


def test_a_forgotten_job_leaves_nothing(spool: Spool) -> None:
    """Nothing of a forgotten job is left in any table, others keep theirs, and what was in flight is dropped."""
    asked, other = job(3), job(3, number=1)
    (lane,), (theirs,) = add(spool, asked), add(spool, other)
    spool.commit([scored(lane, 0), failed(lane, 1), scored(theirs, 0)])
    spool.cancel(asked.id)
    spool.forget(asked.id)
    for table in ("results", "work", "items", "collectors"):
        assert {number for (number,) in spool.db.execute(f"SELECT job FROM {table}")} == {theirs.job}
    assert [info.id for info in spool.jobs()] == [other.id]
    assert spool.commit([scored(lane, 2)]) == ()
    assert spool.order(lane, 9).tasks == ()
    assert len(lines(spool, other)) == 1


def test_a_warning_stays_with_its_job(spool: Spool) -> None:
    """What a job was warned of is told with it, also after its end."""
    asked = job(1)
    (lane,) = add(spool, asked)
    assert spool.warn(lane.job, "it runs on the CPU").warning == "it runs on the CPU"
    assert spool.commit([scored(lane, 0)])[0].warning == "it runs on the CPU"


def test_a_full_disk_leaves_a_job_as_it_is(spool: Spool) -> None:
    """A change that cannot be written is refused, and the job is as before."""
    asked = job(2)
    add(spool, asked)
    before = spool.job(asked.id)
    spool.db.execute("PRAGMA query_only = ON")  # as on a file system that became read-only
    for change in (spool.pause, spool.cancel):
        with pytest.raises(NotWritable, match=r"spool\.db"):
            change(asked.id)
    with pytest.raises(NotWritable):
        spool.add(job(1, number=1), STEPS[:1])
    assert spool.jobs() == (before,)
