"""How large a picture is, read from its header alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ExifTags, Image

from engine.models.pictures import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

SIDEWAYS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


def upright_size(path: Path) -> tuple[int, int] | None:
    """Return width and height in px as a person sees the picture; None when its header cannot be read."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            # Pillow would unpack a whole PNG to look for EXIF behind its pixels.
            told = image.format != "PNG" or "exif" in image.info
            turned = told and image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError):  # what Pillow raises on damaged files
        return None
    return (height, width) if turned else (width, height)
