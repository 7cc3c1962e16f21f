"""Work and what comes of it: each picture given once, each result counted once."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.errors import NotWritable
from engine.jobs.frames import Outcome
from engine.jobs.spool import Spool
from engine.wire.protocol import Item, RawName
from tests.engine.jobs.spools import BOOM, STEPS, add, failed, job, lines, scored

if TYPE_CHECKING:
    from pathlib import Path

    from engine.jobs.frames import Task


def test_orders_give_each_picture_once(spool: Spool) -> None:
    """A lane hands out its pictures in order and in parts, each with its absolute path, and is then empty."""
    (lane,) = add(spool, job(5))
    given: list[Task] = []
    while tasks := spool.order(lane, 2).tasks:
        given += tasks
        lane.given = tasks[-1].place
    assert [(task.place, task.path) for task in given] == [(n, b"/data/%d.png" % n) for n in range(5)]
    assert spool.job(job().id).state == "running"


def test_an_order_carries_what_the_model_needs(spool: Spool) -> None:
    """An order holds the resolved options, the floor as u16, and says whether it is urgent."""
    asked = msgspec.structs.replace(job(1), priority="urgent", device="cpu")
    (lane,) = add(spool, asked)
    order = spool.order(lane, 9)
    assert (order.model, order.options, order.floor, order.urgent) == ("m", {"a": 1}, 3277, True)


def test_names_stay_bytes(spool: Spool) -> None:
    """Root and path may be any bytes; a path goes before the key."""
    item = Item(1, "key.png", path=RawName("//5hLnBuZw=="))
    asked = msgspec.structs.replace(job(), root=RawName("L2RhdGH/"), items=(item,))
    (lane,) = add(spool, asked)
    assert spool.order(lane, 9).tasks[0].path == b"/data\xff/\xff\xfea.png"


def test_each_result_counts_once(spool: Spool) -> None:
    """An outcome that comes twice, in one commit or in two, gets one number."""
    asked = job(2)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, 0), scored(lane, 0)])
    (info,) = spool.commit([scored(lane, 0)])
    assert (info.done, info.last) == (1, 1)
    assert [(line.seq, line.item) for line in lines(spool, asked)] == [(1, 10)]


def test_a_job_is_done_with_its_last_picture(spool: Spool) -> None:
    """Answered and failed pictures together end the job; what comes later is dropped."""
    asked = job(2)
    (lane,) = add(spool, asked)
    assert spool.commit([scored(lane, 0)])[0].state == "queued"
    (info,) = spool.commit([Outcome(lane.job, 0, 1, error=BOOM)])
    assert (info.state, info.done, info.failed, info.items) == ("done", 1, 1, 2)
    assert info.ended is not None
    assert spool.commit([scored(lane, 1)]) == ()
    assert [line.error for line in lines(spool, asked)] == [None, BOOM]
    assert spool.lanes() == []


def test_a_picture_with_two_steps_is_done_after_both(spool: Spool) -> None:
    """A picture counts when all its steps ended, and as failed when one of them did; each step gives a result."""
    asked = job(2, steps=2)
    first, second = add(spool, asked)
    (info,) = spool.commit([scored(first, 0), scored(first, 1)])
    assert (info.done, info.failed) == (0, 0)
    (info,) = spool.commit([Outcome(second.job, 1, 0, text="a cat"), Outcome(second.job, 1, 1, error=BOOM)])
    assert (info.done, info.failed, info.state, info.last) == (1, 1, "done", 4)
    assert [line.step for line in lines(spool, asked)] == ["tags", "tags", "text", "text"]


def test_several_jobs_in_one_commit(spool: Spool) -> None:
    """Outcomes of several jobs come together and each job counts its own numbers."""
    one, other = job(2), job(2, number=1)
    (a,), (b,) = add(spool, one), add(spool, other)
    infos = spool.commit([scored(b, 0), scored(a, 0), scored(b, 1)])
    assert [(info.id, info.last) for info in infos] == [(one.id, 1), (other.id, 2)]


def test_what_was_not_answered_waits_after_a_restart(tmp_path: Path) -> None:
    """A spool opened again has the same id and gives out what is not answered, whoever had it in flight."""
    path = tmp_path / "spool.db"
    spool = Spool(path)
    (lane,) = add(spool, job(4))
    spool.order(lane, 4)
    spool.commit([scored(lane, 1)])
    spool.close()
    again = Spool(path)
    assert again.id == spool.id
    (lane,) = again.lanes()
    assert [task.place for task in again.order(lane, 9).tasks] == [0, 2, 3]
    again.close()


def test_a_fault_in_a_commit_leaves_nothing_half_done(spool: Spool) -> None:
    """When a commit breaks in its middle neither results nor counters nor tasks have changed, and it can be repeated."""
    asked = job(2)
    (lane,) = add(spool, asked)
    spool.db.execute("INSERT INTO results VALUES (?, 2, NULL, x'')", (lane.job,))  # in the way of the second one
    outcomes = [scored(lane, 0), scored(lane, 1)]
    with pytest.raises(sqlite3.IntegrityError):
        spool.commit(outcomes)
    assert (spool.job(asked.id).last, spool.job(asked.id).done) == (0, 0)
    spool.db.execute("DELETE FROM results")
    assert spool.commit(outcomes)[0].done == 2


def test_an_urgent_answer_is_the_answer_of_every_job_that_asks_the_same(spool: Spool) -> None:
    """The same question about the same file gets one answer and two results; other files and questions do not."""
    asked = job(3)
    (lane,) = add(spool, asked)
    other = msgspec.structs.replace(job(3, number=1), root="/elsewhere")
    add(spool, other)
    (different,) = spool.add(job(3, number=2), (msgspec.structs.replace(STEPS[0], fingerprint="g"),))[1]
    look = msgspec.structs.replace(job(number=3), priority="urgent", items=(Item(1, "1.png"),))
    (urgent,) = add(spool, look)
    infos = spool.commit([scored(urgent, 0)])
    assert [(info.id, info.done, info.state) for info in infos] == [(look.id, 1, "done"), (asked.id, 1, "queued")]
    (line,) = lines(spool, asked)
    assert (line.seq, line.item, line.digest) == (1, 11, "d" * 64)
    assert [task.place for task in spool.order(lane, 9).tasks] == [0, 2]
    assert spool.order(different, 9).tasks[1].place == 1
    spool.commit([scored(lane, 1)])  # it was in flight
    assert spool.job(asked.id).last == 1


def test_an_urgent_failure_is_its_own(spool: Spool) -> None:
    """Where an urgent job fails, others that ask the same still get their try; and only urgent ones are shared."""
    asked = job(2)
    (lane,) = add(spool, asked)
    (urgent,) = add(spool, msgspec.structs.replace(job(2, number=1), priority="urgent"))
    (normal,) = add(spool, job(2, number=2))
    spool.commit([failed(urgent, 0), scored(normal, 1)])
    assert [task.place for task in spool.order(lane, 9).tasks] == [0, 1]


def test_a_full_disk_changes_nothing(spool: Spool, tmp_path: Path) -> None:
    """Where there is no room a commit says so, leaves everything as it was, and can be repeated when there is."""
    asked = job(300)
    (lane,) = add(spool, asked)
    spool.order(lane, 300)
    outcomes = [Outcome(lane.job, 0, place, text="x" * 5000) for place in range(300)]
    (pages,) = spool.db.execute("PRAGMA page_count").fetchone()
    spool.db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(NotWritable, match=r"spool\.db cannot be written: .*full") as refused:
        spool.commit(outcomes)
    assert str(tmp_path) in refused.value.message
    with pytest.raises(NotWritable):
        add(spool, job(2000, number=1))
    assert [info.id for info in spool.jobs()] == [asked.id]
    assert (spool.job(asked.id).last, spool.job(asked.id).done, lines(spool, asked)) == (0, 0, [])
    spool.db.execute("PRAGMA max_page_count = 1000000")
    assert spool.commit(outcomes)[0].done == 300
