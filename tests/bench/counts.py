"""From opening a folder to its complete counts, the first time and again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from engine.settings import Settings
from engine.workspace import Workspace
from tests.bench.keys import CUTLINE
from tests.bench.report import Row

BUDGET_SECONDS = {"first time": 2.0, "again": 1.0}
"""For 100,000 images."""


def measure_new(root: Path, count: int) -> list[Row]:
    """Open a folder that has no store yet; the store is there afterwards."""
    _forget(root)
    counting = _counting(root, count, "first time")
    _forget(root)
    return [counting, _stats(root, count, "first time")]


def measure_again(root: Path, count: int) -> list[Row]:
    """Open a folder whose store is there."""
    return [_counting(root, count, "again"), _stats(root, count, "again")]


def open_and_count(root: Path) -> None:
    """Open, scan, count; print how long it took."""
    start = time.perf_counter()
    workspace = Workspace.open(root, Settings())
    opened = time.perf_counter() - start
    workspace.scan()
    images = workspace.counts().images
    seconds = time.perf_counter() - start
    workspace.close()
    print(json.dumps({"images": images, "opened": opened, "seconds": seconds}))


def _forget(root: Path) -> None:
    shutil.rmtree(root / ".cutline", ignore_errors=True)


def _counting(root: Path, count: int, which: str) -> Row:
    """Do what the screen does behind itself, in a process of its own: a large one collects garbage for longer."""
    command = [sys.executable, "-m", "tests.bench.counts", str(root)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["images"] == count, told
    opened, seconds = told["opened"], told["seconds"]
    return Row(
        f"open, scan, count in one process, {which}, {count:,} images",
        f"{seconds:.2f} s, of it {opened:.2f} s until the store's images are known",
        f"≤ {BUDGET_SECONDS[which]:.0f} s",
        seconds <= BUDGET_SECONDS[which],
        {"seconds": seconds, "open_seconds": opened},
    )


def _stats(root: Path, count: int, which: str) -> Row:
    """Run the command, which also reads every caption."""
    start = time.perf_counter()
    told = subprocess.run([*CUTLINE, "stats", str(root), "--json"], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    assert json.loads(told.stdout)["images"] == count, told.stdout
    return Row(
        f"`cutline stats` with all captions read, whole process, {which}, {count:,} images",
        f"{seconds:.2f} s",
        figures={"seconds": seconds},
    )


if __name__ == "__main__":
    open_and_count(Path(sys.argv[1]))
