"""What has no effect is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.viewing.view import View
from engine.tagging.oddities import oddities
from engine.tagging.views import Changes, changed

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_what_has_no_effect_is_said(tagged: Shelf) -> None:
    """Unknown tags are named with the nearest, the rest counted; what only a rewritten tag says can be excluded."""

    def said(**fields: object) -> list[str]:
        changes = Changes(fields)
        return oddities(tagged.desk, "tagger", changed(View(), changes), changes)

    assert said(include=("Window", "saber (fate)"), categories={"character": 0.5}) == []
    assert said(exclude=("windw", "x", "y", "z", "zz")) == [
        "--exclude-tags: tagger never says `windw` (did you mean window?), `x`, `y` and 2 more"
    ]
    assert said(exclude=("fate",)) == ["--exclude-tags: tagger never says `fate`"]
    assert said(exclude=("fate", "pane"), expand_characters=True, replace={"window": "pane"}) == []
    assert said(category_order=("chracter",)) == ["tagger has no category `chracter` (did you mean character?)"]
    assert said(implications={"a": ("b",)}) == ["what follows from other tags is kept (--implied drop leaves it out)"]
    assert said(threshold=0.5, mcut=True) == []
    (line,) = oddities(tagged.desk, "tagger", View(mcut=True), Changes({"threshold": 0.5}))
    assert "--no-mcut" in line
    (line,) = oddities(tagged.desk, "unheard", View(), Changes({"include": ("a",)}))
    assert "not known yet" in line
