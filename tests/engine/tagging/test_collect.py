"""Collecting and following: what is stored once, what happens when the line breaks, which jobs are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import EngineUnreachable, NotWritable
from engine.tagging.ask import ask
from engine.tagging.collect import collect
from engine.tagging.follow import RECONNECTS, follow
from engine.tagging.open_jobs import close_lost, open_jobs, reopen
from engine.tagging.request import Request
from engine.wire import protocol
from tests.engine.tagging.scripted import LABELS, ScriptedEngine, answer, failure, told
from tests.engine.tagging.turns import answers, follow_all, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.review.shelf import Shelf


def test_a_broken_line_goes_on_from_the_cursor(shelf: Shelf) -> None:
    """After a break the stream is asked for from the last stored number; results sent twice count once."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    first, second, third = answers(shelf)
    engine.scripts = [[LABELS, first], [LABELS, first, second], [LABELS, second, third, protocol.End("done", 3)]]
    heard = follow_all(shelf, engine)
    assert engine.asked_after == [0, 1, 2]
    assert sum(len(news.batch.proposed) for news in heard) == 3
    assert [through for _, through in engine.acknowledged][-1] == 3
    assert shelf.desk.counts().pending == 3
    assert open_jobs(shelf.desk) == []


def test_what_was_stored_is_acknowledged_by_the_next_one(shelf: Shelf) -> None:
    """Whoever died between storing the last result and saying so left nothing for the engine to keep for ever."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.scripts = [[LABELS, *answers(shelf)], [protocol.End("done", 3)]]
    (job,) = open_jobs(shelf.desk)
    with pytest.raises(EngineUnreachable):
        collect(shelf.desk, engine.client(), job, lambda _: None)
    engine.acknowledged.clear()
    assert follow_all(shelf, engine) == []
    assert [through for _, through in engine.acknowledged] == [3]
    assert open_jobs(shelf.desk) == []


def test_two_may_collect_one_job_into_one_store(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes after the other has acknowledged goes on where the store is by now; the job is not lost."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    first, second, third = answers(shelf)
    engine.scripts = [[LABELS, first, second], [LABELS, third, protocol.End("done", 3)]]
    (before,) = open_jobs(shelf.desk)
    with pytest.raises(EngineUnreachable):
        collect(shelf.desk, engine.client(), before, lambda _: None)
    play = engine.results

    def purged(job: str, after: int = 0, *, follow: bool = True) -> Iterator[list[protocol.ResultLine]]:
        engine.refuses = "" if after >= 2 else "gone"
        return play(job, after, follow=follow)

    monkeypatch.setattr(engine, "results", purged)
    assert collect(shelf.desk, engine.client(), before, lambda _: None) == "done"
    assert engine.asked_after == [0, 2]
    assert (shelf.desk.counts().pending, open_jobs(shelf.desk)) == (3, [])


def test_an_engine_without_room_is_told_later(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk under the spool ends no collecting; the job stays open until the engine knows what is stored."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.scripts = [[LABELS, *answers(shelf), protocol.End("done", 3)], [protocol.End("done", 3)]]

    def full(*_: object) -> None:
        raise NotWritable("spool.db cannot be written: database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "collected", full)
        assert sum(len(news.batch.proposed) for news in follow_all(shelf, engine)) == 3
    assert len(open_jobs(shelf.desk)) == 1
    follow_all(shelf, engine)
    assert [through for _, through in engine.acknowledged] == [3]
    assert open_jobs(shelf.desk) == []


def test_an_engine_that_stays_away_is_given_up(shelf: Shelf) -> None:
    """Without a single new result the line is taken up a few times, then the error is shown; the job stays open."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.scripts = [[] for _ in range(RECONNECTS + 1)]
    with pytest.raises(EngineUnreachable):
        follow_all(shelf, engine)
    assert engine.scripts == []
    assert len(open_jobs(shelf.desk)) == 1


def test_a_replaced_spool_loses_the_job_and_says_so(shelf: Shelf) -> None:
    """A job the engine no longer knows is marked lost and can be asked anew; nothing is resent by itself."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.spool = "spool-2"
    with pytest.raises(EngineUnreachable, match="is lost"):
        follow_all(shelf, engine)
    assert open_jobs(shelf.desk) == []
    assert len(engine.taken) == 1
    assert tag(shelf, engine, Request("m")).items == 3


def test_results_that_others_collected_lose_the_job(shelf: Shelf) -> None:
    """A restored or copied store whose results are no longer kept marks the job lost, and can ask anew."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.refuses = "gone"
    with pytest.raises(EngineUnreachable, match="is lost"):
        follow_all(shelf, engine)
    assert open_jobs(shelf.desk) == []
    engine.refuses = ""
    assert tag(shelf, engine, Request("m")).items == 3


def test_a_failed_item_is_kept_with_its_reason(shelf: Shelf) -> None:
    """A picture nobody can read is marked so, the others get their proposals."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    first, _, third = answers(shelf)
    engine.scripts = [[LABELS, first, failure(2, shelf.id("b.png")), third, protocol.End("done", 3)]]
    heard = follow_all(shelf, engine)
    failed = [failure for news in heard for failure in news.batch.failed]
    assert [(image, error.code) for image, error in failed] == [(shelf.id("b.png"), "unreadable")]
    assert shelf.desk.counts().unreadable == 1
    shelf.desk.close()
    shelf.desk = shelf.open()
    assert shelf.desk.counts().unreadable == 1
    (shelf.root / "b.png").write_bytes(b"repaired")
    shelf.desk.scan()
    assert shelf.desk.counts().unreadable == 0


def test_accepting_a_job_is_one_group_also_across_a_restart(shelf: Shelf) -> None:
    """What a stopped run stored but did not decide is decided by the next; what was undone stays undone."""
    engine = ScriptedEngine()
    asked = ask(shelf.desk, engine.client(), Request("m", accept=True))
    first, second, third = answers(shelf)
    engine.scripts = [[LABELS, first]] + [[] for _ in range(RECONNECTS + 1)]
    with pytest.raises(EngineUnreachable):
        follow_all(shelf, engine)
    assert shelf.caption("a.png") == b"cat, dark"
    shelf.desk.undo_last()
    shelf.desk.close()
    shelf.desk = shelf.open()
    engine.scripts = [[LABELS, second, third, protocol.End("done", 3)]]
    follow_all(shelf, engine)
    assert (shelf.caption("a.png"), shelf.caption("b.png"), shelf.caption("c.png")) == (b"cat", b"dark", b"dark")
    groups = {row.group for row in shelf.desk.history() if row.kind == "accept"}
    assert groups == {asked.group}


def test_a_stale_result_is_not_accepted(shelf: Shelf) -> None:
    """A picture that changed while the job ran gets its candidate, marked stale, and no decision."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m", accept=True))
    (shelf.root / "a.png").write_bytes(b"changed meanwhile")
    engine.scripts = [[LABELS, *answers(shelf), protocol.End("done", 3)]]
    told = {image: said for news in follow_all(shelf, engine) for image, said in news.told}
    assert "changed" in told[shelf.id("a.png")].reason
    assert shelf.caption("a.png") == b"cat"
    assert shelf.frame("a.png").candidates[0].stale
    assert shelf.caption("b.png") == b"dark"


def test_a_copied_dataset_collects_for_itself(shelf: Shelf) -> None:
    """A store with another collector id joins at its cursor, and acknowledges only in its own name."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    with shelf.desk.store.transaction() as db:
        db.execute("UPDATE meta SET value = 'other' WHERE key = 'collector'")
    engine.scripts = [[LABELS, *answers(shelf)], [protocol.End("done", 3)]]
    follow_all(shelf, engine)
    assert shelf.desk.counts().pending == 3
    assert engine.joined == [("other", 0), ("other", 3)]
    assert {collector for collector, _ in engine.acknowledged} == {"other"}
    assert len(engine.taken) == 1


def test_a_submission_that_was_cut_off_is_made_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that was committed but never reached the engine is sent by whoever collects; one that did is not."""
    engine = ScriptedEngine()

    def cut(_: protocol.Job) -> None:
        raise EngineUnreachable("the line broke")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "submit", cut)
        with pytest.raises(EngineUnreachable):
            ask(shelf.desk, engine.client(), Request("m"))
    assert not engine.taken
    engine.scripts = [[], [LABELS, *answers(shelf), protocol.End("done", 3)]]
    follow_all(shelf, engine)
    assert len(engine.taken) == 1
    assert shelf.desk.counts().pending == 3


def test_jobs_the_engine_forgot_are_closed(shelf: Shelf) -> None:
    """A job that was sent and is unknown now is lost, and said so; it is never sent again silently."""
    engine = ScriptedEngine()
    asked = ask(shelf.desk, engine.client(), Request("m"))
    assert close_lost(shelf.desk, engine.client()) == []
    engine.taken.clear()
    (problem,) = close_lost(shelf.desk, engine.client())
    assert asked.job[:8] in str(problem)
    assert "cutline tag" in problem.hint
    assert open_jobs(shelf.desk) == []
    assert not engine.taken


def test_a_job_that_was_retried_is_collected_further(shelf: Shelf) -> None:
    """A job collected to its end opens again when the engine has newer results of it, and only then."""
    engine = ScriptedEngine()
    asked = ask(shelf.desk, engine.client(), Request("m"))
    failed = shelf.id("c.png")
    engine.scripts = [[LABELS, *answers(shelf)[:2], failure(3, failed), protocol.End("done", 3)]]
    follow_all(shelf, engine)
    reopen(shelf.desk, [told(asked.job, "done", last=3)])
    assert open_jobs(shelf.desk) == []
    reopen(shelf.desk, [told(asked.job, "queued", last=3)])
    (job,) = open_jobs(shelf.desk)
    assert job.cursor == 3
    engine.scripts = [[LABELS, answer(4, failed, b"picture c.png"), protocol.End("done", 4)]]
    follow_all(shelf, engine)
    assert shelf.desk.counts().pending == 3


def test_a_copy_whose_results_are_gone_asks_for_itself(shelf: Shelf) -> None:
    """A copied dataset that cannot join loses the job at once, so that its images are asked about anew."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    with shelf.desk.store.transaction() as db:
        db.execute("UPDATE meta SET value = 'other' WHERE key = 'collector'")
    engine.refuses = "gone"
    (problem,) = close_lost(shelf.desk, engine.client())
    assert "no longer kept" in str(problem)
    assert ask(shelf.desk, engine.client(), Request("m")).items == 3


def test_a_job_that_another_cutline_collected_is_done(shelf: Shelf) -> None:
    """Whoever follows a job to which somebody else on this dataset came to the end is not told that it broke off."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    (job,) = open_jobs(shelf.desk)
    engine.scripts = [[LABELS, *answers(shelf), protocol.End("done", 3)], []]
    follow_all(shelf, engine)
    assert follow(shelf.desk, job, engine.client, lambda _: None) == "done"
