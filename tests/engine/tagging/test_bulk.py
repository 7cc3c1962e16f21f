"""Choosing what a bulk decision answers, and rejecting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import ChangedOutside, WrongUsage
from engine.tagging import bulk
from engine.tagging.accept import KEEPS_CHANGING
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Two images of which a tagger spoke."""
    shelf = Shelf(tmp_path / "set", {"a.png": b"cat\n", "b.png": None})
    shelf.propose("b.png", {"x": 0.9})
    shelf.propose("a.png", {"x": 0.9})
    yield shelf
    shelf.desk.close()


def test_candidates_come_in_the_order_of_the_images(shelf: Shelf) -> None:
    """Whoever was proposed for first, images are decided by their names."""
    chosen = bulk.choose(shelf.desk, [], "")
    assert list(chosen.proposals) == [shelf.id("a.png"), shelf.id("b.png")]
    assert chosen.flagged == 0


def test_a_glob_that_fits_no_source_is_refused_where_nothing_is_proposed(tmp_path: Path) -> None:
    """A fresh dataset has no sources to choose from."""
    fresh = Shelf(tmp_path / "fresh", {"a.png": None})
    with pytest.raises(WrongUsage, match="no source matches"):
        bulk.choose(fresh.desk, ["tagger"], "")
    fresh.desk.close()


def test_a_fill_that_would_replace_is_not_previewed(shelf: Shelf) -> None:
    """A captioner that only fills empty captions leaves a caption that exists to the person."""
    text = shelf.propose("a.png", "A cat.", source="captioner", merge="fill")
    assert bulk.preview(shelf.desk, shelf.id("a.png"), frozenset({text}), 0.0) is None


def test_a_picture_that_vanished_counts_as_stale(shelf: Shelf) -> None:
    """Nobody can tell what it shows, so it is not decided."""
    chosen = bulk.choose(shelf.desk, [], "")
    image = shelf.id("a.png")
    assert not bulk.is_stale(shelf.desk, image, chosen.proposals[image])
    (shelf.root / "a.png").write_bytes(b"other")
    assert bulk.is_stale(shelf.desk, image, chosen.proposals[image])


def test_rejecting_leaves_other_candidates_open(shelf: Shelf) -> None:
    """Only the candidates named are answered; a second time there is nothing left to answer."""
    image, other = shelf.id("a.png"), shelf.propose("a.png", {"y": 0.9}, source="other")
    assert bulk.reject_proposals(shelf.desk, image, frozenset({other}), None).decided
    assert shelf.state("a.png") == "pending"
    assert not bulk.reject_proposals(shelf.desk, image, frozenset({other}), None).decided


def test_an_image_that_keeps_changing_is_refused(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a few tries the image is given up with its reason."""

    def changed(*_: object, **__: object) -> None:
        raise ChangedOutside("it changed")

    monkeypatch.setattr(shelf.desk, "reject", changed)
    chosen = bulk.choose(shelf.desk, [], "")
    image = shelf.id("a.png")
    told = bulk.reject_proposals(shelf.desk, image, chosen.proposals[image], None)
    assert (told.decided, told.reason) == (False, KEEPS_CHANGING)
