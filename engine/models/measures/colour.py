"""Light and colour of a small copy of the picture, in Oklab: lightness 0..1, chroma 0 to about 0.3, hue in degrees.

Oklab: Björn Ottosson, "A perceptual color space for image processing", 2020. sRGB: IEC 61966-2-1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_CODES = np.arange(256) / 255
_KNEE = 0.04045
_LINEAR = np.where(_CODES <= _KNEE, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)
_TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929],
     [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], np.float32)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468],
     [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], np.float32)  # fmt: skip

HUES = ("red", "orange", "yellow", "green", "aqua", "blue", "purple", "pink")
_STARTS = (16.0, 42.0, 84.0, 118.0, 168.0, 228.0, 286.0, 335.0)
"""Where each hue of `HUES` begins, in degrees; it ends where the next one begins, pink at red."""
_RED, _ORANGE, _YELLOW, _PINK = 0, 1, 2, 7
BROWN = len(HUES)
_BROWN_HUES, _BROWN_LIGHTNESS = (38.0, 100.0), 0.60
"""Brown is dark orange: these degrees below this lightness."""
_PALE_RED_LIGHTNESS = 0.70
"""Red that is lighter than this is pink."""
_GREY_CHROMA, _COLOURED_CHROMA = 0.025, 0.055
"""At the first a pixel begins to count as coloured, at the second it counts whole."""


class Colours(NamedTuple):
    """Every pixel of the small copy, one number each."""

    lightness: Floats
    a: Floats
    b: Floats


_BANDS = 64


def colours_of(pixels: NDArray[np.uint8]) -> Colours:
    """Turn uint8 sRGB of any shape (..., 3) into flat Oklab coordinates."""
    cones = np.cbrt(_LINEAR[pixels.reshape(-1, 3)] @ _TO_CONES.T)
    lightness, a, b = (cones @ _TO_LAB.T).T
    return Colours(lightness, a, b)


def lightness_quantiles(colours: Colours) -> tuple[float, float]:
    """Return the lightness below which 10 % of the pixels lie, and that below which 90 % do."""
    low, high = np.quantile(colours.lightness, (0.1, 0.9))
    return float(low), float(high)


def chroma_quantile(colours: Colours) -> float:
    """Return the chroma below which 99 % of the pixels lie."""
    return float(np.quantile(np.hypot(colours.a, colours.b), 0.99))


def tint_spread(colours: Colours) -> float:
    """Return how far colours are from being one tint, as a share of how strong they are: 0 for sepia, 1 for a rainbow.

    Two distances, the larger counts: of (a, b) from their mean among pixels of like lightness (64 bands), so that
    colour must follow from lightness; and of (a, b) from the line through grey and the mean colour, so that there is
    one hue. Each is a root mean square over all pixels, divided by that of the chroma.
    """
    band = np.clip((colours.lightness * _BANDS).astype(np.intp), 0, _BANDS - 1)
    count = np.maximum(np.bincount(band, minlength=_BANDS), 1)
    within = 0.0
    for axis in (colours.a, colours.b):
        mean = np.bincount(band, weights=axis, minlength=_BANDS) / count
        within += float(np.mean((axis - mean[band]) ** 2))
    towards = np.array([colours.a.mean(), colours.b.mean()])
    length = float(np.hypot(*towards)) or 1.0
    along = (colours.a * towards[0] + colours.b * towards[1]) / length
    across = (colours.b * towards[0] - colours.a * towards[1]) / length
    beside = float(np.mean(across**2 + np.minimum(along, 0) ** 2))
    strength = float(np.mean(colours.a**2 + colours.b**2))
    return float(np.sqrt(max(within, beside) / strength)) if strength > 0 else 0.0


def hue_areas(colours: Colours) -> Floats:
    """Return the share of the picture's area in each hue, brown last; a pale pixel counts in part, a grey one not."""
    chroma = np.hypot(colours.a, colours.b)
    weight = np.clip((chroma - _GREY_CHROMA) / (_COLOURED_CHROMA - _GREY_CHROMA), 0, 1)
    degrees = np.degrees(np.arctan2(colours.b, colours.a)) % 360
    hue = (np.searchsorted(_STARTS, degrees, side="right") - 1) % len(HUES)
    hue[(hue == _RED) & (colours.lightness > _PALE_RED_LIGHTNESS)] = _PINK
    brown = (degrees > _BROWN_HUES[0]) & (degrees < _BROWN_HUES[1]) & (colours.lightness < _BROWN_LIGHTNESS)
    hue[brown] = BROWN
    return (np.bincount(hue, weights=weight, minlength=BROWN + 1) / chroma.size).astype(np.float32)
