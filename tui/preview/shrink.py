"""A picture shrunk to a few thousand pixels: draft decoding where the format has it, then bicubic."""

from __future__ import annotations

import os
import stat
import warnings
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.errors import Unreadable

if TYPE_CHECKING:
    from pathlib import Path

GREY_BEHIND = (128, 128, 128)
"""Behind what is transparent."""
MAX_PIXELS = 300_000_000
"""A larger picture is not decoded for a preview."""


SIDEWAYS = frozenset({5, 6, 7, 8})
"""EXIF orientations in which width and height change places."""


class Facts(NamedTuple):
    """What the file's head says of a picture, as it is to be seen (after its EXIF orientation)."""

    width: int
    height: int
    format: str
    """Pillow's name: JPEG, PNG, ..."""


def open_image(path: Path) -> Image.Image:
    """Open a picture's head.

    Raises:
        Unreadable: It is missing, no regular file, no picture, or too large to look at.
    """
    try:
        # A pipe that is called a.jpg would block for ever.
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  (a path may hold any bytes)
            raise Unreadable("not a regular file")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as broken:
        raise Unreadable(_reason(broken)) from broken
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise Unreadable(f"too large for a preview: {image.width}×{image.height}")
    return image


def facts_of(image: Image.Image) -> Facts:
    """Return size and format of an opened picture."""
    # Asking a PNG for EXIF that its head does not hold would decode it.
    turn = 1 if image.format == "PNG" and "exif" not in image.info else _orientation(image)
    width, height = reversed(image.size) if turn in SIDEWAYS else image.size
    return Facts(width, height, image.format or "")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except (OSError, ValueError, SyntaxError, TypeError):  # broken EXIF says nothing of the pixels
        return 1


def shrink(image: Image.Image, box: tuple[int, int], pixel_aspect: float) -> Image.Image:
    """Fit an opened picture into a box of pixels that need not be square.

    Args:
        image: As `open_image` gave it; its pixels are read here.
        box: Width and height of the room there is, in pixels of the result.
        pixel_aspect: Height of one pixel of the result divided by its width.

    Returns:
        RGB, no larger than the box, of the picture's proportions on the screen.

    Raises:
        Unreadable: It is truncated or broken.
    """
    try:
        # The draft must be large enough whichever way the picture is turned.
        longest = 2 * max(box[0], round(box[1] * pixel_aspect))
        image.draft("RGB", (longest, longest))
        turned = ImageOps.exif_transpose(_flat(image))
        width, height = turned.size
        scale = min(box[0] / width, box[1] * pixel_aspect / height)
        size = max(1, round(width * scale)), max(1, round(height * scale / pixel_aspect))
        return turned.resize((min(size[0], box[0]), min(size[1], box[1])), Image.Resampling.BICUBIC, reducing_gap=2.0)
    except (OSError, ValueError, SyntaxError, ArithmeticError, MemoryError, Image.DecompressionBombError) as broken:
        raise Unreadable(_reason(broken)) from broken


def _flat(image: Image.Image) -> Image.Image:
    """Return RGB pixels, what is transparent over grey; keeps the EXIF orientation."""
    if image.mode.startswith(("I", "F")):
        low, high = (float(end) for end in image.getextrema())  # type: ignore[arg-type]
        stretch = 255.0 / ((high - low) or 1.0)
        flat = image.convert("F").point(lambda value: (value - low) * stretch).convert("L").convert("RGB")
    elif "A" in image.getbands() or "transparency" in image.info:
        clear = image.convert("RGBA")
        flat = Image.new("RGB", clear.size, GREY_BEHIND)
        flat.paste(clear, mask=clear.getchannel("A"))
    else:
        flat = image.convert("RGB")
    if _orientation(image) != 1:
        flat.info["exif"] = image.getexif().tobytes()
    return flat


def _reason(broken: BaseException) -> str:
    """Say in one short line what is wrong; Pillow's own words may hold a path."""
    if isinstance(broken, FileNotFoundError):
        return "the file is gone"
    if isinstance(broken, PermissionError):
        return "no permission to read it"
    if isinstance(broken, UnidentifiedImageError):
        return "not a picture, or of a kind that cannot be read"
    return str(broken).splitlines()[0][:80] if str(broken) else type(broken).__name__
