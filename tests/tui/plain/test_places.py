"""Which changes are meant by numbers, ranges, categories and scores."""

from __future__ import annotations

import pytest

from engine.captions.changes.hunks import Hunk
from engine.errors import WrongUsage
from tui.plain.places import number, which

HUNKS = (
    Hunk("add", "tags", 3, 3, "", "saber", 0.9, "character"),
    Hunk("add", "tags", 3, 3, "", "sofa", 0.504, "general"),
    Hunk("remove", "tags", 0, 3, "cat", "", None),
    Hunk("replace", "tags", 5, 9, "grey", "gray", 0.496, "rating level"),
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1", {0}),
        ("2-4", {1, 2, 3}),
        ("4 - 2", {1, 2, 3}),
        ("1, 3", {0, 2}),
        ("1 3-4", {0, 2, 3}),
        ("all", {0, 1, 2, 3}),
        ("Character", {0}),
        ("rating level", {3}),
        ("remove", {2}),
        ("add 3", {0, 1, 2}),
        (">0.5", {0, 1, 3}),
        (">= .51", {0}),
        ("<0.5", set()),
        ("<.9", {1, 3}),
    ],
)
def test_changes_are_found(text: str, places: set[int]) -> None:
    """Scores are compared as they are read out, with two digits."""
    assert which(text, HUNKS) == places


@pytest.mark.parametrize("text", ["", "5", "0", "1-5", "-1", "window", "1-", "9999999999", "²", ">", ">x"])
def test_what_means_no_change_is_refused(text: str) -> None:
    """A change that is not there is refused, also at the end of a range."""
    with pytest.raises(WrongUsage):
        which(text, HUNKS)


def test_a_number_is_a_place() -> None:
    """Numbers begin at 1."""
    assert number("3", 3) == 2
    with pytest.raises(WrongUsage, match="there is one"):
        number("2", 1)
