"""Tagging end to end beside the bare loop over the same pictures, and the engine's start."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import TYPE_CHECKING

from engine.models import registry
from engine.models.contract import Ask
from engine.models.pictures import decode
from engine.wire import lifecycle
from tests.bench.keys import CUTLINE
from tests.bench.report import Row

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.corpus import Pool

MODEL = "pixel_stats"
FIRST_REPLY_SECONDS = 0.5


def measure_start(rounds: int) -> Row:
    """Start the engine and wait for its first reply, several times; it runs afterwards."""
    spent = []
    for _ in range(rounds):
        lifecycle.stop(now=True)
        start = time.perf_counter()
        with lifecycle.find_or_start():
            spent.append(time.perf_counter() - start)
    seconds = median(spent)
    return Row(
        "engine start → first reply",
        f"{seconds:.2f} s, {min(spent):.2f} at best",
        f"≤ {FIRST_REPLY_SECONDS} s",
        seconds <= FIRST_REPLY_SECONDS,
        {"seconds": seconds},
    )


def measure(folder: Path, pool: Pool, rounds: int) -> Row:
    """Tag the same pictures with the command and with the bare loop, in turn."""
    threads = len(os.sched_getaffinity(0))
    bare: dict[int, list[float]] = {1: [], threads: []}
    whole, steady = [], []
    for number in range(rounds):
        root = folder / str(number)
        root.mkdir(parents=True)
        for path in pool.files:
            os.link(path, root / path.name)
        for callers, speeds in bare.items():
            speeds.append(_bare_speed(root, callers))
        start = time.perf_counter()
        command = [*CUTLINE, "tag", str(root), "--model", MODEL, "--json"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        seconds = time.perf_counter() - start
        assert told["proposed"] == len(pool.files), told
        whole.append(len(pool.files) / seconds)
        steady.append(told["images_per_second"])
        shutil.rmtree(root)
    best = max(median(speeds) for speeds in bare.values())
    ratio, in_job = median(whole) / best, median(steady) / best
    return Row(
        f"`cutline tag --model {MODEL}`, {len(pool.files)} images, engine running",
        f"{median(steady):.0f} images/s in the job, {median(whole):.0f} with the command's start and end;"
        f" bare loop {best:.0f}: {in_job:.2f} × and {ratio:.2f} ×",
        figures={"job_per_s": median(steady), "whole_per_s": median(whole), "bare_per_s": best},
    )


def _bare_speed(root: Path, callers: int) -> float:
    """Decode and measure every picture; return pictures a second."""
    entry = registry.find(MODEL)
    adapter = registry.load(entry, "cpu")
    ask = Ask({name: option.default for name, option in entry.options.items()})

    def answer(path: Path) -> None:
        adapter.answer([decode(path, entry.picture_px)], ask)

    files = sorted(root.glob("*.jpg"))
    start = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(answer, files))
    return len(files) / (time.perf_counter() - start)
