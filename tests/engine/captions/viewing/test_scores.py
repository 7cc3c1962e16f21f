"""Tag scores in a blob."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.viewing.scores import FULL_SCALE, LabelTable, TagScore, floor_of, pack, to_u16, unpack
from engine.errors import Unreadable

LABELS = LabelTable(tuple(f"tag_{i}" for i in range(50)), ("general",) * 50)
SCORED = st.dictionaries(st.integers(0, 49), st.integers(0, FULL_SCALE))


@given(SCORED, st.integers(0, FULL_SCALE))
def test_everything_packed_comes_back(scored: dict[int, int], floor: int) -> None:
    """Unpacking gives every score to the last digit, highest first, also a rating below the floor that was kept."""
    blob = pack(scored.items(), floor)
    tags = unpack(blob, LABELS)
    assert {tag.name: to_u16(tag.score) for tag in tags} == {f"tag_{i}": s for i, s in scored.items()}
    assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)
    assert to_u16(floor_of(blob)) == floor


def test_equal_scores_keep_the_order_of_the_labels() -> None:
    """Among equal scores the label that the model lists first comes first."""
    assert [tag.name for tag in unpack(pack([(7, 9), (3, 9), (5, 9)], 0), LABELS)] == ["tag_3", "tag_5", "tag_7"]


def test_labels_beyond_65535() -> None:
    """A tagger with very many labels is stored with wider indices."""
    wide = LabelTable(tuple(map(str, range(70_528))), ("meta",) * 70_528)
    assert unpack(pack([(70_527, FULL_SCALE)], 0), wide) == (TagScore("70527", 1.0, "meta"),)


@given(st.floats(0, 1))
def test_rounding_is_finer_than_a_thousandth(score: float) -> None:
    """A stored score differs from the model's by less than 0.00001."""
    assert abs(to_u16(score) / FULL_SCALE - score) < 1e-5


def test_scores_outside_the_scale_are_held_to_it() -> None:
    """A model that says more than 1 or less than 0 is held to the ends."""
    assert (to_u16(-0.5), to_u16(1.5)) == (0, FULL_SCALE)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\x01",
        pack([(1, 2)], 0)[:-1],
        pack([(1, 2)], 0) + b"x",
        b"\x09" + pack([(1, 2)], 0)[1:],
        pack([(50, 2)], 0),
    ],
    ids=["empty", "no header", "cut short", "too long", "other version", "unknown label"],
)
def test_a_broken_blob_says_what_to_do(blob: bytes) -> None:
    """A blob that cannot be read is named as such, with the way out."""
    with pytest.raises(Unreadable, match="--again"):
        unpack(blob, LABELS)
