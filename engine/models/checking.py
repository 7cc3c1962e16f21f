"""Comparing weights with their checksums: what the catalogue says, and what the hub said when they were downloaded."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.models import weights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.models.entry import Entry

State = Literal["right", "wrong", "missing", "unchecked"]
"""`unchecked`: nobody said what it should be."""

_CHUNK_BYTES = 1 << 20
_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Checked(NamedTuple):
    """What was found out about one file."""

    role: str
    path: str
    """In the repository or folder."""
    place: Path | None
    """Where it lies; None where it does not."""
    state: State
    sha256: str
    """In hex; empty where the file is missing."""


def check(entry: Entry, advance: Callable[[int], object]) -> tuple[Checked, ...]:
    """Read every file of a model's weights, and say whether it is what it should be.

    Args:
        entry: The model.
        advance: Hears how many bytes were read, each time some were.

    Raises:
        OSError: A file cannot be read.
    """
    if entry.weights is None:
        return ()
    found = []
    for role, place in weights.places(entry).items():
        path = entry.weights.files[role]
        if place is None:
            found.append(Checked(role, path, None, "missing", ""))
            continue
        said = [sum_ for sum_ in (entry.weights.sha256.get(path, ""), named_in_cache(place)) if sum_]
        sums = sums_of(place, advance)
        state: State = "right" if said else "unchecked"
        if any(sum_.lower() not in sums for sum_ in said):
            state = "wrong"
        found.append(Checked(role, path, place, state, sums[0]))
    return tuple(found)


def total_bytes(entry: Entry) -> int:
    """Return how much `check` reads."""
    return sum(place.stat().st_size for place in weights.places(entry).values() if place is not None)


def sums_of(file: Path, advance: Callable[[int], object] = lambda _: None) -> tuple[str, str]:
    """Return a file's sha256, and the sha1 that git gives it as a blob; both in hex.

    Raises:
        OSError: It cannot be read.
    """
    large = hashlib.sha256()
    with file.open("rb") as opened:
        small = hashlib.sha1(b"blob %d\0" % os.fstat(opened.fileno()).st_size, usedforsecurity=False)
        while chunk := opened.read(_CHUNK_BYTES):
            large.update(chunk)
            small.update(chunk)
            advance(len(chunk))
    return large.hexdigest(), small.hexdigest()


def named_in_cache(place: Path) -> str:
    """Return the checksum that the Hugging Face cache names a file after; empty outside it."""
    if not place.is_symlink():
        return ""
    # One step only: where files are shared between repositories, the next one leads to another kind of name.
    name = os.path.basename(os.readlink(place))  # noqa: PTH115, PTH119  (text, not a path)
    return name if _CHECKSUM.fullmatch(name) else ""
