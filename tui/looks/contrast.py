"""How well a colour can be read on another, and the faintest shade of an ink that still can."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.color import Color

LEAST = 4.5
"""The contrast ratio of WCAG 2 from which words of any size count as readable."""

DARKEST_POWER = 0.04045
"""Below, sRGB is a straight line."""
STEPS = 128
"""Shades that are told apart on the way from an ink to its ground."""


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21; the order is the same."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def on_all(ink: Color, grounds: Iterable[Color]) -> float:
    """Return the contrast of an ink on the ground where it is read worst."""
    return min(contrast(ink, ground) for ground in grounds)


def faintest(ink: Color, grounds: list[Color], least: float) -> Color:
    """Blend an ink into the first ground as far as it keeps a contrast on all of them; not at all where it has less."""
    reads, too_faint = 0, STEPS
    while too_faint - reads > 1:
        share = (reads + too_faint) // 2
        if on_all(ink.blend(grounds[0], share / STEPS), grounds) >= least:
            reads = share
        else:
            too_faint = share
    return ink.blend(grounds[0], reads / STEPS)


def linear(part: float) -> float:
    """Return the amount of light of a part of an sRGB colour; both from 0 to 1."""
    return part / 12.92 if part <= DARKEST_POWER else ((part + 0.055) / 1.055) ** 2.4


@lru_cache(1024)
def _luminance(colour: Color) -> float:
    """Return the relative luminance of an sRGB colour, from 0 to 1."""
    red, green, blue = map(linear, colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
