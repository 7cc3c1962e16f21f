"""The tags of the tags screen: orders and searches."""

from __future__ import annotations

import pytest

from engine.finding.finder import TagUse
from tui.many.tag_table import Sort, TagTable

USES = [
    TagUse(name, name, here, total)
    for name, here, total in (
        ("solo", 9, 90),
        ("long hair", 5, 5),
        ("very long hair", 3, 4),
        ("100% *star*", 1, 1),
        ("cat", 0, 7),
    )
]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("count", ["solo", "long hair", "very long hair", "100% *star*"]),
        ("name", ["100% *star*", "long hair", "solo", "very long hair"]),
        ("share", ["long hair", "100% *star*", "very long hair", "solo"]),
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
        ("", ["solo", "long hair", "very long hair", "100% *star*"]),
        ("Long_H", ["long hair", "very long hair"]),
        ("long*r", ["long hair", "very long hair"]),
        (r"\*", ["100% *star*"]),
        (r"\*STAR", ["100% *star*"]),
        ("*long ?air", ["long hair", "very long hair"]),
        ("cat", []),
    ],
)
def test_tags_are_found(sought: str, names: list[str]) -> None:
    """Text is found anywhere in a tag, in any spelling, also with wildcards in it; an escaped one is plain."""
    table = TagTable(USES)
    table.sought = sought
    assert [use.name for use in table.listed] == names
