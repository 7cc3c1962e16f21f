"""Finding processes and killing them, with proof: what is dead afterwards was alive before."""

from __future__ import annotations

import os
import select
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_SECONDS = 60.0
_DEATH_SECONDS = 10.0
_STATE, _PARENT = 0, 1
"""Places in /proc/PID/stat, counted behind the name."""


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds:g} s: {what}"
        time.sleep(0.005)


def alive(pid: int) -> bool:
    """Say whether a process is there and not dead; a zombie is."""
    fields = _stat(pid)
    return bool(fields) and fields[_STATE] not in {"Z", "X"}


def slay(pid: int) -> bool:
    """End a process with SIGKILL and see it dead; False when it was dead already."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if not alive(pid):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        dead, _, _ = select.select([handle], [], [], _DEATH_SECONDS)
        assert dead, f"process {pid} outlived SIGKILL"
        return True
    finally:
        os.close(handle)


def descendants(pid: int) -> set[int]:
    """Return the processes that a process started, and those that these started."""
    children: dict[int, list[int]] = {}
    for other in _all():
        if fields := _stat(other):
            children.setdefault(int(fields[_PARENT]), []).append(other)
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        below = set(children.get(waiting.pop(), ())) - found
        found |= below
        waiting += below
    return found


def name_of(pid: int) -> str:
    """Return the name of a process's program; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def running(variable: str, *words: str) -> list[int]:
    """Find the processes that have a variable in their environment and words in their command."""
    found = []
    for pid in _all():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if os.fsencode(variable) in environment and {os.fsencode(word) for word in words} <= {*command}:
            found.append(pid)
    return found


def resident_bytes(pid: int) -> int:
    """Read how much memory a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kilobytes) * 1024


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
