"""Which tags are one name in two spellings."""

from __future__ import annotations

import pytest

from engine.captions.changes.kinship import kin


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("grey hair", "gray_hair"),
        ("t-shirt", "tshirt"),
        ("colourful", "colorful"),
        ("armour", "armor"),
        ("long sleeve", "long sleeves"),
        (r"saber \(fate\)", "saber"),
        ("jewellery", "jewelry"),
        ("witch's hat", "witchs hat"),
    ],
)
def test_kin(one: str, other: str) -> None:
    """Spellings of one name share something."""
    assert set(kin(one)) & set(kin(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("shirt", "short"), ("1girl", "2girls"), ("<3", "3"), ("^_^", "@_@"), ("boots", "books"), ("a", "as")],
)
def test_strangers(one: str, other: str) -> None:
    """Names that differ by a letter that matters share nothing."""
    assert not set(kin(one)) & set(kin(other))
