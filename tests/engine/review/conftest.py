"""A shelf for every test here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Three images: one with tags, one with prose, one without a caption."""
    captions = {"a.png": b"cat, sofa\n", "b.png": b"A dog runs over a wide green field.", "c.png": None}
    shelf = Shelf(tmp_path / "set", captions)
    yield shelf
    shelf.desk.close()
