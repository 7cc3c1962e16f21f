"""What tests of tagging share: a dataset nobody asked about, and one of which a tagger spoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.scores import TagScore
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Three images, one with a caption."""
    shelf = Shelf(tmp_path / "set", {"a.png": b"cat", "b.png": None, "c.png": None})
    yield shelf
    shelf.desk.close()


@pytest.fixture
def tagged(tmp_path: Path) -> Iterator[Shelf]:
    """Two images of which a tagger with characters spoke."""
    shelf = Shelf(tmp_path / "set", {"a.png": b"cat\n", "b.png": None})
    scores = [
        TagScore("window", 0.9, "general"),
        TagScore("saber_(fate)", 0.8, "character"),
        TagScore("safe", 0.7, "rating"),
    ]
    shelf.propose_scores("a.png", scores, floor=0.1)
    shelf.propose_scores("b.png", scores, floor=0.05)
    yield shelf
    shelf.desk.close()
