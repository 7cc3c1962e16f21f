"""Jobs and results on disk: each result counted once, numbers never reused, purged when all have them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.errors import TooNew, Unreadable, WrongUsage
from engine.jobs.frames import Outcome
from engine.jobs.kept_results import Gone, collected, page
from engine.jobs.spool import Spool, UnknownJob
from engine.wire.protocol import Failure, Item, Job, Labels, RawName, ResolvedStep, Result, ResultLine, Step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.jobs.frames import Task
    from engine.jobs.scheduler import Lane

STEPS = (ResolvedStep("tags", "m", "tags", "f" * 64, {"a": 1}, 0.35, 0.05), ResolvedStep("text", "n", "prose", "e", {}))
BOOM = Failure("adapter", "boom")


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """Open a fresh spool that knows one label table."""
    spool = Spool(tmp_path / "spool.db")
    spool.commit((), [Labels("L", ("a",), ("general",))])
    yield spool
    spool.close()


def job(items: int = 4, steps: int = 1, number: int = 0, collector: str = "me") -> Job:
    """Make a job whose items are numbered from 10."""
    asked = tuple(Step(step.name, step.model) for step in STEPS[:steps])
    return Job(f"{number:032x}", collector, "/data", asked, tuple(Item(10 + n, f"{n}.png") for n in range(items)))


def add(spool: Spool, asked: Job) -> list[Lane]:
    """Add a job."""
    return spool.add(asked, STEPS[: len(asked.steps)])[1]


def scored(lane: Lane, place: int, labels: str = "L") -> Outcome:
    """Make an outcome with scores."""
    return Outcome(lane.job, lane.step, place, "d" * 64, 0.5, labels, b"blob")


def lines(spool: Spool, asked: Job, after: int = 0) -> list[Result]:
    """Read the results after a cursor."""
    decoded: list[ResultLine] = [
        msgspec.json.decode(line, type=ResultLine) for line in page(spool, asked.id, after, 1000).lines
    ]
    return [line for line in decoded if isinstance(line, Result)]


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


def test_label_tables_come_before_their_results(spool: Spool) -> None:
    """A stream gets each label table once, before the first result that names it, and not when it has it."""
    asked = job(3)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, 0), scored(lane, 1, "M"), scored(lane, 2)], [Labels("M", ("b",), ("general",))])
    first = page(spool, asked.id, 0, 2)
    kinds = [msgspec.json.decode(line)["type"] for line in first.lines]
    assert kinds == ["labels", "labels", "result", "result"]
    assert (first.labels, first.through, first.last) == (frozenset({"L", "M"}), 2, 3)
    assert len(page(spool, asked.id, 2, 9, first.labels).lines) == 1
    assert len(page(spool, asked.id, 2, 9).lines) == 2


def test_results_go_when_the_last_collector_has_them(spool: Spool) -> None:
    """Results are kept until every collector acknowledged them; the cursor of each only rises."""
    asked = job(4)
    (lane,) = add(spool, asked)
    spool.db.execute("INSERT INTO collectors (job, collector) VALUES (?, 'other')", (lane.job,))
    spool.commit([scored(lane, n) for n in range(4)])
    collected(spool, asked.id, "me", 3)
    assert len(lines(spool, asked)) == 4
    collected(spool, asked.id, "other", 2)
    collected(spool, asked.id, "other", 1)
    assert [line.seq for line in lines(spool, asked, 2)] == [3, 4]
    with pytest.raises(Gone):
        page(spool, asked.id, 1, 9)


def test_numbers_are_never_reused(spool: Spool) -> None:
    """After everything was purged the next result goes on with the next number."""
    asked = job(3)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, 0), scored(lane, 1)])
    collected(spool, asked.id, "me", 2)
    spool.commit([scored(lane, 2)])
    assert [line.seq for line in lines(spool, asked, 2)] == [3]


def test_results_without_a_collector_stay(spool: Spool) -> None:
    """A job that names no collector keeps its results; nobody can acknowledge them."""
    asked = job(1, collector="")
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, 0)])
    with pytest.raises(WrongUsage, match="does not collect"):
        collected(spool, asked.id, "me", 1)
    assert len(lines(spool, asked)) == 1


@pytest.mark.parametrize("through", [-1, 2, 10**30])
def test_only_what_came_can_be_acknowledged(spool: Spool, through: int) -> None:
    """An acknowledgement beyond the last number, or below none, is refused."""
    asked = job(2)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, 0)])
    with pytest.raises(WrongUsage, match="up to 1"):
        collected(spool, asked.id, "me", through)


def test_an_unknown_job_is_named(spool: Spool) -> None:
    """Asking for a job that is not there says so with a code of its own."""
    for ask in (
        lambda: spool.job("x"),
        lambda: page(spool, "x", 0, 1),
        lambda: collected(spool, "x", "me", 0),
    ):
        with pytest.raises(UnknownJob, match="no job x") as unknown:
            ask()
        assert unknown.value.code == "unknown-job"


def test_a_known_id_changes_nothing(spool: Spool) -> None:
    """Adding a job whose id is known gives the first one back, with no new work."""
    add(spool, job(2))
    info, lanes = spool.add(job(9), STEPS[:1])
    assert (info.items, lanes) == (2, [])
    assert spool.counts() == {"queued": 1}


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


def test_a_newer_spool_is_refused(tmp_path: Path) -> None:
    """A spool of a newer cutline is not touched."""
    path = tmp_path / "spool.db"
    Spool(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(TooNew, match=r"spool\.db"):
        Spool(path)


def test_what_is_no_spool_is_refused(tmp_path: Path) -> None:
    """A file that is no database is named."""
    path = tmp_path / "spool.db"
    path.write_bytes(b"rubbish" * 1000)
    with pytest.raises(Unreadable, match=r"spool\.db cannot be opened"):
        Spool(path)


def test_every_table_is_strict(spool: Spool) -> None:
    """Every table of the spool refuses values of a wrong type."""
    tables = spool.db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    assert {name for name, strict in tables if not strict} <= {"sqlite_schema", "sqlite_sequence"}
