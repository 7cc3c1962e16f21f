"""What a filter may have meant that finds nothing."""

from __future__ import annotations

import pytest

from engine.finding.language import parse
from engine.finding.near import near

FOLDERS = ("", "10_cat woman", "10_cat woman/Best", "train/20_dog", "a*b c")
SOURCES = ("SmilingWolf/wd-eva02", "joy")


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("folder:10_cat", 'folder:"10_cat woman"'),
        ("pending folder:10_CAT", 'folder:"10_cat woman"'),
        ("folder:be", "folder:Best"),
        ("folder:train/2", "folder:train/20_dog"),
        (r"folder:a\*", r'folder:"a\\*b c"'.replace(r"\\", "\\")),
        ("source:eva02", "source:SmilingWolf/wd-eva02"),
        ("source:jo -folder:10_cat", "source:joy"),
        ("folder:dog", ""),
        ("folder:train tag:cat", ""),
        ("-folder:10_cat", ""),
        ("tag:10_cat", ""),
    ],
)
def test_a_term_that_comes_near_is_named(query: str, term: str) -> None:
    """A folder that begins so, a source that holds it; none where the term itself fits, or means the opposite."""
    assert near(parse(query), FOLDERS, SOURCES) == term


@pytest.mark.parametrize("query", ["folder:10_cat", r"folder:a\*"])
def test_what_is_named_fits(query: str) -> None:
    """Whoever types it finds something, whatever signs the name holds."""
    term = near(parse(query), FOLDERS, SOURCES)
    assert near(parse(term), FOLDERS, SOURCES) == ""
    assert parse(term) != parse(query)
