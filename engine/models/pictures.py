"""Decode a picture file for a model: upright, in sRGB, never larger than allowed, never changing the file."""

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

if TYPE_CHECKING:
    from pathlib import Path

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

_PILLOW = r"PIL\."

# The size is checked here, against a limit that a person can set; Pillow's own check is one number for the process.
Image.MAX_IMAGE_PIXELS = None


class Picture(msgspec.Struct, frozen=True, eq=False):
    """One decoded picture."""

    pixels: NDArray[np.uint8]
    """uint8, (height, width, 3), sRGB; transparent places are composited on white."""
    alpha: NDArray[np.uint8] | None
    """uint8, (height, width), 0 transparent to 255 opaque; None when the file has no transparency."""
    original_size: tuple[int, int]
    """Width and height of the whole picture in px, upright; `pixels` may be a reduced copy."""
    mode: str
    """Pillow's word for the pixels in the file: RGB, RGBA, L, P, CMYK, I;16, ..."""
    digest: bytes
    """sha256 of the file's content."""


def decode(source: Path | bytes, at_least_px: int = 0, max_megapixels: int = MAX_MEGAPIXELS) -> Picture:
    """Read a picture, the first frame of an animated one.

    Args:
        source: A file, or the content of one.
        at_least_px: The picture may be reduced as long as its longer side keeps this many px; 0 keeps its full size.
        max_megapixels: A larger picture is refused before it is unpacked.

    Raises:
        Unreadable: It is missing, damaged, too large, or no picture. The message says which, and leaves the name to
            the caller: who reads it knows the picture by another than its path here.
    """
    content = source if isinstance(source, bytes) else _read(source)
    _silence_pillow()
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            width, height = image.size
            if width * height > max_megapixels * 1_000_000:
                raise Unreadable(
                    f"the picture has {width}x{height} px, more than {max_megapixels} megapixels",
                    "make it smaller, or raise max_megapixels in the settings",
                )
            mode, turn = image.mode, _TURNS.get(_orientation(image))
            upright = _reduced(image, at_least_px)
            if turn is not None:
                upright = upright.transpose(turn)
                if turn not in {_TURNS[2], _TURNS[3], _TURNS[4]}:
                    width, height = height, width
            colours, alpha = _colours(upright)
    except UnidentifiedImageError as error:
        what = "is empty" if not content else "is not a picture of a kind that can be read"
        raise Unreadable(f"the picture {what}", "replace it: " + ", ".join(FORMATS).lower()) from error
    except _BROKEN as error:
        raise Unreadable(f"the picture is truncated or damaged: {error}", "replace it with a whole copy") from error
    return Picture(np.asarray(colours), alpha, (width, height), mode, hashlib.sha256(content).digest())


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


def _reduced(image: Image.Image, at_least_px: int) -> Image.Image:
    """Load the pixels, reduced by a whole number while the longer side keeps `at_least_px`."""
    longer = max(image.size)
    if not 0 < at_least_px < longer:
        image.load()
        return image
    # Only JPEG follows this: it unpacks at 1/2, 1/4 or 1/8, many times faster.
    image.draft(image.mode, (image.width * at_least_px // longer or 1, image.height * at_least_px // longer or 1))
    image.load()
    factor = max(image.size) // at_least_px
    if factor < 2 or image.mode not in {"L", "RGB", "CMYK"}:  # noqa: PLR2004  (half the size is the first step)
        return image
    return image.reduce((min(factor, image.width), min(factor, image.height)))


def _colours(image: Image.Image) -> tuple[Image.Image, NDArray[np.uint8] | None]:
    """Return the picture as sRGB on white, and its alpha."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        alpha = rgba.getchannel("A")
        white = Image.new("RGB", rgba.size, "white")
        white.paste(_srgb(rgba.convert("RGB"), profile), mask=alpha)
        return white, np.asarray(alpha)
    return _srgb(image, profile), None


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale deep grey values to 0..255: whole numbers from 0..65535, fractions from 0..1."""
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
