"""From opening a folder to its complete counts, the first time and again."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from engine.settings import Settings
from engine.workspace import Workspace
from tests.bench.keys import CUTLINE
from tests.bench.report import Row

if TYPE_CHECKING:
    from pathlib import Path

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


def _forget(root: Path) -> None:
    shutil.rmtree(root / ".cutline", ignore_errors=True)


def _counting(root: Path, count: int, which: str) -> Row:
    """Do what the screen does behind itself: open, scan, count."""
    start = time.perf_counter()
    workspace = Workspace.open(root, Settings())
    opened = time.perf_counter() - start
    workspace.scan()
    images = workspace.counts().images
    seconds = time.perf_counter() - start
    workspace.close()
    assert images == count, images
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
