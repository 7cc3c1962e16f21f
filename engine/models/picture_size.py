"""How large a picture is, read from its header alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PIL import ExifTags, Image

from engine.models.damage import damage
from engine.models.pictures import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

SIDEWAYS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


class Measured(NamedTuple):
    """What the header of a picture says."""

    size: tuple[int, int] | None
    """Width and height in px as a person sees the picture; None when its header cannot be read."""
    damage: str
    """What is wrong with the file, one line; empty where nothing is, or it is not to blame."""


def upright_size(path: Path) -> Measured:
    """Measure a picture by its header."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            # Pillow would unpack a whole PNG to look for EXIF behind its pixels.
            told = image.format != "PNG" or "exif" in image.info
            turned = told and image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError) as broken:  # Pillow, on damaged files
        return Measured(None, damage(broken))
    return Measured((height, width) if turned else (width, height), "")
