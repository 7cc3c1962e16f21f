"""What has no effect is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.scores import TagScore
from engine.captions.viewing.view import View
from engine.tagging.oddities import oddities
from engine.tagging.views import Changes, changed
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
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


def test_what_has_no_effect_is_said(shelf: Shelf) -> None:
    """Unknown tags are named with the nearest, the rest counted; what only a rewritten tag says can be excluded."""

    def said(**fields: object) -> list[str]:
        changes = Changes(fields)
        return oddities(shelf.desk, "tagger", changed(View(), changes), changes)

    assert said(include=("Window", "saber (fate)"), categories={"character": 0.5}) == []
    assert said(exclude=("windw", "x", "y", "z", "zz")) == [
        "--exclude-tags: tagger never says `windw` (did you mean window?), `x`, `y` and 2 more"
    ]
    assert said(exclude=("fate",)) == ["--exclude-tags: tagger never says `fate`"]
    assert said(exclude=("fate", "pane"), expand_characters=True, replace={"window": "pane"}) == []
    assert said(category_order=("chracter",)) == ["tagger has no category `chracter` (did you mean character?)"]
    assert said(implications={"a": ("b",)}) == ["what follows from other tags is kept (--implied drop leaves it out)"]
    assert said(threshold=0.5, mcut=True) == []
    (line,) = oddities(shelf.desk, "tagger", View(mcut=True), Changes({"threshold": 0.5}))
    assert "--no-mcut" in line
    (line,) = oddities(shelf.desk, "unheard", View(), Changes({"include": ("a",)}))
    assert "not known yet" in line
