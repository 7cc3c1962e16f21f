"""Pictures and folders of pictures made for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "3_grey cat/sitting.png",
    "3_grey cat/standing.webp",
    "a b.jpg",
    "castle.jpeg",
    "deep/er/river.bmp",
    "emoji 🐈.png",
    "猫.png",
)
"""The pictures of the `dataset` fixture, in the order of their names."""

CAPTIONS = {
    "3_grey cat/sitting.txt": "1girl, solo, grey cat",
    "a b.txt": "A woman stands at the window, smiling.",
    "castle.txt": "castle, sky, tower. A castle on a hill.\n",
}
"""The captions of the `dataset` fixture: tags, prose, tags then prose; the other pictures have none."""


def make_picture(path: Path, size: tuple[int, int] = (64, 48), seed: int = 0) -> Path:
    """Write a small picture in the format its ending names: a coloured slope with noise on it.

    Args:
        path: Where to; folders above it are made.
        size: Width and height in pixels.
        seed: Another number gives another picture.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    width, height = size
    slope = np.linspace(0, 200, width)[None, :, None] * chance.random(3)
    noise = chance.integers(0, 55, (height, width, 3))
    Image.fromarray((slope + noise).astype(np.uint8)).save(path)
    return path


def make_dataset(root: Path) -> Path:
    """Write a folder of pictures with `NAMES` and `CAPTIONS`."""
    for seed, name in enumerate(NAMES):
        make_picture(root / name, seed=seed)
    for name, caption in CAPTIONS.items():
        (root / name).write_bytes(caption.encode())
    return root
