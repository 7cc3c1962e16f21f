"""What comes from another store, and what the own one knows better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.view import View
from engine.review.bring_in import Brought, bring_in
from engine.review.chosen_steps import rows_of_group
from engine.review.decide import Draft, decide
from engine.review.other_store import reading
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Shelf]:
    """The same images as on the shelf, with a store that knows nothing of the shelf's."""
    captions = {"b.png": b"A dog runs over a wide green field.", "a.png": b"cat, sofa\n", "c.png": None}
    shelf = Shelf(tmp_path / "other", captions)
    for name in captions:  # of other ids than here
        shelf.desk.mark(shelf.id(name), "skip")
    yield shelf
    shelf.desk.close()


def _bring(shelf: Shelf, other: Shelf) -> Brought:
    before = {path: path.read_bytes() for path in shelf.root.iterdir() if path.is_file()}
    with reading(other.root / ".cutline/review.db") as theirs:
        brought = bring_in(shelf.desk.store, shelf.desk.files, theirs)
    assert {path: path.read_bytes() for path in shelf.root.iterdir() if path.is_file()} == before, "a file changed"
    shelf.desk.refresh()
    return brought


def _kinds(shelf: Shelf) -> list[str]:
    return [row.kind for row in shelf.desk.history()]


def test_everything_comes_where_the_own_store_knows_nothing(shelf: Shelf, other: Shelf) -> None:
    """Proposals with their scores, decisions with what they answered, flags, views; the history says so."""
    other.propose("c.png", {"other": 0.5})  # so that numbers differ
    other.propose("a.png", {"window": 0.9, "lamp": 0.4})
    other.propose("b.png", "A dog.", source="captioner")
    other.desk.reject(other.frame("a.png"))
    other.desk.mark(other.id("b.png"), "flag")
    with other.desk.store.transaction() as db:
        other.desk.set_view(db, "tagger", View(threshold=0.7))
    brought = _bring(shelf, other)
    assert brought == Brought(1, images=3, proposals=3, decisions=1, marks=1, views=1, refused=[])
    states = [shelf.state(name) for name in ("a.png", "b.png", "c.png")]
    assert states == ["rejected", "pending", "pending"]
    assert shelf.desk.entries[shelf.id("b.png")].flagged
    (shown,) = shelf.frame("a.png").candidates
    assert shown.proposal.scores is not None
    assert [(tag.name, round(tag.score, 2)) for tag in shown.proposal.scores] == [("window", 0.9), ("lamp", 0.4)]
    assert (shown.answer, shown.stale) == ("left", False)
    assert shelf.desk.view_of("tagger").threshold == 0.7
    theirs = {row.time for row in other.desk.history() if row.kind in ("reject", "flag")}
    rows = [row for row in shelf.desk.history() if row.kind != "view"]
    assert {row.time for row in rows} == theirs
    assert all(row.note == "imported" and row.status is None for row in rows)


def test_a_second_time_brings_nothing(shelf: Shelf, other: Shelf) -> None:
    """What came once is known."""
    other.propose("a.png", {"window": 0.9})
    other.desk.reject(other.frame("a.png"))
    other.propose("a.png", {"lamp": 0.9})
    other.propose("a.png", {"window": 0.9})  # inherits the answer
    other.propose("b.png", "A dog.", source="captioner")
    other.desk.mark(other.id("b.png"), "flag")
    other.desk.accept(other.frame("c.png"), {})
    with other.desk.store.transaction() as db:
        db.execute("INSERT INTO journal (time, session, kind, image, data) VALUES (5, '', 'offered', 1, x'ff')")
    first = _bring(shelf, other)
    assert (first.proposals, first.decisions, first.marks) == (4, 2, 1)
    kinds = _kinds(shelf)
    assert kinds.count("offered") == 1
    assert [shelf.state(name) for name in ("a.png", "b.png", "c.png")] == ["rejected", "pending", "accepted"]
    assert _bring(shelf, other) == Brought()
    assert _kinds(shelf) == kinds


def test_the_group_takes_it_back(shelf: Shelf, other: Shelf) -> None:
    """Decisions and flags that came are undone as one step, and can come again."""
    other.propose("a.png", {"window": 0.9})
    other.desk.reject(other.frame("a.png"))
    other.desk.mark(other.id("b.png"), "flag")
    brought = _bring(shelf, other)
    assert brought.group is not None
    shelf.desk.undo(rows_of_group(shelf.desk.store.db, brought.group))
    assert shelf.state("a.png") == "pending"
    assert not shelf.desk.entries[shelf.id("b.png")].flagged
    again = _bring(shelf, other)
    assert (again.proposals, again.decisions, again.marks) == (0, 1, 1)


def test_what_was_taken_back_there_does_not_come(shelf: Shelf, other: Shelf) -> None:
    """Only what is in force comes."""
    other.propose("a.png", {"window": 0.9})
    other.desk.reject(other.frame("a.png"))
    other.desk.undo_last()
    other.desk.mark(other.id("b.png"), "flag")
    other.desk.mark(other.id("b.png"), "skip")
    other.desk.undo_last()
    other.desk.undo_last()
    assert _bring(shelf, other) == Brought(images=1, proposals=1)
    assert shelf.state("a.png") == "pending"


def test_the_later_decision_stands(shelf: Shelf, other: Shelf) -> None:
    """An earlier one from elsewhere does not come, and what it answered is no candidate; a later one counts."""
    for name in ("a.png", "b.png"):
        other.propose(name, {"window": 0.9}, source="theirs")
        shelf.propose(name, {"lamp": 0.9}, source="ours")
    other.desk.reject(other.frame("a.png"))
    for name in ("a.png", "b.png"):
        shelf.accept(name)
    other.desk.reject(other.frame("b.png"))
    brought = _bring(shelf, other)
    assert (brought.proposals, brought.decisions) == (1, 1)
    assert (shelf.state("a.png"), shelf.state("b.png")) == ("accepted", "rejected")
    assert [shown.proposal.source for shown in shelf.frame("a.png").candidates] == ["ours"]


def test_the_later_mark_stands(shelf: Shelf, other: Shelf) -> None:
    """A flag that was taken off here later stays off; one that was put on there later comes."""
    other.desk.mark(other.id("a.png"), "flag")
    for name in ("a.png", "b.png"):
        shelf.desk.mark(shelf.id(name), "flag")
        shelf.desk.mark(shelf.id(name), "unflag")
    other.desk.mark(other.id("b.png"), "flag")
    _bring(shelf, other)
    assert [shelf.desk.entries[shelf.id(name)].flagged for name in ("a.png", "b.png")] == [False, True]


def test_the_later_proposal_of_a_source_is_the_candidate(shelf: Shelf, other: Shelf) -> None:
    """An earlier one from elsewhere does not take its place, but its answer need not be asked again."""
    other.propose("a.png", {"window": 0.9})
    shelf.propose("b.png", "A dog.", source="captioner")
    shelf.propose("a.png", {"lamp": 0.9})
    other.propose("b.png", "Another dog.", source="captioner")
    brought = _bring(shelf, other)
    assert brought.proposals == 1
    (tags,), (prose,) = shelf.frame("a.png").candidates, shelf.frame("b.png").candidates
    assert [tag.text for tag in tags.candidate.tags] == ["lamp"]
    assert prose.candidate.text == "Another dog."


def test_the_same_said_in_both_is_one_candidate(shelf: Shelf, other: Shelf) -> None:
    """A decision about it there answers the one here, whichever is older."""
    other.propose("a.png", {"window": 0.9})
    shelf.propose("a.png", {"window": 0.9})
    shelf.propose("b.png", "A dog.", source="captioner")
    other.propose("b.png", "A dog.", source="captioner")
    for name in ("a.png", "b.png"):
        other.desk.reject(other.frame(name))
    brought = _bring(shelf, other)
    assert (brought.proposals, brought.decisions) == (0, 2)
    assert (shelf.state("a.png"), shelf.state("b.png")) == ("rejected", "rejected")


def test_a_view_of_our_own_stays(shelf: Shelf, other: Shelf) -> None:
    """Thresholds come only for sources that have none here."""
    for desk, threshold in ((shelf.desk, 0.2), (other.desk, 0.7)):
        with desk.store.transaction() as db:
            desk.set_view(db, "tagger", View(threshold=threshold))
    assert _bring(shelf, other).views == 0
    assert shelf.desk.view_of("tagger").threshold == 0.2


def test_other_pictures_of_the_same_name_and_missing_ones_are_named(shelf: Shelf, other: Shelf) -> None:
    """What was said about another picture does not come; the rest does."""
    for name in ("a.png", "b.png", "c.png"):
        other.propose(name, {"window": 0.9})
    other.frame("a.png")  # reads the picture
    shelf.propose("a.png", {"lamp": 0.9}, source="ours")
    (shelf.root / "a.png").write_bytes(b"picture A.png")  # as many bytes
    (shelf.root / "b.png").rename(shelf.root / "d.png")
    with shelf.desk.store.transaction() as db:
        db.execute("DELETE FROM images WHERE key = ?", (b"b.png",))
    shelf.desk.close()
    shelf.desk = shelf.open()
    shelf.frame("a.png")
    brought = _bring(shelf, other)
    assert brought.refused == [
        (b"a.png", "another picture has its name here"),
        (b"b.png", "there is no such image here"),
    ]
    assert (brought.images, brought.proposals) == (1, 1)


def test_decisions_that_wrote_come_where_the_caption_still_holds_it(shelf: Shelf, other: Shelf) -> None:
    """They can be undone here, one after another, and the group leaves them alone; others are named."""
    for text in (b"one", b"two"):
        _write(other, "a.png", text)
    other.desk.mark(other.id("a.png"), "flag")
    _write(other, "b.png", b"one")
    _write(other, "c.png", b"one")
    other.desk.undo_last()
    (shelf.root / "a.txt").write_bytes(b"two")
    brought = _bring(shelf, other)
    assert (brought.decisions, brought.marks) == (2, 1)
    assert brought.refused == [(b"b.png", "its caption no longer holds what was decided there (edit)")]
    assert (shelf.state("a.png"), shelf.state("b.png"), shelf.state("c.png")) == ("accepted", "untouched", "untouched")
    assert brought.group is not None
    shelf.desk.undo(rows_of_group(shelf.desk.store.db, brought.group))
    assert shelf.caption("a.png") == b"two"
    written = [row.id for row in shelf.desk.history() if row.status == "written"]
    assert shelf.desk.undo(written).written == 2
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_a_failure_on_the_way_brings_nothing(shelf: Shelf, other: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one transaction."""
    for name in ("a.png", "b.png"):
        other.propose(name, {"window": 0.9})
    monkeypatch.setattr("engine.review.other_store.OtherStore.views", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _bring(shelf, other)
    assert shelf.frame("a.png").candidates == ()


def _write(shelf: Shelf, name: str, after: bytes) -> None:
    frame = shelf.frame(name)
    draft = Draft("edit", frame.image.id, frame.caption_key, frame.raw, after)
    decide(shelf.desk.store, shelf.desk.files, draft)
