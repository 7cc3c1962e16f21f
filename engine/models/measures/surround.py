"""What is around the subject: a border, and the background along the picture's edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ALIKE = 12
"""Two pixels are of one colour when no channel differs by more, of 255."""
_UNIFORM = 0.97
"""The share of a line that must have the border's colour."""
_SMOOTH = 2
"""How far, of 255, a pixel of the small copy may lie from a smooth surface; noise is averaged out there, grain of a
wall or of the moon is not."""
_RING = 0.03
"""Width of the ring looked at for the background, as a share of the shorter side."""


class Border(NamedTuple):
    """A frame of one colour around a picture."""

    strength: float
    """The share of the line just inside that has another colour, on the side where it is lowest; 0 for no border."""
    box: tuple[int, int, int, int]
    """What is inside: left, top, right, bottom in px of the array given."""


def border_of(pixels: NDArray[np.uint8], narrowest: float, widest: float) -> Border:
    """Find a border: lines of one colour on all four sides, ended by a straight step.

    A plain background ends at the outline of its subject, one point at a time; a border ends everywhere at once.

    Args:
        pixels: uint8, (height, width, 3).
        narrowest: The least width of a border on each side, as a share of the longer side.
        widest: The greatest, as a share of that side's length.
    """
    height, width = pixels.shape[:2]
    whole = Border(0.0, (0, 0, width, height))
    colour = np.median(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]), axis=0)
    other = (np.abs(pixels.astype(np.int16) - colour.astype(np.int16)) > _ALIKE).any(axis=2)
    least = max(1.0, narrowest * max(height, width))
    top, bottom = _run(other), _run(other[::-1])
    if not least <= min(top, bottom) or max(top, bottom) > widest * height:
        return whole
    rows = other[top : height - bottom]
    left, right = _run(rows.T), _run(rows.T[::-1])
    if not least <= min(left, right) or max(left, right) > widest * width:
        return whole
    inside = rows[:, left : width - right]
    if min(inside.shape) < 4:  # noqa: PLR2004  (nothing to be framed)
        return whole
    # The first line inside may be a mixture of border and picture: the second counts too.
    steps = [(inside[i] | inside[j]).mean() for i, j in ((0, 1), (-1, -2))]
    steps += [(inside[:, i] | inside[:, j]).mean() for i, j in ((0, 1), (-1, -2))]
    return Border(float(min(steps)), (left, top, width - right, height - bottom))


def _run(other: NDArray[np.bool_]) -> int:
    """Count the lines from the first on that have the border's colour."""
    uneven = other.mean(axis=1) > 1 - _UNIFORM
    return int(uneven.argmax()) if uneven.any() else len(uneven)


class Background(NamedTuple):
    """Shares of the ring along the picture's edge, 0 to 1."""

    white: float
    """Opaque, every channel at least 240."""
    black: float
    """Opaque, every channel at most 24."""
    transparent: float
    """Alpha below half."""
    smooth: float
    """On one smooth surface of colour: within 2 of 255 of a quadratic in x and y fitted to the ring itself."""


def background_of(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8] | None) -> Background:
    """Measure the ring; a border must have been cut away."""
    height, width = pixels.shape[:2]
    thick = max(1, round(_RING * min(height, width)))
    ring = np.ones((height, width), bool)
    ring[thick:-thick, thick:-thick] = False
    colours = pixels[ring].astype(np.float32)
    opaque = np.ones(len(colours), bool) if alpha is None else alpha[ring] >= 128  # noqa: PLR2004  (half)
    white = (colours.min(axis=1) >= 240) & opaque  # noqa: PLR2004
    black = (colours.max(axis=1) <= 24) & opaque  # noqa: PLR2004
    return Background(float(white.mean()), float(black.mean()), float(1 - opaque.mean()), _smooth_share(ring, colours))


def _smooth_share(ring: NDArray[np.bool_], colours: NDArray[np.float32]) -> float:
    """Fit a quadratic surface to the ring and return the share near it; what lies far off loses its say."""
    y, x = np.nonzero(ring)
    u, v = x / ring.shape[1] - 0.5, y / ring.shape[0] - 0.5
    surface = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1).astype(np.float32)
    away = np.abs(colours - np.median(colours, axis=0)).max(axis=1)
    for tolerance in (64, 32, 16, 8, 4):
        near = away <= tolerance
        if near.sum() < len(near) // 4:
            return float(near.mean())
        factors = np.linalg.lstsq(surface[near], colours[near], rcond=None)[0]
        away = np.abs(colours - surface @ factors).max(axis=1)
    return float((away <= _SMOOTH).mean())
