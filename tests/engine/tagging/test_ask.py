"""Asking: what is asked again, what is answered from the store, through which view it is seen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.view import View
from engine.errors import WrongUsage
from engine.tagging.answered import unrecognised
from engine.tagging.ask import ask
from engine.tagging.open_jobs import reopen
from engine.tagging.request import Request
from engine.tagging.views import Changes
from engine.wire import protocol
from tests.engine.tagging.scripted import LABELS, ScriptedEngine, answer, failure, told
from tests.engine.tagging.turns import NAMES, answers, follow_all, tag

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_what_was_answered_is_not_asked_again(shelf: Shelf) -> None:
    """A second run asks nothing; a changed picture is asked about again, and only that one."""
    engine = ScriptedEngine()
    assert tag(shelf, engine, Request("m")).items == 3
    again = tag(shelf, engine, Request("m"))
    assert (again.job, again.items, again.unchanged) == ("", 0, 3)
    (shelf.root / "b.png").write_bytes(b"another")
    shelf.desk.scan()
    asked = ask(shelf.desk, engine.client(), Request("m"))
    assert [item.item for item in engine.taken[-1].items] == [shelf.id("b.png")]
    assert (asked.items, asked.unchanged) == (1, 2)


def test_again_asks_anew(shelf: Shelf) -> None:
    """`--again` asks about everything, and the newer proposal supersedes the older one."""
    engine = ScriptedEngine()
    tag(shelf, engine, Request("m"))
    assert tag(shelf, engine, Request("m", again=True)).items == 3
    assert len(shelf.frame("a.png").candidates) == 1
    (count,) = shelf.desk.store.db.execute("SELECT count(*) FROM proposals").fetchone()
    assert count == 6


def test_another_name_for_the_same_model_costs_nothing(shelf: Shelf) -> None:
    """`--as` makes proposals of the answers that are there; so does another merge."""
    engine = ScriptedEngine()
    tag(shelf, engine, Request("m"))
    renamed = tag(shelf, engine, Request("m", source="mine"))
    assert (renamed.items, renamed.reused) == (0, 3)
    merged = tag(shelf, engine, Request("m", merge="replace"))
    assert (merged.items, merged.reused) == (0, 3)
    assert {shown.proposal.source for shown in shelf.frame("a.png").candidates} == {"m", "mine"}


def test_a_threshold_is_a_view(shelf: Shelf) -> None:
    """Another threshold runs no model and changes what is proposed; it stays for the next run without one."""
    engine = ScriptedEngine()
    tag(shelf, engine, Request("m"))
    assert shelf.desk.view_of("m").threshold == 0.5  # the model's own
    assert [hunk.new for hunk in shelf.frame("a.png").candidates[0].hunks] == ["dark"]
    assert tag(shelf, engine, Request("m", view=Changes({"threshold": 0.95}))).items == 0
    assert shelf.frame("a.png").candidates[0].hunks == ()
    tag(shelf, engine, Request("m"))
    assert shelf.desk.view_of("m").threshold == 0.95


def test_a_first_view_is_the_models_own(shelf: Shelf) -> None:
    """Thresholds of categories come with the model, stay beside those the person sets, and can be had back."""
    engine = ScriptedEngine()
    engine.thresholds = {"character": 0.85}
    tag(shelf, engine, Request("m", view=Changes({"threshold": 0.4, "categories": {"meta": 0.3}})))
    assert shelf.desk.view_of("m") == View(threshold=0.4, categories={"character": 0.85, "meta": 0.3})
    tag(shelf, engine, Request("m", view=Changes({"rating": "last"}, own=True)))
    assert shelf.desk.view_of("m") == View(threshold=0.5, categories={"character": 0.85}, rating="last")


def test_what_is_seen_anew_is_told(shelf: Shelf) -> None:
    """Only a view that takes the place of another one changes what stands."""
    engine = ScriptedEngine()
    assert not tag(shelf, engine, Request("m", view=Changes({"threshold": 0.4}))).view_changed
    asked = tag(shelf, engine, Request("m", view=Changes({"threshold": 0.6})))
    assert (asked.job, asked.unchanged, asked.view_changed) == ("", 3, True)
    assert not tag(shelf, engine, Request("m", view=Changes({"threshold": 0.6}))).view_changed


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


def test_equal_pictures_are_not_proposed_twice(shelf: Shelf) -> None:
    """Images of the same content each keep their proposal: a second run changes nothing."""
    for name in NAMES:
        (shelf.root / name).write_bytes(b"the same")
    shelf.desk.scan()
    engine = ScriptedEngine()
    asked = ask(shelf.desk, engine.client(), Request("m"))
    lines = [answer(n, shelf.id(name), b"the same") for n, name in enumerate(NAMES, 1)]
    engine.scripts.append([LABELS, *lines, protocol.End("done", 3)])
    follow_all(shelf, engine)
    again = ask(shelf.desk, engine.client(), Request("m"))
    assert (asked.items, again.items, again.reused, again.unchanged) == (3, 0, 0, 3)


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


def test_what_an_open_job_will_answer_is_not_asked_twice(shelf: Shelf) -> None:
    """Images that an earlier job of the same question still owes are awaited; those it failed on are asked anew."""
    engine = ScriptedEngine()
    first = ask(shelf.desk, engine.client(), Request("m"))
    ours, failed, owed = (shelf.id(name) for name in NAMES)
    engine.scripts = [[LABELS, answer(1, ours, b"picture a.png"), failure(2, failed)]]
    with pytest.raises(IndexError):  # the script ends here, and so does this collector
        follow_all(shelf, engine)
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


def test_what_is_retried_is_not_asked_twice(shelf: Shelf) -> None:
    """An image that failed and whose failure no longer stands will be answered by the job it failed in."""
    engine = ScriptedEngine()
    first = ask(shelf.desk, engine.client(), Request("m"))
    failed = shelf.id("c.png")
    engine.scripts = [[LABELS, *answers(shelf)[:2], failure(3, failed), protocol.End("done", 3)]]
    follow_all(shelf, engine)
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
    engine.scripts = [[LABELS, *answers(shelf), protocol.End("done", 3)]]
    follow_all(shelf, engine)
    assert shelf.desk.counts().accepted == 3
    assert {row.group for row in shelf.desk.history() if row.kind == "accept"} == {first.group}


def test_pictures_whose_files_only_look_changed_are_recognised(shelf: Shelf) -> None:
    """After a copy that sets new times, looking at the pictures spares asking again; a changed one is asked about."""
    engine = ScriptedEngine()
    tag(shelf, engine, Request("m"))
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
