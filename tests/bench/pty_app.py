"""A program in a real pseudo-terminal, answered as a modern terminal does, its bytes timed at the far end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS, ROWS = 160, 50
PATIENCE_SECONDS = 60.0
_READ = 1 << 16
_KEPT = 4096
"""Bytes of what was read before that may hold the beginning of what is looked for."""

_QUERIES: tuple[tuple[re.Pattern[bytes], bytes], ...] = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),  # synchronised output: known
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),  # sizes in band: not known
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[>0?q"), b"\x1bP>|bench(1.0)\x1b\\"),
    (re.compile(rb"\x1b\[\?u"), b"\x1b[?0u"),
    (re.compile(rb"\x1b\[14t"), b"\x1b[4;1000;1600t"),
    (re.compile(rb"\x1b\[16t"), b"\x1b[6;20;10t"),
    (re.compile(rb"\x1b\]1([01]);\?(?:\x07|\x1b\\)"), b"\x1b]1\\1;rgb:1010/1010/1010\x1b\\\\"),
)


class PtyApp:
    """One program on a terminal of its own."""

    def __init__(self, command: Sequence[str], columns: int = COLUMNS, rows: int = ROWS) -> None:
        """Start it; `started` is the moment before."""
        self.started = time.perf_counter()
        self.pid, self._far = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            # Named: readline, where something imported it, puts COLUMNS and LINES behind Python's back.
            os.execvpe(command[0], list(command), os.environ)
        self.bytes_read = 0
        self._tail = b""

    def __enter__(self) -> Self:
        """Use it as a context: it is ended at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever it does."""
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self._far)

    def press(self, keys: str) -> float:
        """Write keys; return the moment before."""
        moment = time.perf_counter()
        os.write(self._far, keys.encode())
        return moment

    def wait_for(self, text: str) -> float:
        """Read until bytes hold a text; return the moment they arrived.

        Raises:
            TimeoutError: It did not come; with the last of what did.
        """
        wanted, deadline = text.encode(), time.perf_counter() + PATIENCE_SECONDS
        if wanted in self._tail:
            return time.perf_counter()
        while (left := deadline - time.perf_counter()) > 0:
            arrived = self.read(left)
            if wanted in self._tail:
                return arrived
        raise TimeoutError(f"{text!r} never came; the end of what did: {self._tail[-600:]!r}")

    def read(self, seconds: float) -> float:
        """Read what comes within a time, answer what it asks; return the moment of arrival."""
        ready, _, _ = select.select([self._far], [], [], max(0.0, seconds))
        arrived = time.perf_counter()
        if ready:
            try:
                piece = os.read(self._far, _READ)
            except OSError as gone:  # how Linux says that the other end was closed
                raise TimeoutError(f"the program ended: {self._tail[-600:]!r}") from gone
            self.take(piece)
            self.bytes_read += len(piece)
            for asked, answer in _QUERIES:
                for match in asked.finditer(piece):
                    os.write(self._far, match.expand(answer))
            self._tail = self._tail[-_KEPT:] + piece
        return arrived

    def take(self, piece: bytes) -> None:
        """Look at what was read; for whoever wants more than to find a text in it."""

    def forget(self) -> None:
        """Look only at what comes from now on."""
        self._tail = b""

    def settle(self, quiet_seconds: float = 0.3) -> float:
        """Read until nothing has come for a while; return when the last of it came."""
        latest = time.perf_counter()
        while (before := self.bytes_read) >= 0:
            arrived = self.read(quiet_seconds)
            if self.bytes_read == before:
                break
            latest = arrived
        return latest

    def quit(self) -> None:
        """Press `q` and read until the program has ended."""
        self.press("q")
        deadline = time.perf_counter() + PATIENCE_SECONDS
        while time.perf_counter() < deadline:
            try:
                self.read(0.05)
            except TimeoutError:
                break
        os.waitpid(self.pid, 0)

    def memory_mb(self) -> tuple[float, float]:
        """Return the peak of the resident memory and the proportional share of it now, in MB of 10^6 bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        return _kib(status, "VmHWM") * 1024 / 1e6, _kib(rollup, "Pss") * 1024 / 1e6


def _kib(text: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) if found else 0
