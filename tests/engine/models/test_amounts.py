"""Bytes in words."""

from __future__ import annotations

import pytest

from engine.models.amounts import size


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (12_345, "12 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (366_116_154, "366 MB"),
        (1_260_000_000, "1.3 GB"),
        (5e15, "5,000 TB"),
    ],
)
def test_a_size_has_the_unit_that_suits_it(number: float, words: str) -> None:
    """Two or three digits are enough, and no unit is passed by."""
    assert size(number) == words
