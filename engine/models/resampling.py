"""Resampling onto a grid that may reach beyond the image: averages of areas, and Pillow's filters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.models.fit import Colour

_Number = TypeVar("_Number", np.uint8, np.float32)

_FILTERS = {
    "bilinear": (Image.Resampling.BILINEAR, 1),
    "bicubic": (Image.Resampling.BICUBIC, 2),
    "lanczos": (Image.Resampling.LANCZOS, 3),
}
"""Pillow's filter, and how many output pixels (input pixels, when enlarging) it looks to either side."""

_AT_ONCE, _WIDE = 8, 2048
"""Output rows averaged by one matrix product, and their px: what it works on stays in the processor's cache."""
_STRIP_PX = 1 << 20
"""Border on the left and right is drawn around so many px at a time."""
_MOST_PX = 1 << 26
"""So many px of border, or of what lies between Pillow's two passes, are too many: a quarter of a gigabyte."""


class Axis(NamedTuple):
    """How output pixels lie along one axis of an image; lengths in px of the image."""

    start: float
    """Where the first one begins; below 0 there is border before the image."""
    step: float
    """How much of the image one covers."""
    outputs: int

    def is_whole(self, length: int) -> bool:
        """Say whether output pixels are the image's pixels."""
        return (self.start, self.step, self.outputs) == (0, 1, length)


def area_average(pixels: NDArray[np.uint8], across: Axis, down: Axis, border: Colour | None) -> NDArray[np.uint8]:
    """Return for each output pixel the mean of the area it covers, parts of pixels counted as parts.

    Args:
        pixels: uint8, (height, width, 3).
        across: The grid's columns.
        down: The grid's rows.
        border: The colour around the image; None: its outermost pixels go on.

    Returns:
        uint8, (rows, columns, 3).
    """
    columns = _turned(_averaged(pixels, down, border))
    means = _averaged(columns, across, border)
    means += 0.5
    return _turned(means.astype(np.uint8))


def _turned(pixels: NDArray[_Number]) -> NDArray[_Number]:
    """Return a copy with rows and columns exchanged, moving pixels as one piece: twice as fast as by their numbers."""
    pieces = pixels.view(f"V{3 * pixels.itemsize}")[:, :, 0]
    return np.ascontiguousarray(pieces.T)[:, :, None].view(pixels.dtype)


def _averaged(lines: NDArray[np.uint8] | NDArray[np.float32], axis: Axis, border: Colour | None) -> NDArray[np.float32]:
    """Average along the first axis: (length, n, 3) → float32, (outputs, n, 3)."""
    firsts, weights = _weights(axis, len(lines), continued=border is None)
    cover = weights.sum(2, keepdims=True)
    means = np.empty((len(firsts) * _AT_ONCE, lines.shape[1], 3), np.float32)
    for left in range(0, lines.shape[1], _WIDE):
        part = lines[:, left : left + _WIDE]
        some = np.empty((weights.shape[2], part.shape[1], 3), np.float32)
        around = None if border is None else np.tile(np.array(border, np.float32), part.shape[1])
        for group, (line, weight) in enumerate(zip(firsts, weights, strict=True)):
            np.copyto(some, part[line : line + len(some)])
            found = weight @ some.reshape(len(some), -1)
            if around is not None and cover[group].min() < 1:
                found += (1 - cover[group]) * around
            means[group * _AT_ONCE : (group + 1) * _AT_ONCE, left : left + _WIDE] = found.reshape(_AT_ONCE, -1, 3)
    return means[: axis.outputs]


def _weights(axis: Axis, length: int, *, continued: bool) -> tuple[list[int], NDArray[np.float32]]:
    """Return for each group of `_AT_ONCE` output pixels the first line it looks at, and by how much at which.

    Returns:
        The lines' numbers, and float32, (groups, _AT_ONCE, lines).
    """
    begin = axis.start + axis.step * np.arange(-(-axis.outputs // _AT_ONCE) * _AT_ONCE).reshape(-1, _AT_ONCE, 1)
    seen = min(length, math.ceil(axis.step * _AT_ONCE) + 1)
    first = np.clip(np.floor(begin[:, 0, 0]).astype(np.int64), 0, length - seen)
    line = first[:, None, None] + np.arange(seen)
    low, high = line.astype(np.float64), line + 1.0
    if continued:
        low[line == 0], high[line == length - 1] = -np.inf, np.inf
    shared = np.minimum(high, begin + axis.step) - np.maximum(low, begin)
    return first.tolist(), (np.maximum(shared, 0) / axis.step).astype(np.float32)


class _Window(NamedTuple):
    """The part of an axis that a filter has to be run on; beyond it there is nothing but border."""

    before: int
    """Border to draw before the image, px."""
    after: int
    first: int
    """The first output pixel to reckon."""
    last: int
    """The first one after it that need not be."""
    begin: float
    """Where the first one begins in the image with its border, px."""
    end: float


def _window(axis: Axis, length: int, how: str) -> _Window:
    """Draw so much border that every output pixel that sees any of the image sees nothing cut off."""
    reach = math.ceil((2 * _FILTERS[how][1] + 2) * max(axis.step, 1)) + 2
    end = axis.start + axis.outputs * axis.step
    before, after = max(0, math.ceil(-axis.start)), max(0, math.ceil(end - length - 1e-6))
    first, last = 0, axis.outputs
    if before > reach:
        before, first = reach, math.ceil((-reach - axis.start) / axis.step)
    if after > reach:
        after, last = reach, math.floor((length + reach - axis.start) / axis.step)
    begin, end = (before + axis.start + place * axis.step for place in (first, last))
    return _Window(before, after, first, last, max(0.0, begin), min(float(before + length + after), end))


def is_too_large(image: Image.Image, across: Axis, down: Axis, how: str) -> bool:
    """Say whether a filter would need enormous memory on the way, or see an enormous border."""
    window = _window(across, image.width, how)
    return max(window.before + window.after, down.outputs) * image.height > _MOST_PX


def resized(image: Image.Image, across: Axis, down: Axis, border: Colour | None, how: str) -> NDArray[np.uint8]:
    """Run one of Pillow's filters, to the same result as on an image with all of its border drawn.

    Pillow runs along rows first, then along columns, with 8 bits between: so does this.

    Args:
        image: RGB.
        across: The grid's columns.
        down: The grid's rows.
        border: The colour around the image; None: its outermost pixels go on.
        how: The filter.

    Returns:
        uint8, (rows, columns, 3).
    """
    x, y = _window(across, image.width, how), _window(down, image.height, how)
    resample, _ = _FILTERS[how]
    if x.before or x.after:
        narrow = Image.new("RGB", (x.last - x.first, image.height))
        for top, strip in _strips(image, x, border):
            size = (narrow.width, strip.height)
            narrow.paste(strip.resize(size, resample, (x.begin, 0, x.end, strip.height)), (0, top))
        x = _Window(0, 0, x.first, x.last, 0, narrow.width)
        image = narrow
    if y.before or y.after:
        image = image.resize((x.last - x.first, image.height), resample, (x.begin, 0, x.end, image.height))
        x = _Window(0, 0, x.first, x.last, 0, image.width)
        image = _bordered(image, (0, y.before, 0, y.after), border)
    small = image.resize((x.last - x.first, y.last - y.first), resample, (x.begin, y.begin, x.end, y.end))
    return _completed(np.asarray(small), x, y, (down.outputs, across.outputs), border)


def _strips(image: Image.Image, x: _Window, border: Colour | None) -> Iterator[tuple[int, Image.Image]]:
    """Yield parts of the image with border on the left and right: rows do not know of each other."""
    width = image.width + x.before + x.after
    rows = max(1, _STRIP_PX // width)
    for top in range(0, image.height, rows):
        part = image.crop((0, top, image.width, min(top + rows, image.height))) if rows < image.height else image
        yield top, _bordered(part, (x.before, 0, x.after, 0), border)


def _bordered(image: Image.Image, sides: tuple[int, int, int, int], border: Colour | None) -> Image.Image:
    """Draw border on the left, top, right and bottom."""
    left, top, right, bottom = sides
    width, height = image.size
    larger = Image.new("RGB", (left + width + right, top + height + bottom), border or 0)
    larger.paste(image, (left, top))
    if border is None:
        for box, place, size in (
            ((0, 0, 1, height), (0, 0), (left, height)),
            ((width - 1, 0, width, height), (left + width, 0), (right, height)),
            ((0, 0, width, 1), (0, 0), (width, top)),
            ((0, height - 1, width, height), (0, top + height), (width, bottom)),
        ):
            if all(size):
                larger.paste(image.crop(box).resize(size, Image.Resampling.NEAREST), place)
    return larger


def _completed(
    part: NDArray[np.uint8], x: _Window, y: _Window, size: tuple[int, int], border: Colour | None
) -> NDArray[np.uint8]:
    """Put the part that was reckoned in its place."""
    if part.shape[:2] == size:
        return part
    if border is None:
        rows, columns = size
        return np.pad(part, ((y.first, rows - y.last), (x.first, columns - x.last), (0, 0)), "edge")
    whole = np.empty((*size, 3), np.uint8)
    whole[:] = border
    whole[y.first : y.last, x.first : x.last] = part
    return whole
