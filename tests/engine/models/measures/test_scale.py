"""From a measure to a score."""

from __future__ import annotations

import pytest

from engine.models.measures.scale import around, below


@pytest.mark.parametrize(("value", "score"), [(0, 0), (-1, 0), (2, 0), (4, 0.5), (8, 1), (99, 1), (4 * 2**0.5, 0.75)])
def test_half_a_score_is_the_point_and_each_doubling_half_a_score_more(value: float, score: float) -> None:
    """0.5 at the point, 0 at half of it, 1 at twice; `below` is the mirror image."""
    assert around(value, 4) == pytest.approx(score)
    assert below(value, 4) == pytest.approx(1 - score)


def test_a_point_of_zero_is_reached_by_anything_above_it() -> None:
    """No division by zero."""
    assert (around(1, 0), around(0, 0)) == (1.0, 0.0)
