"""The worker's stdout and stderr, kept open whatever libraries do to them: they lead to the engine's log."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_STDOUT, _STDERR = 1, 2


class Output:
    """Both streams, and a spare descriptor of the log."""

    def __init__(self) -> None:
        """Take the streams over."""
        self._spare = os.dup(_STDERR)
        sys.stdout, sys.stderr = (_Stream(_Raw(descriptor, self.mend)) for descriptor in (_STDOUT, _STDERR))

    def mend(self) -> None:
        """Open again what was closed: the next file opened would take its number, and be printed into."""
        for descriptor in (_STDOUT, _STDERR):
            try:
                os.fstat(descriptor)
            except OSError:
                os.dup2(self._spare, descriptor)


class _Stream(io.TextIOWrapper):
    """A stream that stays open: what a library closes is not its own."""

    def __init__(self, raw: io.RawIOBase) -> None:
        # Line buffered: what a library says last before it crashes must not be lost.
        super().__init__(io.BufferedWriter(raw), errors="backslashreplace", line_buffering=True)

    def close(self) -> None:
        """Only write out what waits."""
        self.flush()


class _Raw(io.RawIOBase):
    """Writes to a descriptor, also when another thread has just closed it."""

    def __init__(self, descriptor: int, mend: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._mend = mend

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Any) -> int:
        try:
            return os.write(self._descriptor, data)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
            self._mend()
            return os.write(self._descriptor, data)
