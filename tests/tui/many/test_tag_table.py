"""The tags of the tags screen: orders and searches."""

from __future__ import annotations

import pytest

from engine.finding.finder import TagUse
from tui.many.tag_table import Sort, TagTable

USES = [
    TagUse(name, name, here, total)
    for name, here, total in (("solo", 9, 90), ("long hair", 5, 5), ("very long hair", 3, 4), ("cat", 0, 7))
]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("count", ["solo", "long hair", "very long hair"]),
        ("name", ["long hair", "solo", "very long hair"]),
        ("share", ["long hair", "very long hair", "solo"]),
    ],
)
def test_tags_are_ordered(sort: Sort, names: list[str]) -> None:
    """By count, by name, or by how much of a tag's images is here; tags of no image here are not listed."""
    table = TagTable(USES)
    table.sort = sort
    assert [use.name for use in table.listed] == names


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        ("", ["solo", "long hair", "very long hair"]),
        ("Long_H", ["long hair", "very long hair"]),
        ("long*", ["long hair"]),
        ("*long ?air", ["long hair", "very long hair"]),
        ("cat", []),
    ],
)
def test_tags_are_found(sought: str, names: list[str]) -> None:
    """Text is found anywhere in a tag, in any spelling; a pattern fits the whole tag."""
    table = TagTable(USES)
    table.sought = sought
    assert [use.name for use in table.listed] == names
