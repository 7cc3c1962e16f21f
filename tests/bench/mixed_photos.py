"""A folder as people have them: photos of many sizes in three formats, some of them turned by EXIF alone.

Made of the photos in the demo's wheels: four fifths JPEG, the rest PNG and WebP, 2 megapixels on average, about two bits
a pixel. Bytes after the picture's end make every file another one, as far as digests go.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from PIL import ExifTags, Image, ImageChops

from engine.dataset import samples

if TYPE_CHECKING:
    from pathlib import Path

DISTINCT = 40
"""Pictures that are really different."""
_SIZES = (
    ((1024, 1024),) * 6 + ((1216, 832),) * 5 + ((832, 1216),) * 3 + ((2048, 1536),) * 4 + ((512, 512), (4000, 3000))
)
_GRAIN = 3.5
"""Standard deviation of what a sensor adds, of 255: enlarged photos would be too smooth."""
_ONLY_JPEG_FROM = 2_000_000
"""Larger pictures than this many px are JPEGs, as cameras make them."""


class _Kind(NamedTuple):
    ending: str
    quality: int


def write_photos(folder: Path, count: int, seed: int = 1) -> None:
    """Write so many files; the same ones each time.

    Args:
        folder: Is made.
        count: How many; beyond `DISTINCT` they repeat with other digests.
        seed: Of the choice of sizes and sections.
    """
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    photos = [Image.open(path).convert("RGB") for path in samples.photos()]
    made: list[tuple[bytes, str]] = []
    for number in range(min(count, DISTINCT)):
        size = _SIZES[number % len(_SIZES)]
        kind = _kind(number, size)
        file = folder / f"first.{kind.ending}"
        turned = ExifTags.Base.Orientation.value
        exif = Image.Exif()
        exif[turned] = chance.choice((3, 6, 8)) if number % 10 == 7 else 1
        section(chance.choice(photos), size, chance).save(file, quality=kind.quality, exif=exif)
        made.append((file.read_bytes(), kind.ending))
        file.unlink()
    for number in range(count):
        content, ending = made[number % len(made)]
        (folder / f"{number:04d}.{ending}").write_bytes(content + number.to_bytes(4, "big"))


def _kind(number: int, size: tuple[int, int]) -> _Kind:
    if size[0] * size[1] < _ONLY_JPEG_FROM and number % 4 == 1:
        return _Kind("png", 0) if number % 8 == 1 else _Kind("webp", 90)
    return _Kind("jpg", 92)


def section(photo: Image.Image, size: tuple[int, int], chance: random.Random) -> Image.Image:
    """Cut out a part of the right shape, at least half as wide as can be, and enlarge it."""
    width, height = size
    scale = min(photo.width / width, photo.height / height) * chance.uniform(0.5, 1)
    part = (width * scale, height * scale)
    left, top = chance.uniform(0, photo.width - part[0]), chance.uniform(0, photo.height - part[1])
    enlarged = photo.resize(size, Image.Resampling.BICUBIC, (left, top, left + part[0], top + part[1]))
    grain = Image.effect_noise(size, _GRAIN).convert("RGB")
    return ImageChops.add(enlarged, grain, offset=-128)
