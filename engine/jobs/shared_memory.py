"""Memory that a worker and its decoders share: without a name, so that nothing of it outlives them."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import sys
import tempfile
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STDERR = 2
TRIES = 100
"""So often memory is opened anew when a library closes it under our hands."""
MOST_KEPT = 8
MOST_KEPT_BYTES = 1 << 25
"""So many pieces, none of them larger, are kept to be used again: new memory costs the system a millisecond."""


class Piece:
    """Written by one process through the descriptor, read by another through a mapping."""

    def __init__(self) -> None:
        """Open an empty one; it grows when it is written."""
        self.descriptor = _new()
        self._mapped: mmap.mmap | None = None

    @property
    def size(self) -> int:
        """How many bytes have been read from it at once, at most."""
        return 0 if self._mapped is None else len(self._mapped)

    def read(self, size: int) -> NDArray[np.uint8]:
        """Return the first bytes as they are there, uncopied and not to be written."""
        if self._mapped is None or self.size < size:
            self._mapped = mmap.mmap(self.descriptor, size, mmap.MAP_SHARED, mmap.PROT_READ)
        return np.frombuffer(self._mapped, np.uint8, size)

    def close(self) -> None:
        """Let go of it; what is mapped stays as long as arrays show it."""
        os.close(self.descriptor)


class Pieces:
    """The pieces of one decoder; each comes back by itself when the last array on it is gone."""

    def __init__(self) -> None:
        """Start with none."""
        self._free: list[Piece] = []

    def take(self) -> Piece:
        """Return one that nobody uses."""
        try:
            return self._free.pop()
        except IndexError:
            return Piece()

    def read(self, piece: Piece, size: int) -> NDArray[np.uint8]:
        """Return its first bytes; it is given back with the last array made of them."""
        array = piece.read(size)
        weakref.finalize(array, self.give_back, piece)
        return array

    def give_back(self, piece: Piece) -> None:
        """Keep a piece for the next picture, unless there are enough, or it is unusually large."""
        if len(self._free) < MOST_KEPT and piece.size <= MOST_KEPT_BYTES:
            self._free.append(piece)
        else:
            piece.close()


def _new() -> int:
    """Open memory without a name, away from the numbers of the streams.

    Those are free when a library has closed them: what it prints would go into the picture, and what it closes once
    more is the picture, perhaps while it is being moved.
    """
    for _ in range(TRIES):
        if sys.platform == "linux":
            descriptor = os.memfd_create("picture")
        else:
            with tempfile.TemporaryFile() as file:
                descriptor = os.dup(file.fileno())
        if descriptor > _STDERR:
            return descriptor
        with suppress(OSError):
            higher = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _STDERR + 1)
            with suppress(OSError):
                os.close(descriptor)
            return higher
    raise OSError(errno.EBADF, "somebody closes every file that is opened")
