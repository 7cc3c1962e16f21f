"""The engine's log: written by the engine, its workers, and whatever their libraries print; kept within bounds.

They all hold descriptors that they inherited, so a file that has grown is renamed, not cut: who still has it writes to
its end, and nothing is lost. `Streams` then moves each process over to the new one.
"""

from __future__ import annotations

import itertools
import os
import time
from typing import TYPE_CHECKING

from engine import paths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import BufferedReader
    from pathlib import Path
    from typing import BinaryIO

MOST_BYTES = 4 << 20
"""A log that has grown so large is put aside."""
KEPT = 4
"""How many that were put aside are kept: engine.log.1, the youngest, to engine.log.4."""
LOOK_SECONDS = 1.0
"""How often every process that writes to the log looks whether it is to write to a new one."""
_STDOUT, _STDERR = 1, 2


def log_path() -> Path:
    """Name the file that is written now."""
    return paths.state_dir() / "engine.log"


def open_to_append(path: Path) -> BinaryIO:
    """Open a log to write to its end; one that is made is for its owner alone.

    Raises:
        OSError: No room, or no permission.
    """
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab")


def rotate() -> None:
    """Put the log aside when it has grown; only the engine that holds the lock does. What fails is tried again later."""
    files = _files()
    try:
        if files[0].stat().st_size < MOST_BYTES:
            return
        for young, old in reversed(list(itertools.pairwise(files))):
            if young.exists():
                young.replace(old)
    except OSError:
        return


class Streams:
    """Stdout and stderr of this process, as far as they were the log when it began; in the foreground they are not."""

    def __init__(self) -> None:
        """Look where they lead."""
        known = [_identity(file) for file in _files()]
        self._ours = [stream for stream in (_STDOUT, _STDERR) if _identity(stream) in known]

    def keep_up(self) -> None:
        """Let them lead to the file that has the log's name now."""
        for stream in self._ours:
            if _identity(stream) != _identity(log_path()):
                try:
                    log = open_to_append(log_path())
                except OSError:  # no room, or no folder: the old file will do
                    return
                with log:
                    os.dup2(log.fileno(), stream)


class Reader:
    """Somebody who reads the log, across rotations."""

    def __init__(self) -> None:
        """Begin with the file that is written now.

        Raises:
            OSError: There is none.
        """
        self._file = log_path().open("rb")
        self._rest = b""
        self._aside_since: float | None = None

    def close(self) -> None:
        """Stop reading."""
        self._file.close()

    def last(self, count: int) -> list[bytes]:
        """Return the last lines, from files put aside, too; `more` goes on behind them."""
        lines = [*self.more(), *filter(None, [self._rest])]
        self._rest = b""
        for file in _files()[1:]:
            if len(lines) >= count or not file.exists():
                break
            lines = file.read_bytes().splitlines() + lines
        return lines[max(0, len(lines) - count) :]

    def more(self) -> list[bytes]:
        """Return the whole lines that have come since."""
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        if not lines and self._is_aside():
            following = _next_after(self._file)
            self._file.close()
            self._file, self._aside_since = following, None
            lines, self._rest = [self._rest] if self._rest else [], b""
        return lines

    def _is_aside(self) -> bool:
        """Say whether the file was put aside so long ago that nobody writes to it any more."""
        if _identity(log_path()) in {_identity(self._file.fileno()), None}:
            return False
        self._aside_since = self._aside_since or time.monotonic()
        return time.monotonic() - self._aside_since > 2 * LOOK_SECONDS


def _files() -> Sequence[Path]:
    """Name all files, youngest first."""
    path = log_path()
    return [path, *(path.with_name(f"{path.name}.{age}") for age in range(1, KEPT + 1))]


def _next_after(file: BufferedReader) -> BufferedReader:
    """Open the file that was begun after another one; the oldest where that is no longer kept."""
    there = [younger for younger in _files() if younger.exists()]
    ages = [_identity(younger) for younger in there]
    mine = _identity(file.fileno())
    return there[ages.index(mine) - 1 if mine in ages[1:] else -1].open("rb")


def _identity(file: Path | int) -> tuple[int, int] | None:
    """Tell files apart, whatever their names; None for one that is not there."""
    try:
        found = os.stat(file)  # noqa: PTH116  (a descriptor as well as a path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
