"""One decision confirmed: in the journal, in the caption file, both on the disk; beside the bare calls it is made of."""

from __future__ import annotations

import os
import sqlite3
import time
from statistics import median
from typing import TYPE_CHECKING

from engine.review import queue
from engine.review.frames import chosen_on_opening
from engine.settings import Settings
from engine.workspace import Workspace
from tests.bench.report import Row, p50_p99, percentile

if TYPE_CHECKING:
    from pathlib import Path

BUDGET_MS = 5.0


def measure(root: Path, count: int, times: int) -> list[Row]:
    """Accept images, and after each do the bare work once, so that both meet the same disk."""
    workspace = Workspace.open(root, Settings())
    ids = [image for image in queue.order(workspace.entries.values()) if workspace.entries[image].state == "pending"]
    bare = _Bare(root)
    ours, theirs, reading = [], [], []
    for image in ids[:times]:
        start = time.perf_counter()
        frame = workspace.frame(image)
        chosen = chosen_on_opening(frame)
        read = time.perf_counter()
        step = workspace.accept(frame, chosen)
        done = time.perf_counter()
        assert step.wrote
        theirs.append(bare.decide(step.after or b""))
        reading.append((read - start) * 1000)
        ours.append((done - read) * 1000)
    workspace.close()
    bare.close()
    p50, p99 = median(ours), percentile(ours, 0.99)
    return [
        Row(
            f"one decision confirmed, {count:,} images",
            f"{p50_p99(ours)}, bare SQLite and fsync'd file {p50_p99(theirs)}: {p50 / median(theirs):.1f} ×",
            f"p50 ≤ {BUDGET_MS:.0f} ms",
            p50 <= BUDGET_MS,
            {"p50_ms": p50, "p99_ms": p99, "bare_p50_ms": median(theirs), "bare_p99_ms": percentile(theirs, 0.99)},
        ),
        Row(f"one frame read before it, {count:,} images", p50_p99(reading), figures={"p50_ms": median(reading)}),
    ]


class _Bare:
    """The least that keeps the same promise: a row with the bytes, the file replaced, the row marked."""

    def __init__(self, root: Path) -> None:
        self._folder = root / ".cutline"
        self._file, self._temp = self._folder / "bare.txt", self._folder / "bare.tmp"
        self._db = sqlite3.connect(self._folder / "bare.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, before BLOB, after BLOB, mark TEXT)")

    def decide(self, after: bytes) -> float:
        """Do it once; return the milliseconds."""
        start = time.perf_counter()
        row = self._db.execute("INSERT INTO rows (before, after) VALUES (?, ?)", (after, after)).lastrowid
        descriptor = os.open(self._temp, os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(descriptor, after)
        os.fsync(descriptor)
        os.close(descriptor)
        self._temp.replace(self._file)
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        self._db.execute("UPDATE rows SET mark = 'written' WHERE id = ?", (row,))
        return (time.perf_counter() - start) * 1000

    def close(self) -> None:
        """Close the database and remove what was made."""
        self._db.close()
        for path in self._folder.glob("bare.*"):
            path.unlink()
