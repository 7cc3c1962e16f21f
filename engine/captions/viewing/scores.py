"""Tag scores in one compact blob: what a tagger said about one image, kept whole.

A score is a number from 0 to 1 kept as u16 (score x 65535, rounded). A blob holds, little-endian:
format version (u8), label width (u8: bytes per label index, 2 or 4), floor (u16), count (u32), then
all label indices, then all scores, ordered by falling score and, among equals, rising index.
"""

from __future__ import annotations

import struct
import sys
from array import array
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT_VERSION = 1
FULL_SCALE = 65535
_HEADER = struct.Struct("<BBHI")
_INDEX_TYPES = {2: "H", 4: "I"}


class TagScore(NamedTuple):
    """One tag with its score, as the model spells it."""

    name: str
    score: float
    """From 0 to 1."""
    category: str
    """`general`, `character`, `rating`, `copyright`, `artist`, `meta`, `quality`, ...; never empty."""


class LabelTable(msgspec.Struct, frozen=True):
    """The names a tagger can say, in the order of its output; kept once per store."""

    names: tuple[str, ...]
    categories: tuple[str, ...]
    """One per name, same order."""


def to_u16(score: float) -> int:
    """Round a score from 0 to 1 to its stored form, 0 to 65535."""
    return round(min(max(score, 0.0), 1.0) * FULL_SCALE)


def pack(scored: Iterable[tuple[int, int]], floor: int) -> bytes:
    """Pack pairs of (label index, u16 score) into one blob.

    Args:
        scored: Pairs in any order: all that reach the floor, and what was kept for another reason (the best rating).
        floor: The u16 score from which on all are kept, 0 to 65535.
    """
    kept = sorted(scored, key=lambda pair: (-pair[1], pair[0]))
    wide = any(index > FULL_SCALE for index, _ in kept)
    indices, scores = array("I" if wide else "H", (i for i, _ in kept)), array("H", (s for _, s in kept))
    if sys.byteorder == "big":
        indices.byteswap()
        scores.byteswap()
    head = _HEADER.pack(FORMAT_VERSION, indices.itemsize, floor, len(kept))
    return head + indices.tobytes() + scores.tobytes()


def unpack(blob: bytes, labels: LabelTable) -> tuple[TagScore, ...]:
    """Read a blob back as tags with scores from 0 to 1, highest first.

    Raises:
        Unreadable: The blob is of another version, cut short, or names labels the table lacks.
    """
    try:
        return _read(blob, labels)
    except (struct.error, ValueError, IndexError, KeyError) as broken:
        raise Unreadable("stored tag scores cannot be read", "tag the image again with --again") from broken


def _read(blob: bytes, labels: LabelTable) -> tuple[TagScore, ...]:
    version, width, _, count = _HEADER.unpack_from(blob)
    if version != FORMAT_VERSION:
        raise ValueError(version)
    middle = _HEADER.size + count * width
    indices, scores = array(_INDEX_TYPES[width], blob[_HEADER.size : middle]), array("H", blob[middle:])
    if sys.byteorder == "big":
        indices.byteswap()
        scores.byteswap()
    names, categories = labels.names, labels.categories
    return tuple(TagScore(names[i], s / FULL_SCALE, categories[i]) for i, s in zip(indices, scores, strict=True))


class Sections(NamedTuple):
    """A blob taken apart, for whoever reads ten thousand of them at once."""

    width: int
    """Bytes for each label index, 2 or 4."""
    floor: int
    """u16."""
    indices: bytes
    """Little-endian, one a label."""
    scores: bytes
    """Little-endian u16, same order."""


def sections(blob: bytes) -> Sections:
    """Take a blob apart.

    Raises:
        Unreadable: It is of another version, or cut short.
    """
    version, width, floor, count = _HEADER.unpack_from(blob) if len(blob) >= _HEADER.size else (0, 0, 0, 0)
    middle = _HEADER.size + count * width
    parts = Sections(width, floor, blob[_HEADER.size : middle], blob[middle:])
    if version != FORMAT_VERSION or width not in _INDEX_TYPES or len(parts.scores) != 2 * count:
        raise Unreadable("stored tag scores cannot be read", "tag the image again with --again")
    return parts


def floor_of(blob: bytes) -> float:
    """Return the floor a blob was stored with, from 0 to 1."""
    return float(_HEADER.unpack_from(blob)[2] / FULL_SCALE)
