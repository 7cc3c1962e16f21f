"""From an upright sRGB picture of any shape to the square that a model looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.models.resampling import Axis, area_average, is_too_large, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.models.fit import Colour, Fit

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in px; fractions of a pixel are allowed."""


def fitted(
    image: Image.Image, fit: Fit, whole: tuple[int, int] | None = None, seen: Box | None = None
) -> NDArray[np.uint8]:
    """Return the square of a picture, as if it had been padded at full size.

    The border is never drawn at full size, so that a line of 1x30,000 px costs no 900 megapixels. Where even the part of
    the border that a filter sees would be enormous (see `resampling.is_too_large`: narrow pictures more than 40,000 px
    long), areas are averaged whatever the filter: such a line is fainter than 3 levels of 255, and stays so.

    `area` is the mean of what lies under an output pixel, parts of pixels counted as parts, as OpenCV's and TensorFlow's
    area filters do when they shrink; it is the same formula when it enlarges. `kohya` enlarges with Pillow's Lanczos.

    Args:
        image: RGB, upright; perhaps a reduced copy.
        fit: What the square is to be; its `size` is not 0.
        whole: Width and height in px before it was reduced, from which the border is reckoned; None: it was not.
        seen: Where the whole picture lies in a reduced copy, whose last pixels may show less than the others; None: the
            copy shows nothing else.

    Returns:
        uint8, (size, size, 3), RGB, C-contiguous.
    """
    width, height = whole or image.size
    left, top, right, bottom = seen or (0.0, 0.0, *image.size)
    per_x, per_y = (right - left) / width, (bottom - top) / height  # px of the copy to a px of the whole
    out_width = out_height = fit.size
    span_x, span_y = width, height
    if fit.how == "pad":
        image = _mixed(image, (left, top, right, bottom), fit.colour)
    if fit.how in {"pad", "pad-edge"}:
        span_x = span_y = max(width, height)
        left -= (span_x - width) // 2 * per_x
        top -= (span_y - height) // 2 * per_y
    elif fit.how == "shrink-then-pad":
        longer = max(width, height)
        out_width, out_height = (max(1, side * fit.size // longer) for side in (width, height))
    across = Axis(left, span_x * per_x / out_width, out_width)
    down = Axis(top, span_y * per_y / out_height, out_height)
    square = _resampled(image, fit, across, down)
    return _centred(square, fit.size, fit.colour) if fit.how == "shrink-then-pad" else square


def _resampled(image: Image.Image, fit: Fit, across: Axis, down: Axis) -> NDArray[np.uint8]:
    if across.is_whole(image.width) and down.is_whole(image.height):
        return np.asarray(image)
    border = None if fit.how == "pad-edge" else fit.colour
    how = fit.resample
    if how == "kohya":
        how = "area" if max(across.step, down.step) > 1 else "lanczos"
    if how == "area" or is_too_large(image, across, down, how):
        return area_average(np.asarray(image), across, down, border)
    return resized(image, across, down, border, how)


def _mixed(image: Image.Image, seen: Box, border: Colour) -> Image.Image:
    """Let the last pixels of the shorter sides show border as far as they do not show the picture."""
    width, height = image.size
    left, top, right, bottom = seen
    if width > height:
        missing = {(0, 0, width, 1): top, (0, height - 1, width, height): height - bottom}
    else:
        missing = {(0, 0, 1, height): left, (width - 1, 0, width, height): width - right}
    if not any(missing.values()):
        return image
    mixed = image.copy()
    for box, share in missing.items():
        edge = image.crop(box)
        mixed.paste(Image.blend(edge, Image.new("RGB", edge.size, border), share), box)
    return mixed


def _centred(part: NDArray[np.uint8], size: int, colour: Colour) -> NDArray[np.uint8]:
    """Lay an image on a square."""
    height, width = part.shape[:2]
    if height == width == size:
        return part
    square = np.empty((size, size, 3), np.uint8)
    square[:] = colour
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = part
    return square
