"""MCut: the middle of the widest gap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.viewing.mcut import mcuts
from engine.captions.viewing.scores import FULL_SCALE, TagScore


def scored(category: str, *scores: float) -> list[TagScore]:
    """Give tags of one category with these scores."""
    return [TagScore(f"{category}{place}", score, category) for place, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "cut"),
    [
        ((0.9, 0.8, 0.3, 0.2), 0.55),
        ((0.2, 0.9, 0.3, 0.8), 0.55),
        ((0.6, 0.4, 0.2), 0.5),  # of equal gaps the uppermost
        ((0.4, 0.4), 0.4),
    ],
)
def test_the_cut_is_in_the_middle_of_the_widest_gap(scores: tuple[float, ...], cut: float) -> None:
    """Worked by hand."""
    assert mcuts(scored("general", *scores)) == {"general": pytest.approx(cut, abs=2 / FULL_SCALE)}


def test_each_category_has_its_own() -> None:
    """One score alone has no gap; characters have at least 0.15."""
    scores = scored("general", 0.9, 0.1) + scored("artist", 0.9) + scored("character", 0.12, 0.06)
    assert mcuts(scores) == {"general": pytest.approx(0.5, abs=1e-4), "character": 0.15}


@given(st.lists(st.integers(0, FULL_SCALE), min_size=2))
def test_the_best_always_passes(stored: list[int]) -> None:
    """The highest score is above its cut, and unless all are equal the lowest is below."""
    cut = mcuts(scored("general", *(score / FULL_SCALE for score in stored)))["general"] * FULL_SCALE
    assert max(stored) >= round(cut, 6)
    assert min(stored) < cut or len(set(stored)) == 1
