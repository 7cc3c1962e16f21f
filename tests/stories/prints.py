"""Pictures with something to see in them, so that the built-in tagger has something to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from PIL import Image, ImageFilter, ImageOps

if TYPE_CHECKING:
    from pathlib import Path

Print = Literal["plain", "dark", "red", "blurry", "bordered", "large"]
PRINTS: tuple[Print, ...] = get_args(Print)
SIZE = (320, 240)
LARGE = (2400, 1800)
"""A picture that keeps a worker busy for a while."""


def make_print(path: Path, kind: Print = "plain", seed: int = 0) -> None:
    """Write a picture in the format its name's ending says.

    Args:
        path: Where to; folders above it are made.
        kind: What is to be seen of it.
        seed: Another number gives another picture of the kind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = LARGE if kind == "large" else SIZE
    chance = np.random.default_rng(seed)
    blocks = chance.integers(40, 230, (12, 16, 3), np.uint8)  # hard edges between blocks: a sharp picture
    image = Image.fromarray(blocks).resize((width, height), Image.Resampling.NEAREST)
    match kind:
        case "dark":
            image = image.point(lambda value: value // 8)
        case "red":
            image = Image.merge("RGB", (image.convert("L").point(lambda value: value // 2 + 120), *_black(image)))
        case "blurry":
            image = image.filter(ImageFilter.GaussianBlur(9))
        case "bordered":
            image = ImageOps.expand(image.crop((0, 0, 260, 180)), 30, "white")
        case _:
            pass
    image.save(path)


def _black(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    green = image.convert("L").point(lambda value: value // 12)
    return green, green
