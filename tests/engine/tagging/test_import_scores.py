"""Scores on their way in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.scores import floor_of, to_u16
from engine.captions.viewing.view import View
from engine.dataset.formats.scores_csv import ScoreRow
from engine.tagging import import_scores
from engine.tagging.export_scores import stored_scores
from engine.tagging.import_scores import Gathered, Taken, Terms, gather, take_in
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAT, DOG = ScoreRow(b"a.png", "cat", "general", 0.9), ScoreRow(b"b.png", "dog", "general", 0.8)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Give three images without captions."""
    shelf = Shelf(tmp_path / "set", {"a.png": None, "b.png": None, "c.png": None})
    yield shelf
    shelf.desk.close()


def bring(shelf: Shelf, *rows: ScoreRow, terms: Terms | None = None) -> tuple[Taken, Gathered]:
    """Import rows; each image is counted once while reading and once while storing."""
    taken, read, stored = Taken(), [0], [0]

    def count(counter: list[int]) -> None:
        counter[0] += 1

    found = gather(shelf.desk, rows, lambda: count(read))
    take_in(shelf.desk, found, terms or Terms("file", "append"), taken, lambda: count(stored))
    assert read == stored == [len(found.said)] == [taken.images]
    return taken, found


def scores(shelf: Shelf, source: str = "file") -> dict[str, list[tuple[str, str, int]]]:
    """Return what is stored of each image."""
    return {
        os.fsdecode(key): [(tag.name, tag.category, to_u16(tag.score)) for tag in tags]
        for key, tags, _ in stored_scores(shelf.desk, source)
        if tags is not None
    }


def rows_of(shelf: Shelf, table: str) -> int:
    """Count the rows of a table."""
    return int(shelf.desk.store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_scores_become_candidates_of_their_own(shelf: Shelf) -> None:
    """Each image gets one proposal of its tags in their categories; one label table serves all of them."""
    solo = ScoreRow(b"a.png", "solo", "rating", 0.2)
    taken, _ = bring(shelf, CAT, DOG, solo)
    assert (taken.proposed, taken.unchanged, taken.repeated, taken.refused) == (2, 0, 0, [])
    assert scores(shelf) == {
        "a.png": [("cat", "general", to_u16(0.9)), ("solo", "rating", to_u16(0.2))],
        "b.png": [("dog", "general", to_u16(0.8))],
    }
    assert [shelf.desk.entries[shelf.id(name)].state for name in ("a.png", "b.png", "c.png")] == [
        "pending",
        "pending",
        "untouched",
    ]
    (shown,) = shelf.frame("a.png").candidates
    assert (shown.proposal.source, shown.proposal.merge, shown.stale) == ("file", "append", False)
    assert rows_of(shelf, "labels") == 1


def test_the_same_again_changes_nothing(shelf: Shelf) -> None:
    """Whatever the order of its lines, a file that was imported adds no row to the store."""
    both = ScoreRow(b"a.png", "solo", "general", 0.2)
    bring(shelf, CAT, both, DOG)
    tables = ("proposals", "answers", "labels", "journal")
    before = [rows_of(shelf, table) for table in tables]
    taken, _ = bring(shelf, DOG, both, CAT)
    assert (taken.proposed, taken.unchanged) == (0, 2)
    assert [rows_of(shelf, table) for table in tables] == before


def test_a_changed_file_concerns_only_what_it_changes(shelf: Shelf) -> None:
    """An image of which the file says something else gets a new candidate; what is decided of the others stays."""
    bring(shelf, CAT, DOG)
    shelf.accept("a.png")
    shelf.accept("b.png")
    taken, _ = bring(shelf, CAT, DOG._replace(score=0.7), ScoreRow(b"b.png", "aardvark", "general", 0.01))
    assert (taken.proposed, taken.unchanged) == (1, 1)
    assert [shelf.desk.entries[shelf.id(name)].state for name in ("a.png", "b.png")] == ["accepted", "pending"]
    assert scores(shelf)["b.png"] == [("dog", "general", to_u16(0.7)), ("aardvark", "general", to_u16(0.01))]


def test_what_was_decided_is_decided_when_it_comes_back(shelf: Shelf) -> None:
    """After another version of the file, the first one again reopens nothing: it is what the person has answered."""
    bring(shelf, CAT)
    shelf.accept("a.png")
    bring(shelf, CAT._replace(tag="tiger"))
    assert shelf.desk.entries[shelf.id("a.png")].state == "pending"
    taken, _ = bring(shelf, CAT)
    assert taken.proposed == 1
    assert shelf.desk.entries[shelf.id("a.png")].state == "accepted"
    assert rows_of(shelf, "answers") == 2


def test_the_highest_of_several_lines_counts(shelf: Shelf) -> None:
    """A tag that is said twice of one image has its highest score; the same tag in another category is another one."""
    taken, _ = bring(shelf, CAT._replace(score=0.5), CAT, CAT._replace(score=0.1), CAT._replace(category="meta"))
    assert taken.repeated == 2
    assert scores(shelf)["a.png"] == [("cat", "general", to_u16(0.9)), ("cat", "meta", to_u16(0.9))]


def test_images_are_found_by_any_of_their_names(shelf: Shelf, tmp_path: Path) -> None:
    """A path below the folder, with or without `./`, and a whole path, also through a link, mean the same image."""
    (tmp_path / "link").symlink_to(shelf.root)
    (shelf.root / "away.png").symlink_to(tmp_path / "elsewhere.png")
    (tmp_path / "elsewhere.png").write_bytes(b"elsewhere")
    shelf.desk.scan()
    names = [b"a.png", b"./a.png", os.fsencode(shelf.root / "a.png"), os.fsencode(tmp_path / "link" / "a.png")]
    rows = [CAT._replace(image=name, tag=f"tag{number}") for number, name in enumerate(names)]
    bring(shelf, *rows, CAT._replace(image=os.fsencode(shelf.root / "away.png")))
    assert {name: len(tags) for name, tags in scores(shelf).items()} == {"a.png": 4, "away.png": 1}


def test_images_that_are_not_there_are_told(shelf: Shelf, tmp_path: Path) -> None:
    """Names that lead nowhere, or out of the dataset, are kept in order, each once; the rest comes in."""
    names = [b"x.png", b"../a.png", os.fsencode(tmp_path / "a.png"), b"x.png", b"/", b"a.txt", b"a.png/"]
    _, found = bring(shelf, *(CAT._replace(image=name) for name in names), DOG)
    assert list(found.unknown) == [b"x.png", b"../a.png", os.fsencode(tmp_path / "a.png"), b"/", b"a.txt"]
    assert set(scores(shelf)) == {"a.png", "b.png"}


def test_pictures_are_taken_as_they_are_now(shelf: Shelf) -> None:
    """A picture that changed after the scan is read anew; one that is gone is refused by name, the others come in."""
    bring(shelf, CAT)
    found = gather(shelf.desk, [CAT, DOG], lambda: None)
    (shelf.root / "a.png").write_bytes(b"another picture")
    (shelf.root / "b.png").unlink()
    taken = Taken()
    take_in(shelf.desk, found, Terms("file", "append"), taken, lambda: None)
    assert (taken.proposed, [name for name, _ in taken.refused]) == (1, [b"b.png"])
    (shown,) = shelf.frame("a.png").candidates
    assert not shown.stale


def test_a_view_comes_into_force_where_there_is_none(shelf: Shelf) -> None:
    """Without a threshold the view in force stays, or the default becomes it, as a row of the journal."""
    bring(shelf, CAT)
    assert shelf.desk.has_view("file")
    assert shelf.desk.view_of("file") == View()
    bring(shelf, CAT, terms=Terms("file", "append", 0.6))
    bring(shelf, DOG)
    assert shelf.desk.view_of("file") == View(threshold=0.6)
    again = shelf.open()
    assert again.view_of("file") == View(threshold=0.6)
    again.close()
    assert [row.kind for row in shelf.desk.history()] == ["view", "view"]


@pytest.mark.parametrize(("lowest", "floor"), [(0.01, 0.01), (0.4, 0.05)])
def test_the_floor_is_the_lowest_score_but_not_above_that_of_taggers(shelf: Shelf, lowest: float, floor: float) -> None:
    """No score of the file falls below the floor that is stored, of whatever image."""
    bring(shelf, CAT, DOG._replace(score=lowest))
    blobs = [blob for (blob,) in shelf.desk.store.db.execute("SELECT scores FROM answers")]
    assert [to_u16(floor_of(blob)) for blob in blobs] == [to_u16(floor)] * 2
    assert scores(shelf)["b.png"] == [("dog", "general", to_u16(lowest))]


def test_another_merge_is_another_candidate(shelf: Shelf) -> None:
    """The same scores that shall meet the caption in another way are proposed anew, of the same answer."""
    bring(shelf, CAT)
    taken, _ = bring(shelf, CAT, terms=Terms("file", "replace"))
    assert (taken.proposed, rows_of(shelf, "answers")) == (1, 1)
    assert shelf.frame("a.png").candidates[0].proposal.merge == "replace"


def test_an_interrupted_import_goes_on(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only whole transactions are stored and counted; the same file again stores the rest."""
    monkeypatch.setattr(import_scores, "BATCH", 1)
    rows = [CAT, DOG, CAT._replace(image=b"c.png")]
    taken, seen = Taken(), []

    def interrupt() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(shelf.desk, gather(shelf.desk, rows, lambda: None), Terms("file", "append"), taken, interrupt)
    assert (taken.images, set(scores(shelf))) == (2, {"a.png", "b.png"})
    taken, _ = bring(shelf, *rows)
    assert (taken.proposed, taken.unchanged) == (1, 2)
    assert set(scores(shelf)) == {"a.png", "b.png", "c.png"}
