"""Blur, as the radius of the Gaussian that would have made the picture's edges so wide.

Inside a tile of 16x16 px the steepest step between neighbours, divided by the tile's range, is the slope of its edge.
A step blurred with radius s has the slope 1 / (s * sqrt(2 pi)), whatever its contrast; so s = 0.399 / slope, less the
3x3 mean that is taken first against noise (its variance is 2/3 px). An edge that a tile cuts in two reads sharper than
it is, so the sharp end of a photo blurred with s lies somewhat below s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

TILE_PX = 16
_PEAK = 0.39894  # 1 / sqrt(2 pi)
_MEAN_VARIANCE = 2 / 3
_LEAST_TILES = 4
_SHARP_END = 0.15


class Edges(NamedTuple):
    """One number for each tile, (rows, columns)."""

    radius: NDArray[np.float32]
    """Gaussian radius in px; meaningless where `contrast` is low."""
    contrast: NDArray[np.float32]
    """The tile's range after the 3x3 mean, 0 to 255."""


def edges_of(grey: Image.Image) -> Edges:
    """Measure the edges of a grey picture, tile by tile; a rest narrower than a tile is left out."""
    smooth = np.asarray(grey.filter(ImageFilter.BoxBlur(1)), dtype=np.int16)
    rows, columns = (smooth.shape[0] - 1) // TILE_PX, (smooth.shape[1] - 1) // TILE_PX
    height, width = rows * TILE_PX, columns * TILE_PX
    core = smooth[:height, :width]
    down = np.abs(smooth[1 : height + 1, :width] - core)
    right = np.abs(smooth[:height, 1 : width + 1] - core)
    contrast = (_tiles(core, np.maximum) - _tiles(core, np.minimum)).astype(np.float32)
    slope = _tiles(np.maximum(down, right), np.maximum) / np.maximum(contrast, 1)
    wide = (_PEAK / np.maximum(slope, 0.01)) ** 2 - _MEAN_VARIANCE
    return Edges(np.sqrt(np.maximum(wide, 0)).astype(np.float32), contrast)


def _tiles(values: NDArray[np.int16], fold: np.ufunc) -> NDArray[np.int16]:
    """Fold every tile into one number."""
    rows = fold.reduceat(values, np.arange(0, values.shape[0], TILE_PX), axis=0) if values.size else values[:0]
    columns = np.arange(0, values.shape[1], TILE_PX)
    folded: NDArray[np.int16] = fold.reduceat(rows, columns, axis=1) if columns.size else rows
    return folded


def sharpest(edges: Edges, where: NDArray[np.bool_], least_contrast: float) -> float | None:
    """Return the radius of the sharp end of the edges: 15 % of their weight is sharper; None when there are too few.

    An edge weighs the square of its contrast, so that outlines count, and noise and JPEG blocks hardly do.
    """
    chosen = where & (edges.contrast >= least_contrast)
    radii, weights = edges.radius[chosen], edges.contrast[chosen] ** 2
    if radii.size < _LEAST_TILES:
        return None
    order = np.argsort(radii)
    reached = np.cumsum(weights[order], dtype=np.float64)
    return float(radii[order][np.searchsorted(reached, _SHARP_END * reached[-1])])


def centre_and_surround(edges: Edges) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which tiles lie in the middle (an ellipse of half the size) and which outside the inscribed ellipse."""
    rows, columns = edges.radius.shape
    y = (np.arange(rows)[:, None] + 0.5) / max(rows, 1) * 2 - 1
    x = (np.arange(columns)[None, :] + 0.5) / max(columns, 1) * 2 - 1
    distance = np.hypot(x, y)
    return distance <= 0.5, distance >= 0.95  # noqa: PLR2004
