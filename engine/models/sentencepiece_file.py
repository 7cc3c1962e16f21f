"""A SentencePiece model file: the few fields of its protocol buffer that take text apart."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3
_TEXT, _SCORE, _KIND = 1, 2, 3
_MODEL_TYPE, _UNIGRAM = 3, 1
_CHARACTERS = 2
_UNKNOWN = 2
"""The kind of the piece that stands for what no other piece holds."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
"""How a value is written."""


class SentencePieces(NamedTuple):
    """What a model file says."""

    pieces: tuple[tuple[str, float], ...]
    """Text and log probability, by id."""
    unknown: int
    """Id of the unknown piece."""
    characters: bytes
    """The map that normalises characters, as the library wants it; empty for none."""


def read(data: bytes) -> SentencePieces:
    """Read a model file.

    Raises:
        ValueError: It is none, or of another kind than T5's.
    """
    pieces: list[tuple[str, float]] = []
    unknown, characters = -1, b""
    kind: bytes | int = _UNIGRAM
    for field, value in _fields(data):
        if not isinstance(value, bytes):
            continue
        inner = dict(_fields(value))
        if field == _PIECES:
            text, score = inner.get(_TEXT), inner.get(_SCORE, b"\0\0\0\0")
            if not isinstance(text, bytes) or not isinstance(score, bytes):
                raise ValueError("a piece has no text")
            if inner.get(_KIND) == _UNKNOWN:
                unknown = len(pieces)
            pieces.append((text.decode(), *struct.unpack("<f", score)))
        elif field == _TRAINER:
            kind = inner.get(_MODEL_TYPE, _UNIGRAM)
        elif field == _NORMALIZER:
            found = inner.get(_CHARACTERS)
            characters = found if isinstance(found, bytes) else b""
    if unknown < 0:
        raise ValueError("it has no piece for what it does not know")
    if kind != _UNIGRAM:
        raise ValueError("it is not of the kind unigram, which T5 is")
    return SentencePieces(tuple(pieces), unknown, characters)


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Yield number and value of each field; numbers of a fixed size as their bytes.

    Raises:
        ValueError: It ends inside a field, or holds something that is none.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind not in {_FIXED64, _BYTES, _FIXED32}:
            raise ValueError("it is no SentencePiece model")
        size, at = _varint(data, at) if kind == _BYTES else (8 if kind == _FIXED64 else 4, at)
        if at + size > len(data):
            raise ValueError("it ends too early")
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of any length and where it ends."""
    number = shift = 0
    while at < len(data) and shift < 64:  # noqa: PLR2004  (bits of the largest)
        number |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:  # noqa: PLR2004  (the highest bit says that more follow)
            return number, at
    raise ValueError("it is no SentencePiece model")
