"""Asking, collecting, following: what is asked again, what is stored once, what happens when the line breaks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.view import View
from engine.errors import EngineUnreachable, NotWritable, WrongUsage
from engine.tagging.ask import Asked, Request, ask, unrecognised
from engine.tagging.collect import collect
from engine.tagging.follow import RECONNECTS, Heard, follow
from engine.tagging.open_jobs import close_lost, open_jobs, reopen
from engine.tagging.views import Changes
from engine.wire import protocol
from tests.engine.review.shelf import Shelf
from tests.engine.tagging.scripted import LABELS, ScriptedEngine, answer, failure, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("a.png", "b.png", "c.png")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Three images, one with a caption."""
    shelf = Shelf(tmp_path / "set", {"a.png": b"cat", "b.png": None, "c.png": None})
    yield shelf
    shelf.desk.close()


def _answers(shelf: Shelf) -> list[protocol.ResultLine]:
    return [answer(n, shelf.id(name), f"picture {name}".encode()) for n, name in enumerate(NAMES, 1)]


def _follow(shelf: Shelf, engine: ScriptedEngine) -> list[Heard]:
    heard: list[Heard] = []
    for job in open_jobs(shelf.desk):
        follow(shelf.desk, job, engine.client, heard.append)
    return heard


def _tag(shelf: Shelf, engine: ScriptedEngine, request: Request) -> Asked:
    """Ask and collect, the engine answering all that is asked."""
    asked = ask(shelf.desk, engine.client(), request)
    if asked.job:
        wanted = {item.item for item in engine.taken[-1].items}
        lines = [line for line in _answers(shelf) if isinstance(line, protocol.Result) and line.item in wanted]
        engine.scripts.append([LABELS, *lines, protocol.End("done", len(lines))])
        _follow(shelf, engine)
    return asked


def test_what_was_answered_is_not_asked_again(shelf: Shelf) -> None:
    """A second run asks nothing; a changed picture is asked about again, and only that one."""
    engine = ScriptedEngine()
    assert _tag(shelf, engine, Request("m")).items == 3
    again = _tag(shelf, engine, Request("m"))
    assert (again.job, again.items, again.unchanged) == ("", 0, 3)
    (shelf.root / "b.png").write_bytes(b"another")
    shelf.desk.scan()
    asked = ask(shelf.desk, engine.client(), Request("m"))
    assert [item.item for item in engine.taken[-1].items] == [shelf.id("b.png")]
    assert (asked.items, asked.unchanged) == (1, 2)


def test_again_asks_anew(shelf: Shelf) -> None:
    """`--again` asks about everything, and the newer proposal supersedes the older one."""
    engine = ScriptedEngine()
    _tag(shelf, engine, Request("m"))
    assert _tag(shelf, engine, Request("m", again=True)).items == 3
    assert len(shelf.frame("a.png").candidates) == 1
    (count,) = shelf.desk.store.db.execute("SELECT count(*) FROM proposals").fetchone()
    assert count == 6


def test_another_name_for_the_same_model_costs_nothing(shelf: Shelf) -> None:
    """`--as` makes proposals of the answers that are there; so does another merge."""
    engine = ScriptedEngine()
    _tag(shelf, engine, Request("m"))
    renamed = _tag(shelf, engine, Request("m", source="mine"))
    assert (renamed.items, renamed.reused) == (0, 3)
    merged = _tag(shelf, engine, Request("m", merge="replace"))
    assert (merged.items, merged.reused) == (0, 3)
    assert {shown.proposal.source for shown in shelf.frame("a.png").candidates} == {"m", "mine"}


def test_a_threshold_is_a_view(shelf: Shelf) -> None:
    """Another threshold runs no model and changes what is proposed; it stays for the next run without one."""
    engine = ScriptedEngine()
    _tag(shelf, engine, Request("m"))
    assert shelf.desk.view_of("m").threshold == 0.5  # the model's own
    assert [hunk.new for hunk in shelf.frame("a.png").candidates[0].hunks] == ["dark"]
    assert _tag(shelf, engine, Request("m", view=Changes({"threshold": 0.95}))).items == 0
    assert shelf.frame("a.png").candidates[0].hunks == ()
    _tag(shelf, engine, Request("m"))
    assert shelf.desk.view_of("m").threshold == 0.95


def test_a_first_view_is_the_models_own(shelf: Shelf) -> None:
    """Thresholds of categories come with the model, stay beside those the person sets, and can be had back."""
    engine = ScriptedEngine()
    engine.thresholds = {"character": 0.85}
    _tag(shelf, engine, Request("m", view=Changes({"threshold": 0.4, "categories": {"meta": 0.3}})))
    assert shelf.desk.view_of("m") == View(threshold=0.4, categories={"character": 0.85, "meta": 0.3})
    _tag(shelf, engine, Request("m", view=Changes({"rating": "last"}, own=True)))
    assert shelf.desk.view_of("m") == View(threshold=0.5, categories={"character": 0.85}, rating="last")


def test_what_is_seen_anew_is_told(shelf: Shelf) -> None:
    """Only a view that takes the place of another one changes what stands."""
    engine = ScriptedEngine()
    assert not _tag(shelf, engine, Request("m", view=Changes({"threshold": 0.4}))).view_changed
    asked = _tag(shelf, engine, Request("m", view=Changes({"threshold": 0.6})))
    assert (asked.job, asked.unchanged, asked.view_changed) == ("", 3, True)
    assert not _tag(shelf, engine, Request("m", view=Changes({"threshold": 0.6}))).view_changed


@pytest.mark.parametrize("fields", [{"threshold": 0.01}, {"categories": {"meta": 0.01}}, {"tags": {"dark": 0.01}}])
def test_a_threshold_below_the_floor_is_refused(shelf: Shelf, fields: dict[str, object]) -> None:
    """Scores below the floor were not kept; the error says how to get them, and nothing is stored."""
    with pytest.raises(WrongUsage, match="below the lowest score kept") as refusal:
        ask(shelf.desk, ScriptedEngine().client(), Request("m", view=Changes(fields)))
    assert f"cutline tag {shelf.root} --model m --again" in refusal.value.hint
    assert not shelf.desk.has_view("m")


def test_a_view_is_nothing_for_prose(shelf: Shelf) -> None:
    """A captioner has no scores: options of the view are refused, and not passed over in silence."""
    engine = ScriptedEngine()
    engine.kind = "prose"
    with pytest.raises(WrongUsage, match="writes prose"):
        ask(shelf.desk, engine.client(), Request("m", view=Changes({"threshold": 0.5})))


def test_a_broken_line_goes_on_from_the_cursor(shelf: Shelf) -> None:
    """After a break the stream is asked for from the last stored number; results sent twice count once."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    first, second, third = _answers(shelf)
    engine.scripts = [[LABELS, first], [LABELS, first, second], [LABELS, second, third, protocol.End("done", 3)]]
    heard = _follow(shelf, engine)
    assert engine.asked_after == [0, 1, 2]
    assert sum(len(news.batch.proposed) for news in heard) == 3
    assert [through for _, through in engine.acknowledged][-1] == 3
    assert shelf.desk.counts().pending == 3
    assert open_jobs(shelf.desk) == []


def test_what_was_stored_is_acknowledged_by_the_next_one(shelf: Shelf) -> None:
    """Whoever died between storing the last result and saying so left nothing for the engine to keep for ever."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.scripts = [[LABELS, *_answers(shelf)], [protocol.End("done", 3)]]
    (job,) = open_jobs(shelf.desk)
    with pytest.raises(EngineUnreachable):
        collect(shelf.desk, engine.client(), job, lambda _: None)
    engine.acknowledged.clear()
    assert _follow(shelf, engine) == []
    assert [through for _, through in engine.acknowledged] == [3]
    assert open_jobs(shelf.desk) == []


def test_two_may_collect_one_job_into_one_store(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes after the other has acknowledged goes on where the store is by now; the job is not lost."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    first, second, third = _answers(shelf)
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
    engine.scripts = [[LABELS, *_answers(shelf), protocol.End("done", 3)], [protocol.End("done", 3)]]

    def full(*_: object) -> None:
        raise NotWritable("spool.db cannot be written: database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "collected", full)
        assert sum(len(news.batch.proposed) for news in _follow(shelf, engine)) == 3
    assert len(open_jobs(shelf.desk)) == 1
    _follow(shelf, engine)
    assert [through for _, through in engine.acknowledged] == [3]
    assert open_jobs(shelf.desk) == []


def test_an_engine_that_stays_away_is_given_up(shelf: Shelf) -> None:
    """Without a single new result the line is taken up a few times, then the error is shown; the job stays open."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.scripts = [[] for _ in range(RECONNECTS + 1)]
    with pytest.raises(EngineUnreachable):
        _follow(shelf, engine)
    assert engine.scripts == []
    assert len(open_jobs(shelf.desk)) == 1


def test_a_replaced_spool_loses_the_job_and_says_so(shelf: Shelf) -> None:
    """A job the engine no longer knows is marked lost and can be asked anew; nothing is resent by itself."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.spool = "spool-2"
    with pytest.raises(EngineUnreachable, match="is lost"):
        _follow(shelf, engine)
    assert open_jobs(shelf.desk) == []
    assert len(engine.taken) == 1
    assert _tag(shelf, engine, Request("m")).items == 3


def test_results_that_others_collected_lose_the_job(shelf: Shelf) -> None:
    """A restored or copied store whose results are no longer kept marks the job lost, and can ask anew."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    engine.refuses = "gone"
    with pytest.raises(EngineUnreachable, match="is lost"):
        _follow(shelf, engine)
    assert open_jobs(shelf.desk) == []
    engine.refuses = ""
    assert _tag(shelf, engine, Request("m")).items == 3


def test_equal_pictures_are_not_proposed_twice(shelf: Shelf) -> None:
    """Images of the same content each keep their proposal: a second run changes nothing."""
    for name in NAMES:
        (shelf.root / name).write_bytes(b"the same")
    shelf.desk.scan()
    engine = ScriptedEngine()
    asked = ask(shelf.desk, engine.client(), Request("m"))
    lines = [answer(n, shelf.id(name), b"the same") for n, name in enumerate(NAMES, 1)]
    engine.scripts.append([LABELS, *lines, protocol.End("done", 3)])
    _follow(shelf, engine)
    again = ask(shelf.desk, engine.client(), Request("m"))
    assert (asked.items, again.items, again.reused, again.unchanged) == (3, 0, 0, 3)


def test_a_failed_item_is_kept_with_its_reason(shelf: Shelf) -> None:
    """A picture nobody can read is marked so, the others get their proposals."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    first, _, third = _answers(shelf)
    engine.scripts = [[LABELS, first, failure(2, shelf.id("b.png")), third, protocol.End("done", 3)]]
    heard = _follow(shelf, engine)
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
    first, second, third = _answers(shelf)
    engine.scripts = [[LABELS, first]] + [[] for _ in range(RECONNECTS + 1)]
    with pytest.raises(EngineUnreachable):
        _follow(shelf, engine)
    assert shelf.caption("a.png") == b"cat, dark"
    shelf.desk.undo_last()
    shelf.desk.close()
    shelf.desk = shelf.open()
    engine.scripts = [[LABELS, second, third, protocol.End("done", 3)]]
    _follow(shelf, engine)
    assert (shelf.caption("a.png"), shelf.caption("b.png"), shelf.caption("c.png")) == (b"cat", b"dark", b"dark")
    groups = {row.group for row in shelf.desk.history() if row.kind == "accept"}
    assert groups == {asked.group}


def test_a_stale_result_is_not_accepted(shelf: Shelf) -> None:
    """A picture that changed while the job ran gets its candidate, marked stale, and no decision."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m", accept=True))
    (shelf.root / "a.png").write_bytes(b"changed meanwhile")
    engine.scripts = [[LABELS, *_answers(shelf), protocol.End("done", 3)]]
    told = {image: said for news in _follow(shelf, engine) for image, said in news.told}
    assert "changed" in told[shelf.id("a.png")].reason
    assert shelf.caption("a.png") == b"cat"
    assert shelf.frame("a.png").candidates[0].stale
    assert shelf.caption("b.png") == b"dark"


def test_a_glob_chooses_images(shelf: Shelf) -> None:
    """Only images whose path matches are asked about; a glob that matches none is an error."""
    engine = ScriptedEngine()
    assert ask(shelf.desk, engine.client(), Request("m", images="[ab].png")).items == 2
    with pytest.raises(WrongUsage, match="no image matches"):
        ask(shelf.desk, engine.client(), Request("m", images="*.jpg"))


def test_only_some_images_are_asked_about(shelf: Shelf) -> None:
    """Those chosen one by one, as far as the glob has them, too; one that is gone by now is left out."""
    engine = ScriptedEngine()
    only = frozenset({shelf.id("b.png"), shelf.id("c.png"), 99})
    assert ask(shelf.desk, engine.client(), Request("m", only=only)).chosen == (shelf.id("b.png"), shelf.id("c.png"))
    assert ask(shelf.desk, engine.client(), Request("m", images="[ab].png", only=only)).images == 1


def test_a_copied_dataset_collects_for_itself(shelf: Shelf) -> None:
    """A store with another collector id joins at its cursor, and acknowledges only in its own name."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    with shelf.desk.store.transaction() as db:
        db.execute("UPDATE meta SET value = 'other' WHERE key = 'collector'")
    engine.scripts = [[LABELS, *_answers(shelf)], [protocol.End("done", 3)]]
    _follow(shelf, engine)
    assert shelf.desk.counts().pending == 3
    assert engine.joined == [("other", 0), ("other", 3)]
    assert {collector for collector, _ in engine.acknowledged} == {"other"}
    assert len(engine.taken) == 1


def test_what_an_open_job_will_answer_is_not_asked_twice(shelf: Shelf) -> None:
    """Images that an earlier job of the same question still owes are awaited; those it failed on are asked anew."""
    engine = ScriptedEngine()
    first = ask(shelf.desk, engine.client(), Request("m"))
    ours, failed, owed = (shelf.id(name) for name in NAMES)
    engine.scripts = [[LABELS, answer(1, ours, b"picture a.png"), failure(2, failed)]]
    with pytest.raises(IndexError):  # the script ends here, and so does this collector
        _follow(shelf, engine)
    engine.failed = frozenset({failed})
    again = ask(shelf.desk, engine.client(), Request("m"))
    assert [(one.job, one.cursor, one.images) for one in again.awaited] == [(first.job, 2, frozenset({owed}))]
    assert (again.items, again.unchanged) == (1, 1)
    assert [item.item for item in engine.taken[-1].items] == [failed]


@pytest.mark.parametrize(
    "other", [Request("m", source="layer"), Request("m", merge="replace"), Request("m", again=True)]
)
def test_another_question_does_not_wait_for_an_open_job(shelf: Shelf, other: Request) -> None:
    """Another layer, another merge and `--again` are asked for themselves."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    asked = ask(shelf.desk, engine.client(), other)
    assert (asked.awaited, asked.items) == ((), 3)


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
    engine.scripts = [[], [LABELS, *_answers(shelf), protocol.End("done", 3)]]
    _follow(shelf, engine)
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
    engine.scripts = [[LABELS, *_answers(shelf)[:2], failure(3, failed), protocol.End("done", 3)]]
    _follow(shelf, engine)
    reopen(shelf.desk, [told(asked.job, "done", last=3)])
    assert open_jobs(shelf.desk) == []
    reopen(shelf.desk, [told(asked.job, "queued", last=3)])
    (job,) = open_jobs(shelf.desk)
    assert job.cursor == 3
    engine.scripts = [[LABELS, answer(4, failed, b"picture c.png"), protocol.End("done", 4)]]
    _follow(shelf, engine)
    assert shelf.desk.counts().pending == 3


def test_what_is_retried_is_not_asked_twice(shelf: Shelf) -> None:
    """An image that failed and whose failure no longer stands will be answered by the job it failed in."""
    engine = ScriptedEngine()
    first = ask(shelf.desk, engine.client(), Request("m"))
    failed = shelf.id("c.png")
    engine.scripts = [[LABELS, *_answers(shelf)[:2], failure(3, failed), protocol.End("done", 3)]]
    _follow(shelf, engine)
    reopen(shelf.desk, [told(first.job, "done", last=4)])
    again = ask(shelf.desk, engine.client(), Request("m"))
    assert [(one.job, one.images) for one in again.awaited] == [(first.job, frozenset({failed}))]
    assert (again.items, again.unchanged) == (0, 2)


def test_accepting_what_was_asked_without_is_kept(shelf: Shelf) -> None:
    """A job that is awaited accepts from now on, also when whoever asked for that dies; all of it is one group."""
    engine = ScriptedEngine()
    ask(shelf.desk, engine.client(), Request("m"))
    first = ask(shelf.desk, engine.client(), Request("m", accept=True))
    second = ask(shelf.desk, engine.client(), Request("m", accept=True))
    assert first.group is not None
    assert second.group == first.group
    engine.scripts = [[LABELS, *_answers(shelf), protocol.End("done", 3)]]
    _follow(shelf, engine)
    assert shelf.desk.counts().accepted == 3
    assert {row.group for row in shelf.desk.history() if row.kind == "accept"} == {first.group}


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
    engine.scripts = [[LABELS, *_answers(shelf), protocol.End("done", 3)], []]
    _follow(shelf, engine)
    assert follow(shelf.desk, job, engine.client, lambda _: None) == "done"


def test_pictures_whose_files_only_look_changed_are_recognised(shelf: Shelf) -> None:
    """After a copy that sets new times, looking at the pictures spares asking again; a changed one is asked about."""
    engine = ScriptedEngine()
    _tag(shelf, engine, Request("m"))
    for name in NAMES:
        os.utime(shelf.root / name, (1, 1))
    (shelf.root / "c.png").write_bytes(b"another picture")
    shelf.desk.scan()
    changed = unrecognised(shelf.desk, Request("m"))
    assert changed == [shelf.id(name) for name in NAMES]
    for image in changed:
        shelf.desk.look_again(image)
    asked = ask(shelf.desk, engine.client(), Request("m"))
    assert (asked.items, asked.unchanged) == (1, 2)
    assert unrecognised(shelf.desk, Request("m", source="another")) == []
