"""The image a review begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.review import queue
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    import pytest

    from tests.engine.review.shelf import Shelf


def _first(shelf: Shelf) -> str | None:
    """Open the dataset without loading it; return the first image, after checking it against the whole queue."""
    workspace = Workspace.open(shelf.root, Settings(), load=False)
    found = workspace.first_in_queue()
    state = None if found is None else workspace.entries[found].state
    workspace.load()
    if found is not None:
        assert queue.order(workspace.entries.values())[0] == found
        assert workspace.entries[found].state == state
    assert workspace.counts() == shelf.desk.counts()
    workspace.close()
    return None if found is None else shelf.desk.entries[found].key.decode()


def test_what_waits_comes_first(shelf: Shelf) -> None:
    """An image with an open candidate stands before those without, of several the first by name."""
    assert _first(shelf) == "a.png"
    shelf.propose("c.png", {"dog": 0.9})
    assert _first(shelf) == "c.png"
    shelf.propose("b.png", {"dog": 0.9})
    assert _first(shelf) == "b.png"


def test_an_answered_image_is_passed_over_until_the_answer_is_taken_back(shelf: Shelf) -> None:
    """A decision sends the review on to the next image, its undo brings it back, a redone undo does not."""
    for name in ("a.png", "c.png"):
        shelf.propose(name, {"dog": 0.9})
    shelf.accept("a.png")
    assert _first(shelf) == "c.png"
    shelf.desk.undo_last()
    assert _first(shelf) == "a.png"
    shelf.accept("a.png")
    assert _first(shelf) == "c.png"


def test_only_the_newest_proposal_of_a_source_waits(shelf: Shelf) -> None:
    """A proposal that nobody answered before a newer one came does not make its image wait."""
    for score in (0.8, 0.9):
        shelf.propose("a.png", {"dog": score})
    shelf.propose("b.png", {"dog": 0.9})
    shelf.accept("a.png")
    assert _first(shelf) == "b.png"


def test_an_inherited_answer_counts(shelf: Shelf) -> None:
    """A proposal that repeats one already answered does not make its image wait."""
    shelf.propose("a.png", {"dog": 0.9})
    shelf.accept("a.png")
    shelf.propose("a.png", {"dog": 0.9})
    shelf.propose("b.png", {"dog": 0.9})
    assert _first(shelf) == "b.png"


def test_it_is_not_guessed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing waits but something was decided, or too many steps were taken back, all images have to be read."""
    shelf.propose("a.png", {"dog": 0.9})
    shelf.accept("a.png")
    assert _first(shelf) is None
    shelf.desk.undo_last()
    monkeypatch.setattr("engine.review.beginning._MOST_LOOKED_AT", 0)
    assert _first(shelf) is None


def test_vanished_images_are_passed_over(shelf: Shelf) -> None:
    """An image that was gone at the last scan does not begin a review."""
    for name in ("a.png", "b.png"):
        shelf.propose(name, {"dog": 0.9})
    (shelf.root / "a.png").unlink()
    shelf.desk.scan()
    assert _first(shelf) == "b.png"


def test_an_image_by_its_key(shelf: Shelf) -> None:
    """One image is loaded alone, with its state; a key that is not there, or not below the folder, loads nothing."""
    shelf.propose("b.png", {"dog": 0.9})
    workspace = Workspace.open(shelf.root, Settings(), load=False)
    entry = workspace.roster.image_at(b"b.png")
    assert entry is not None
    assert (entry.state, len(workspace.entries)) == ("pending", 1)
    assert workspace.roster.image_at(b"nobody.png") is None
    workspace.load()
    assert workspace.counts() == shelf.desk.counts()
    workspace.close()
