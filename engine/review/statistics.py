"""Counts that need more than memory: captions are read, and pictures that changed are hashed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import parse, tag_key
from engine.dataset.images import caption_key
from engine.errors import CutlineError
from engine.review.candidates import newest_candidates

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.records import Image, ImageId


class Captions(NamedTuple):
    """What the caption files hold."""

    captioned: int
    """Images whose caption is not blank."""
    tags: int
    """Distinct tags, whatever their spelling."""


def count_captions(files: CaptionFiles, keys: Iterable[bytes], extension: str, separator: str) -> Captions:
    """Read the captions of images; one that cannot be read counts as none.

    Args:
        files: The dataset's caption files.
        keys: Of the images.
        extension: Of captions.
        separator: Between tags.
    """
    users = Counter(caption_key(key, extension) for key in keys)  # a.jpg and a.png share a.txt
    captioned, tags = 0, set[str]()
    for raw, images in zip(files.read_many(users), users.values(), strict=True):
        caption = parse(raw, separator)
        captioned += images * (not caption.blank)
        if "\0" not in caption.text:  # UTF-16: pieces of it are no tags
            tags.update(tag.text for tag in caption.tags)
    return Captions(captioned, len({tag_key(tag) for tag in tags}))


def count_stale(db: sqlite3.Connection, images: Collection[ImageId], look: Callable[[ImageId], Image]) -> int:
    """Count the images with a candidate made from other content than they have now.

    Args:
        db: The review store.
        images: Those that are there.
        look: Brings an image's row up to its file and returns it; called only where the content is not known.
    """
    known = dict(db.execute("SELECT id, digest FROM images WHERE NOT gone"))
    stale = set[int]()
    for image, _, _, digest in newest_candidates(db):
        if image not in images or image in stale:
            continue
        if known.get(image) is None:
            try:
                known[image] = look(image).digest
            except (CutlineError, OSError):
                continue  # it cannot be read, which is counted as such
        if known[image] != digest:
            stale.add(image)
    return len(stale)
