"""From a measured number to a score: 0.5 is the point of decision."""

from __future__ import annotations

import math


def around(value: float, point: float) -> float:
    """Score a positive number against its point of decision, in doublings.

    0 at half the point or less, 0.5 at the point, 1 at twice the point or more:
    `0.5 + 0.5 * log2(value / point)`, clipped.
    """
    if value <= 0 or point <= 0:
        return 0.0 if value <= 0 else 1.0
    return min(max(0.5 + 0.5 * math.log2(value / point), 0.0), 1.0)


def below(value: float, point: float) -> float:
    """Score a number that is wanted small: `1 - around(value, point)`."""
    return 1.0 - around(value, point)
