"""Filters kept under a name: mentioned, nested, wrong at the right place."""

from __future__ import annotations

import pytest

from engine.finding.language import BadQuery, parse
from engine.finding.language.saved import broken, is_name, parse_saved

KEPT = {"small": "width<512 OR height<512", "bad": "widht<5", "mine": "@small -flagged", "round": "@round"}


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("@small", "width<512 OR height<512"),
        ("cat @small", "cat (width<512 OR height<512)"),
        ("-@small", "-(width<512 OR height<512)"),
        ("(@mine)", "(width<512 OR height<512) -flagged"),
        ('"@small"', '"@small"'),
        ('caption:"a @small one"', 'caption:"a @small one"'),
        ("me@small", "me@small"),
        ("cat", "cat"),
    ],
)
def test_a_name_stands_for_its_filter(text: str, means: str) -> None:
    """`@name` is what was kept, as one term; in quotes or inside a word it is text."""
    query = parse_saved(text, KEPT)
    assert query.node == parse(means).node
    assert query.text == text


@pytest.mark.parametrize(
    ("text", "at", "end", "says"),
    [
        ("cat @smal", 4, 9, "no filter is kept as @smal"),
        ("@small widht<5", 7, 12, "widht"),
        ("cat @bad", 4, 8, "in @bad"),
        ("x @round", 2, 8, "mentions itself"),
        ("@small (", 7, 8, ""),
    ],
)
def test_what_is_wrong_is_found_where_it_was_written(text: str, at: int, end: int, says: str) -> None:
    """The place of an error is that in the text as it was typed, whatever a name stands for."""
    with pytest.raises(BadQuery) as wrong:
        parse_saved(text, KEPT)
    assert (wrong.value.at, wrong.value.end) == (at, end)
    assert says in wrong.value.message
    assert wrong.value.message.count("at character") == 1


def test_which_of_those_kept_are_broken() -> None:
    """Filters that cannot be understood, and names that cannot be mentioned, are named with the reason."""
    assert {name for name, _ in broken({**KEPT, "two words": "cat"})} == {"bad", "round", "two words"}
    assert is_name("small-2")
    assert not is_name("a.b")
