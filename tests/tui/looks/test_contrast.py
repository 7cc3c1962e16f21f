"""Contrast as WCAG 2 counts it, and the faintest shade that keeps it."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui.looks.contrast import contrast, faintest, on_all

BLACK, WHITE, GREY = Color(0, 0, 0), Color(255, 255, 255), Color(118, 118, 118)


def test_known_ratios() -> None:
    """Black on white is 21 to 1, a colour on itself 1 to 1, and #767676 the lightest grey that reads on white."""
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == pytest.approx(21)
    assert contrast(GREY, GREY) == 1
    assert contrast(GREY, WHITE) == pytest.approx(4.54, abs=0.01)


def test_the_faintest_shade_still_reads_on_every_ground() -> None:
    """A shade is blended as far as the worst ground allows, and no further; what never read stays as it is."""
    grounds = [BLACK, Color(50, 50, 50)]
    shade = faintest(WHITE, grounds, 4.5)
    assert 4.5 <= on_all(shade, grounds) < 5
    assert faintest(GREY, [GREY], 4.5) == GREY
