"""Tags that nearly fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.known.tag_fuzzy import Letters
from tests.engine.captions.known.test_tag_index import index_of

if TYPE_CHECKING:
    from engine.captions.known.tag_index import TagIndex

TAGS = (
    ("black hair", 900, "kurokami"), ("blue hair", 500, ""), ("long hair", 2000, "longhair,/lh"),
    ("blonde hair", 700, ""), ("looking at viewer", 1500, ""), ("hairband", 300, ""), ("1girl", 3000, ""),
)  # fmt: skip


def found(typed: str, index: TagIndex | None = None) -> list[str]:
    """Return the names that are near to what was typed."""
    index = index or index_of(*TAGS)
    near = Letters(index).near(typed, 12, lambda: False)
    return [index.known(one.place).name for one in near]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("balck hair", "black hair"),
        ("balck", "black hair"),
        ("long haor", "long hair"),
        ("lookng at", "looking at viewer"),
        ("lokoing at v", "looking at viewer"),
        ("hiar", "hairband"),
        ("blhair", "black hair"),
        ("lav", "looking at viewer"),
        ("kurokmai", "black hair"),
        ("blondde", "blonde hair"),
    ],
)
def test_a_slip_is_forgiven(typed: str, first: str) -> None:
    """Letters swapped, wrong, missing or too many, and letters left out, lead to the tag that is meant."""
    assert found(typed)[0] == first


def test_a_later_word_may_be_misspelt() -> None:
    """Each word of a tag can be the one that was meant."""
    assert "black hair" in found("hiar")
    assert "looking at viewer" in found("veiwer")


@pytest.mark.parametrize("typed", ["", "b", "bl", "qqqq", "entirely elsewhere", "x" * 200, "\n\n\n\n", "ééé"])
def test_what_is_far_is_not_near(typed: str) -> None:
    """Too little, too much and nonsense find nothing."""
    assert found(typed) == []


def test_it_can_be_given_up() -> None:
    """Where nobody wants to know any more, nothing is looked at."""
    index = index_of(*TAGS)
    assert Letters(index).near("balck hair", 12, lambda: True) == []


@given(
    st.lists(st.text("abc ", min_size=1, max_size=9), min_size=1, max_size=12), st.text("abc", min_size=4, max_size=7)
)
def test_errors_are_counted_as_by_hand(names: list[str], typed: str) -> None:
    """A name is found exactly where some beginning of it, or of a word in it, is at most so many errors away."""
    names = [name for name in dict.fromkeys(" ".join(name.split()) for name in names) if name]
    index = index_of(*((name, 1, "") for name in names))
    most = 1 if len(typed) < 6 else 2
    got = {one.place for one in Letters(index).near(typed, 1000, lambda: False) if one.cost <= most}
    for place in range(len(index)):
        name = index.known(place).name
        starts = [0, *(at + 1 for at, sign in enumerate(name) if sign == " ")]
        parts = [name[at:] for at in starts if name[at : at + 1] in set(typed[:2])]
        near = min((distance(typed, part[:end]) for part in parts for end in range(len(part) + 1)), default=99)
        if near <= most:
            assert place in got, (typed, name, near)
        elif place in got:
            assert is_shortened(typed, parts), (typed, name, near)


def distance(one: str, other: str) -> int:
    """Count errors the slow way, a swap of neighbours as one."""
    table = [[max(i, j) if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            wrong = one[i - 1] != other[j - 1]
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + wrong)
            if i > 1 and j > 1 and (one[i - 1], one[i - 2]) == (other[j - 2], other[j - 1]):
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def is_shortened(typed: str, parts: list[str]) -> bool:
    """Tell whether a text has the letters in their order."""
    for part in parts:
        signs = iter(part)
        if all(sign in signs for sign in typed):
            return True
    return False
