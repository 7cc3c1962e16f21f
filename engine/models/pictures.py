"""Decode a picture file for a model: upright, in sRGB, fitted, never larger than allowed, never changing the file."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from engine.errors import Unreadable
from engine.models.fitting import fitted

if TYPE_CHECKING:
    from pathlib import Path

    from engine.models.fit import Fit
    from engine.models.fitting import Box

MAX_MEGAPIXELS = 250
"""What `decode` allows when nobody says otherwise; a small file can unpack to fill all memory."""

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
"""What may be inside a file, whatever its name says; Pillow's other readers are not wanted (EPS runs programs)."""

_BROKEN = (
    *(OSError, ValueError, SyntaxError, RuntimeError, ArithmeticError, LookupError, EOFError),
    *(TypeError, AttributeError, AssertionError, struct.error, zlib.error),
)
"""What Pillow's readers raise on damaged files."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → what makes the picture upright; 1 and everything else mean that it is."""

_LYING = {5, 6, 7, 8}
"""Orientations that swap width and height."""
_FROM_RIGHT, _FROM_BOTTOM = {2, 3, 6, 7}, {3, 4, 7, 8}
"""Orientations by which what is stored at the right end or the lower end comes to the left; and to the top."""

_ENOUGH = 4
"""A JPEG that is fitted is unpacked at a reduced size, of at least so many times the square.

Measured as `python -m tests.bench.fidelity` does, against unpacking in full: 36 JPEGs of 3 to 12 megapixels, two ViT-S/16
with random weights. At 4 no score moves by more than 0.0081 (area, kohya), 0.0072 (bicubic), 0.0074 (lanczos) or 0.0061
(bilinear). At 2, which takes 15 in place of 30 ms for 2048x1536 px, it is 0.0086 for photos with area, 0.0060 with bicubic
and lanczos, but for drawings of thin lines 0.0149, 0.0100 and 0.0103.
"""

_EIGHT_BITS, _DEEPEST = 255, 65535

_PILLOW = r"PIL\."

# The size is checked here, against a limit that a person can set; Pillow's own check is one number for the process.
Image.MAX_IMAGE_PIXELS = None


class Picture(msgspec.Struct, frozen=True, eq=False):
    """One decoded picture."""

    pixels: NDArray[np.uint8]
    """uint8, (height, width, 3), sRGB; transparent places are composited on white. Of a fitted picture, the square."""
    alpha: NDArray[np.uint8] | None
    """uint8, (height, width), 0 transparent to 255 opaque; None when the file has no transparency, or was fitted."""
    original_size: tuple[int, int]
    """Width and height of the whole picture in px, upright; `pixels` may be a reduced copy."""
    mode: str
    """Pillow's word for the pixels in the file: RGB, RGBA, L, P, CMYK, I;16, ..."""
    digest: bytes
    """sha256 of the file's content."""


def decode(
    source: Path | bytes, at_least_px: int = 0, max_megapixels: int = MAX_MEGAPIXELS, fit: Fit | None = None
) -> Picture:
    """Read a picture, the first frame of an animated one.

    Args:
        source: A file, or the content of one.
        at_least_px: The picture may be reduced as long as its longer side keeps this many px; 0 keeps its full size.
            Nothing where it is fitted.
        max_megapixels: A larger picture is refused before it is unpacked.
        fit: The square to make of it, its `size` filled in; None leaves it as it is.

    Raises:
        Unreadable: It is missing, damaged, too large, or no picture. The message says which, and leaves the name to
            the caller: who reads it knows the picture by another than its path here.
    """
    content = source if isinstance(source, bytes) else _read(source)
    _silence_pillow()
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            stored = image.size
            if stored[0] * stored[1] > max_megapixels * 1_000_000:
                raise Unreadable(
                    f"the picture has {stored[0]}x{stored[1]} px, more than {max_megapixels} megapixels",
                    "make it smaller, or raise max_megapixels in the settings",
                )
            mode, turn = image.mode, _orientation(image)
            seen = _load(image, _least(stored, at_least_px, fit))
            upright = image if fit else _reduced(image, at_least_px)
            size = stored
            if turn in _TURNS:
                upright = upright.transpose(_TURNS[turn])
                size = (stored[1], stored[0]) if turn in _LYING else stored
                seen = _turned(seen, turn, upright.size)
            colours, alpha = _colours(upright)
            pixels = fitted(colours, fit, size, seen) if fit else np.asarray(colours)
    except UnidentifiedImageError as error:
        what = "is empty" if not content else "is not a picture of a kind that can be read"
        raise Unreadable(f"the picture {what}", "replace it: " + ", ".join(FORMATS).lower()) from error
    except _BROKEN as error:
        raise Unreadable(f"the picture is truncated or damaged: {error}", "replace it with a whole copy") from error
    shown = None if fit or alpha is None else np.asarray(alpha)
    return Picture(pixels, shown, size, mode, hashlib.sha256(content).digest())


def _read(path: Path) -> bytes:
    """Return the content of a regular file; anything else would block or is no picture."""
    try:
        if not path.is_file() and path.exists():
            raise Unreadable("the picture is not a regular file", "replace it with a picture")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unreadable(
            f"the picture cannot be read: {reason}", "give permission to read it, or put it back"
        ) from error


def _silence_pillow() -> None:
    """Keep Pillow's warnings about odd files off the terminal; `catch_warnings` would not be safe among threads."""
    first = warnings.filters[0] if warnings.filters else None
    if first is None or first[0] != "ignore" or getattr(first[3], "pattern", "") != _PILLOW:
        warnings.filterwarnings("ignore", module=_PILLOW)


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 when there is none or it cannot be read."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        return 1


def _least(size: tuple[int, int], at_least_px: int, fit: Fit | None) -> tuple[int, int] | None:
    """Return the width and height that the picture may be reduced to; None for not at all."""
    longer = max(size)
    if fit:
        at_least_px = _ENOUGH * fit.size
        if fit.how == "squash":
            return at_least_px, at_least_px
    if not 0 < at_least_px < longer:
        return None
    return size[0] * at_least_px // longer or 1, size[1] * at_least_px // longer or 1


def _load(image: Image.Image, least: tuple[int, int] | None) -> Box:
    """Unpack the pixels, a JPEG's at 1/2, 1/4 or 1/8 of its size where that is enough, many times faster.

    Returns:
        Where the whole picture lies in what is unpacked: the last pixels of a reduced one show less than the others.
    """
    drafted = least and image.draft(image.mode, least)
    image.load()
    return drafted[1] if drafted else (0, 0, *image.size)


def _turned(seen: Box, turn: int, size: tuple[int, int]) -> Box:
    """Return where the whole picture lies when it is upright, in an image of a size."""
    width, height = (seen[3], seen[2]) if turn in _LYING else seen[2:]
    left = size[0] - width if turn in _FROM_RIGHT else 0
    top = size[1] - height if turn in _FROM_BOTTOM else 0
    return left, top, left + width, top + height


def _reduced(image: Image.Image, at_least_px: int) -> Image.Image:
    """Reduce by a whole number while the longer side keeps `at_least_px`, 0 for all of it."""
    factor = max(image.size) // at_least_px if at_least_px else 1
    if factor < 2 or image.mode not in {"L", "RGB", "CMYK"}:  # noqa: PLR2004  (half the size is the first step)
        return image
    return image.reduce((min(factor, image.width), min(factor, image.height)))


def _colours(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Return the picture as sRGB on white, and its alpha."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    if not image.has_transparency_data:
        return _srgb(image, profile), None
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    alpha, colours = rgba.getchannel("A"), _srgb(rgba.convert("RGB"), profile)
    if alpha.getextrema() != (255, 255):
        white = Image.new("RGB", rgba.size, "white")
        white.paste(colours, mask=alpha)
        colours = white
    return colours, alpha


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale deep grey values to 0..255: whole numbers from 0..65535, fractions from 0..1."""
    if values.dtype == np.uint16:  # a table in place of fractions eight times as large as the picture
        known = np.arange(_DEEPEST + 1 if values.max(initial=0) > _EIGHT_BITS else _EIGHT_BITS + 1)
        table: NDArray[np.uint8] = _eight_bits(known)
        return table[values.astype(np.uint16, copy=False)]
    numbers = np.nan_to_num(values.astype(np.float64))
    top = 1.0 if values.dtype.kind == "f" and numbers.max(initial=0.0) <= 1.0 else 255.0
    if numbers.max(initial=0.0) > top:
        top = 65535.0
    return np.clip(numbers * (255.0 / top) + 0.5, 0, 255).astype(np.uint8)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Bring colours to sRGB through the file's profile; one that is sRGB, broken or of other channels is passed over."""
    if image.mode not in {"L", "RGB", "CMYK"}:
        image = image.convert("RGB")
    transform = _transform(profile, image.mode) if profile else None
    if transform is not None:
        image = transform.apply(image)
    return image if image.mode == "RGB" else image.convert("RGB")


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the way from a profile to sRGB; None when there is nothing to do, or no way."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in (opened.profile.profile_description or ""):
            return None
        return ImageCms.ImageCmsTransform(opened, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
