"""Processes as the system sees them."""

from __future__ import annotations

import subprocess


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits for its parent does not."""
    ps = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return ps.stdout.strip()[:1] not in {"", "Z"}


def children(pid: int) -> list[int]:
    """Name the processes that a process has started and that still run."""
    ps = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,stat=,comm="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 3) for line in ps.stdout.splitlines())
    return [
        int(child) for child, parent, state, name in rows if int(parent) == pid and state[0] != "Z" and name != "ps"
    ]
