"""The workspace: views in force, looked through for a while, and seen by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.captions.viewing.view import View
from engine.review.frames import chosen_on_opening
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """One image with two tags proposed."""
    shelf = Shelf(tmp_path / "set", {"a.png": b"cat"})
    shelf.propose("a.png", {"sofa": 0.9, "lamp": 0.2})
    yield shelf
    shelf.desk.close()


def test_another_view_is_looked_through_and_not_put_in_force(shelf: Shelf) -> None:
    """A frame read through another view shows its tags; the next one shows those of the view in force."""
    image = shelf.id("a.png")
    low = shelf.desk.frame(image, {"tagger": View(threshold=0.1)})
    assert [hunk.new for hunk in low.candidates[0].hunks] == ["sofa", "lamp"]
    assert [hunk.new for hunk in shelf.desk.frame(image).candidates[0].hunks] == ["sofa"]
    assert [row.kind for row in shelf.desk.history()] == []


def test_a_decision_stores_the_view_it_saw(shelf: Shelf) -> None:
    """Not the one that came into force between the look and the key."""
    frame = shelf.frame("a.png")
    shelf.desk.change_view("tagger", lambda _: View(threshold=0.1))
    shelf.desk.accept(frame, chosen_on_opening(frame))
    (verdict,) = list(shelf.desk.history())[-1].verdicts
    assert msgspec.json.decode(verdict.view, type=View) == View()


def test_others_take_a_new_view_in(shelf: Shelf) -> None:
    """A view set or taken back by another process is in force here after the next look, without any other change."""
    other = shelf.open()
    shelf.desk.change_view("tagger", lambda _: View(threshold=0.1))
    other.refresh()
    assert other.view_of("tagger").threshold == 0.1
    shelf.desk.undo_last()
    other.refresh()
    assert other.view_of("tagger") == View()
    other.close()


def test_a_change_builds_on_what_others_set(shelf: Shelf) -> None:
    """Who moves one threshold does not take back what another process did to the rest of the view a moment ago."""
    other = shelf.open()
    other.change_view("tagger", lambda settings: msgspec.structs.replace(settings, exclude=("sofa",)))
    other.close()
    shelf.desk.change_view("tagger", lambda settings: msgspec.structs.replace(settings, threshold=0.1))
    assert shelf.desk.view_of("tagger") == View(threshold=0.1, exclude=("sofa",))


def test_the_same_view_again_is_no_step(shelf: Shelf) -> None:
    """What changes nothing leaves no row, also where nobody had set a view."""
    shelf.desk.change_view("tagger", lambda settings: settings)
    assert list(shelf.desk.history()) == []


def test_a_view_that_was_not_stored_is_not_in_force(shelf: Shelf) -> None:
    """Where the transaction that sets it fails, the next look finds the one before."""

    def set_and_fail() -> None:
        with shelf.desk.store.transaction() as db:
            shelf.desk.set_view(db, "tagger", View(threshold=0.1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        set_and_fail()
    shelf.desk.refresh()
    assert shelf.desk.view_of("tagger") == View()
