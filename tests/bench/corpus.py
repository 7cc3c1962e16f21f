"""The images that are measured with: real JPEGs linked many times, captions nobody can confuse, stored proposals."""

from __future__ import annotations

import hashlib
import os
import random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.review import image_rows, queue
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "tagger"
TAGS_STORED = 40
"""Scored tags in each proposal; about a third pass the default threshold."""
WORDS = tuple(
    f"{first} {second}"
    for first in ("red", "long", "open", "white", "smiling", "wooden", "old", "looking at", "dark", "tiny")
    for second in ("hair", "window", "dress", "street", "viewer", "table", "sky", "hat", "cat", "shoes", "tree", "cup")
)


class Pool(NamedTuple):
    """Distinct pictures that datasets link to."""

    files: tuple[Path, ...]
    digests: tuple[bytes, ...]


def needle(number: int) -> str:
    """Return the word that stands first in the caption of an image, and nowhere else."""
    return f"needle{number:06d}"


def make_pool(folder: Path, count: int) -> Pool:
    """Write JPEGs as photos are: 512 to 1024 pixels, slopes, edges and grain; the same ones each time."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(1)
    files, digests = [], []
    for number in range(count):
        path = folder / f"{number:04d}.jpg"
        _photo(chance).save(path, quality=88)
        files.append(path)
        digests.append(hashlib.sha256(path.read_bytes()).digest())
    return Pool(tuple(files), tuple(digests))


def _photo(chance: np.random.Generator) -> Image.Image:
    width, height = (int(side) for side in chance.choice([512, 640, 768, 896, 1024], 2))
    coarse = chance.integers(0, 256, (9, 9, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), dtype=np.int16)
    edges = np.asarray(Image.fromarray(chance.integers(-40, 40, (40, 40, 3)).astype(np.uint8)).resize((width, height)))
    grain = chance.integers(-6, 7, (height, width, 1), dtype=np.int16)
    return Image.fromarray(np.clip(smooth + edges.astype(np.int8) + grain, 0, 255).astype(np.uint8))


def make_dataset(root: Path, pool: Pool, count: int) -> Path:
    """Link `count` images into folders of at most 5,000, each with a caption."""
    chance = random.Random(2)
    for number in range(count):
        folder = root / f"{number // 5_000:02d}"
        if number % 5_000 == 0:
            folder.mkdir(parents=True)
        stem = os.path.join(folder, f"image{number:06d}")  # noqa: PTH118  (a hundred thousand times)
        os.link(pool.files[number % len(pool.files)], f"{stem}.jpg")
        descriptor = os.open(f"{stem}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(descriptor, ", ".join([needle(number), "1girl", *chance.sample(WORDS, 12)]).encode())
        os.close(descriptor)
    return root


def propose(root: Path, pool: Pool, every: int = 2) -> None:
    """Store a proposal for every second image, as if a tagger had answered."""
    chance = random.Random(3)
    blobs = [_scores(chance) for _ in range(200)]
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    origin = Origin(SOURCE, "append", "tags", view=workspace.view_json(SOURCE))
    with workspace.store.transaction() as db:
        table = label_row(db, SOURCE, LabelTable(WORDS, ("general",) * len(WORDS)))
        for entry in workspace.entries.values():
            number = int(entry.key[-10:-4])
            digest = pool.digests[number % len(pool.digests)]
            if number % every == 0:
                image_rows.store_digest(db, entry.id, digest, entry.size, entry.mtime_ns)
                answer = RawAnswer("bench", digest, table, blobs[number % len(blobs)], None, 0.01)
                store_proposal(db, entry.id, store_answer(db, answer), origin)
    workspace.close()


def _scores(chance: random.Random) -> bytes:
    labels = chance.sample(range(len(WORDS)), TAGS_STORED)
    return pack([(label, to_u16(chance.random() ** 2)) for label in labels], to_u16(0.05))


def needles_in_order(root: Path) -> list[str]:
    """Return the captions' first words in the order in which the review screen walks through the images."""
    workspace = Workspace.open(root, Settings())
    keys = [workspace.entries[image].key for image in queue.order(workspace.entries.values())]
    workspace.close()
    return [needle(int(key[-10:-4])) for key in keys]
