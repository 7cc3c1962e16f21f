"""The index of scores: what is open, kept up with the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.scores import FULL_SCALE, TagScore, pack, to_u16
from engine.errors import Unreadable
from engine.review import image_rows, score_index
from engine.review.score_index import ScoreIndex
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path


def held(index: ScoreIndex) -> dict[int, dict[str, int]]:
    """Return what the index holds: u16 scores by tag, by image."""
    found = index.tag_scores(range(len(index.images)))
    return {
        int(image): {tag.name: round(tag.score * FULL_SCALE) for tag in scores}
        for image, scores in zip(index.images, found, strict=True)
    }


def fresh(shelf: Shelf) -> dict[int, dict[str, int]]:
    """Return what an index holds that reads the store now."""
    index = ScoreIndex("tagger")
    index.follow(shelf.desk.store.db)
    return held(index)


def test_it_holds_the_open_candidates_of_one_source(shelf: Shelf) -> None:
    """Answered, superseded and other sources' candidates, prose and vanished images are not in it."""
    shelf.propose("a.png", {"old": 0.9})
    shelf.propose("a.png", {"x": 0.5, "y": 0.25})
    shelf.propose("a.png", {"z": 0.9}, source="other")
    shelf.propose("b.png", {"x": 0.9})
    shelf.accept("b.png")
    shelf.propose("c.png", {"x": 0.9})
    assert fresh(shelf) == {
        shelf.id("a.png"): {"x": to_u16(0.5), "y": to_u16(0.25)},
        shelf.id("c.png"): {"x": to_u16(0.9)},
    }
    with shelf.desk.store.transaction() as db:
        image_rows.set_gone(db, shelf.id("c.png"), b"c.png", gone=True)
    assert set(fresh(shelf)) == {shelf.id("a.png")}


@pytest.mark.parametrize("few", [0, score_index.FEW_TOUCHED])
def test_it_follows_what_happens(shelf: Shelf, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each decision, undo, newer candidate and vanished image it holds what an index made anew would hold."""
    monkeypatch.setattr(score_index, "FEW_TOUCHED", few)
    index, db = ScoreIndex("tagger"), shelf.desk.store.db
    index.follow(db)
    assert held(index) == {}

    def gone() -> None:
        with shelf.desk.store.transaction() as db:
            image_rows.set_gone(db, shelf.id("b.png"), b"b.png", gone=True)

    def unmarked() -> None:
        with shelf.desk.store.transaction() as db:
            db.execute("UPDATE writes SET status = 'unmarked'")

    def withdrawn() -> None:
        with shelf.desk.store.transaction() as db:
            db.execute("UPDATE writes SET status = 'withdrawn'")

    for happens in (
        lambda: shelf.propose("a.png", {"x": 0.5}),
        lambda: shelf.propose("b.png", {"y": 0.5, "x": 0.1}),
        lambda: shelf.accept("a.png"),
        unmarked,
        withdrawn,
        lambda: shelf.accept("a.png"),
        lambda: shelf.propose("b.png", {"w": 0.5}),
        shelf.desk.undo_last,
        gone,
        lambda: shelf.desk.change_view("tagger", lambda settings: settings),
        lambda: shelf.desk.reject(shelf.frame("a.png")),
    ):
        happens()
        index.follow(db)
        assert held(index) == fresh(shelf)
    assert held(index) == {}


def test_the_highest_floor_counts(shelf: Shelf) -> None:
    """Where candidates were stored with several floors, only above the highest all tags are there."""
    shelf.propose("a.png", {"x": 0.5})
    shelf.propose("b.png", {"x": 0.5})
    index, db = ScoreIndex("tagger"), shelf.desk.store.db
    assert index.floor == 0
    with shelf.desk.store.transaction():
        db.execute("UPDATE answers SET scores = ? WHERE id = 1", (pack([(0, 40000)], to_u16(0.25)),))
    index.follow(db)
    assert index.floor == pytest.approx(0.25, abs=1e-5)


def test_one_folder_alone(tmp_path: Path) -> None:
    """Only images in it are held, also when others change or come in; the floor is that of all the source proposes."""
    shelf = Shelf(tmp_path / "set", {"cat/a.png": None, "cats/b.png": None})
    shelf.propose_scores("cats/b.png", [TagScore("x", 0.5, "general")], floor=0.4)
    index, db = ScoreIndex("tagger", b"cat/"), shelf.desk.store.db
    index.follow(db)
    assert held(index) == {}
    assert index.floor == pytest.approx(0.4, abs=1e-5)
    shelf.propose("cat/a.png", {"x": 0.5})
    shelf.propose("cats/b.png", {"x": 0.6})
    index.follow(db)
    assert held(index) == {shelf.id("cat/a.png"): {"x": to_u16(0.5)}}
    shelf.desk.close()


@pytest.mark.parametrize("blob", [b"", b"\1\2", pack([(0, 40000)], 0)[:-1], pack([(7, 40000)], 0), b"\2" + bytes(9)])
def test_broken_scores_are_said(tmp_path: Path, blob: bytes) -> None:
    """Scores cut short, of another version, or of labels that are not there are an error, not a wrong number."""
    shelf = Shelf(tmp_path / "set", {"a.png": None})
    shelf.propose("a.png", {"x": 0.5})
    with shelf.desk.store.transaction() as db:
        db.execute("UPDATE answers SET scores = ?", (blob,))
    with pytest.raises(Unreadable):
        ScoreIndex("tagger").follow(shelf.desk.store.db)
    shelf.desk.close()
