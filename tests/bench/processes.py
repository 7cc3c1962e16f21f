"""What a tree of processes costs: CPU seconds and memory, from /proc."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY_SECONDS = 0.25


def tree(root: int) -> list[int]:
    """Return a process and all that descend from it, as far as they live."""
    found, look = [], [root]
    while look:
        pid = look.pop()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                look += map(int, children.read_text().split())
            except OSError:
                continue  # the thread has ended
    return found


def cpu_seconds(root: int) -> float:
    """Return what a tree of processes has used so far, children that ended included."""
    ticks = 0
    for pid in tree(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS


def memory_mb(*roots: int) -> float:
    """Return the memory of trees of processes in MB, what several share divided among them (PSS); without our own."""
    total = 0
    for pid in {pid for root in roots for pid in tree(root)} - {os.getpid()}:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1000


@contextmanager
def peak_memory(*roots: int) -> Iterator[Callable[[], float]]:
    """Watch trees of processes during the block; the function given says the most they had together, in MB."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY_SECONDS):
            most[0] = max(most[0], memory_mb(*roots))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield lambda: most[0]
    finally:
        over.set()
        watching.join()
