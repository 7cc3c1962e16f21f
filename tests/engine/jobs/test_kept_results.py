"""Results: numbered for ever, kept until all collectors have them, and no longer than somebody may want them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.errors import WrongUsage
from engine.jobs.kept_results import KEPT_DAYS, Gone, collected, drop, join, page, purge_old
from engine.jobs.spool import UnknownJob
from engine.wire.protocol import Labels
from tests.engine.jobs.spools import add, failed, job, lines, scored

if TYPE_CHECKING:
    from engine.jobs.spool import Spool
    from engine.wire.protocol import Job


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


def test_a_collector_that_joins_is_waited_for(spool: Spool) -> None:
    """From its cursor on results are kept for a further collector; joining twice, or lower, takes nothing back."""
    asked = job(4)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, place) for place in range(4)])
    join(spool, asked.id, "other", 1)
    join(spool, asked.id, "other", 0)
    collected(spool, asked.id, "me", 4)
    assert [line.seq for line in lines(spool, asked, 1)] == [2, 3, 4]
    join(spool, asked.id, "other", 3)
    assert [line.seq for line in lines(spool, asked, 3)] == [4]
    with pytest.raises(Gone, match="up to 3"):
        join(spool, asked.id, "third", 2)
    with pytest.raises(WrongUsage, match="up to 4, not 5"):
        join(spool, asked.id, "third", 5)
    with pytest.raises(WrongUsage, match="needs a name"):
        join(spool, asked.id, "", 4)


def test_a_collector_that_drops_out_is_no_longer_waited_for(spool: Spool) -> None:
    """What the others have goes when one drops out; when none is left everything else stays, and dropping is safe to repeat."""
    asked = job(3)
    (lane,) = add(spool, asked)
    spool.commit([scored(lane, place) for place in range(3)])
    join(spool, asked.id, "other", 0)
    collected(spool, asked.id, "me", 2)
    assert len(lines(spool, asked)) == 3
    for _ in range(2):
        drop(spool, asked.id, "other")
    assert [line.seq for line in lines(spool, asked, 2)] == [3]
    drop(spool, asked.id, "me")
    assert [line.seq for line in lines(spool, asked, 2)] == [3]


def test_collectors_of_an_unknown_job_are_refused(spool: Spool) -> None:
    """Joining or leaving a job that is not there says so."""
    with pytest.raises(UnknownJob):
        join(spool, "x", "me", 0)
    with pytest.raises(UnknownJob):
        drop(spool, "x", "me")


@pytest.fixture
def ended(spool: Spool) -> dict[str, Job]:
    """Let one job end in each way, each with three results."""
    kinds = {
        "collected by nobody": job(3, number=1, collector=""),
        "disowned": job(3, number=2),
        "cancelled": job(4, number=3),
        "not collected": job(3, number=4),
        "not ended": job(4, number=5, collector=""),
    }
    for asked in kinds.values():
        (lane,) = add(spool, asked)
        spool.commit([scored(lane, 0), scored(lane, 1), failed(lane, 2)])
    drop(spool, kinds["disowned"].id, "me")
    spool.cancel(kinds["cancelled"].id)
    return kinds


def kept(spool: Spool, ended: dict[str, Job]) -> set[str]:
    """Name those whose results can be read from the first on."""
    found = set()
    for name, asked in ended.items():
        try:
            found |= {name} if len(lines(spool, asked)) == 3 else set()
        except Gone:
            continue
    return found


def test_only_what_nobody_will_collect_goes_by_age(
    spool: Spool, ended: dict[str, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results of cancelled and disowned jobs go days after their end; what somebody may still collect never does."""
    assert purge_old(spool) == 0
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + KEPT_DAYS * 86_400 - 60)
    assert purge_old(spool) == 0
    assert kept(spool, ended) == set(ended)
    monkeypatch.setattr(time, "time", lambda: now + KEPT_DAYS * 86_400 + 60)
    assert purge_old(spool) == 9
    assert kept(spool, ended) == {"not collected", "not ended"}
    assert purge_old(spool) == 0


def test_a_clock_that_went_back_purges_nothing(
    spool: Spool, ended: dict[str, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the clock says that a job ends in the future its results stay."""
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert purge_old(spool) == 0
    assert kept(spool, ended) == set(ended)
