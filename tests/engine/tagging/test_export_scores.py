"""Scores on their way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.scores import to_u16
from engine.errors import WrongUsage
from engine.tagging.export_scores import stored_scores, tagger
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Give three images without captions."""
    shelf = Shelf(tmp_path / "set", {"b.png": None, "a.png": None, "c/a.png": None})
    yield shelf
    shelf.desk.close()


def said(shelf: Shelf, source: str = "tagger") -> list[tuple[bytes, dict[str, int] | None, bool]]:
    """Return what would be exported, scores as they are stored."""
    return [
        (key, None if scores is None else {tag.name: to_u16(tag.score) for tag in scores}, stale)
        for key, scores, stale in stored_scores(shelf.desk, source)
    ]


def test_the_newest_of_one_source_in_the_order_of_keys(shelf: Shelf) -> None:
    """Superseded proposals, other sources and texts are passed over; all stored tags come, the highest first."""
    shelf.propose("b.png", {"old": 0.9})
    shelf.propose("b.png", {"low": 0.06, "high": 0.9})
    shelf.propose("a.png", {"cat": 0.5})
    shelf.propose("a.png", {"dog": 0.5}, source="other")
    shelf.propose("c/a.png", {"tree": 0.5})
    shelf.propose("c/a.png", "A tree.")
    assert said(shelf) == [
        (b"a.png", {"cat": to_u16(0.5)}, False),
        (b"b.png", {"high": to_u16(0.9), "low": to_u16(0.06)}, False),
        (b"c/a.png", None, False),
    ]
    (_, scores, _), *_ = (row for row in stored_scores(shelf.desk, "tagger") if row.key == b"b.png")
    assert scores is not None
    assert [tag.name for tag in scores] == ["high", "low"]


def test_images_that_changed_are_told(shelf: Shelf) -> None:
    """What was said of other content is stale, also where the present content was not known yet; vanished ones are out."""
    shelf.propose("a.png", {"cat": 0.5}, stale=True)
    shelf.propose("b.png", {"cat": 0.5})
    shelf.propose("c/a.png", {"cat": 0.5})
    list(stored_scores(shelf.desk, "tagger"))
    (shelf.root / "b.png").write_bytes(b"quite another picture")
    (shelf.root / "c/a.png").unlink()
    shelf.desk.scan()
    assert [(key, stale) for key, _, stale in said(shelf)] == [(b"a.png", True), (b"b.png", True)]


def test_which_tagger_is_meant(shelf: Shelf) -> None:
    """One alone is taken; of several one must be named; captioners do not count."""
    with pytest.raises(WrongUsage, match="no tagger has said anything"):
        tagger(shelf.desk, "")
    shelf.propose("a.png", "A cat.", source="captioner")
    shelf.propose("a.png", {"cat": 0.5}, source="wd")
    assert tagger(shelf.desk, "") == "wd"
    shelf.propose("b.png", {"cat": 0.5}, source="joy")
    with pytest.raises(WrongUsage, match="several taggers have said something: joy, wd"):
        tagger(shelf.desk, "")
    assert tagger(shelf.desk, "wd") == "wd"
    for wrong in ("captioner", "w"):
        with pytest.raises(WrongUsage, match=f"no tagger is called `{wrong}`"):
            tagger(shelf.desk, wrong)
