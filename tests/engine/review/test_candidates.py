"""Which candidates are open, without reading frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.review.candidates import newest_candidates, open_candidates, sources

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_only_the_newest_of_each_source_counts(shelf: Shelf) -> None:
    """A newer proposal supersedes the older one of its source; other sources stand beside it."""
    shelf.propose("a.png", {"x": 0.9})
    newer = shelf.propose("a.png", {"y": 0.9})
    other = shelf.propose("a.png", {"z": 0.9}, source="other")
    assert [c.proposal for c in newest_candidates(shelf.desk.store.db)] == [newer, other]
    assert sources(shelf.desk.store.db) == ["other", "tagger"]


def test_answered_ones_are_not_open_until_undone(shelf: Shelf) -> None:
    """A decision answers, undoing it opens again; what inherits an answer is not open either."""
    db = shelf.desk.store.db
    first = shelf.propose("a.png", {"x": 0.9})
    shelf.accept("a.png")
    assert open_candidates(db) == []
    twin = shelf.propose("a.png", {"x": 0.9})
    assert open_candidates(db) == []
    shelf.desk.undo_last()
    assert [c.proposal for c in open_candidates(db)] == [twin]
    assert twin != first


def test_it_agrees_with_the_states(shelf: Shelf) -> None:
    """An image has an open candidate exactly when it is pending."""
    shelf.propose("a.png", {"x": 0.9})
    shelf.propose("b.png", {"x": 0.9})
    shelf.accept("b.png")
    found = {c.image for c in open_candidates(shelf.desk.store.db)}
    assert found == {entry.id for entry in shelf.desk.entries.values() if entry.state == "pending"}
