"""Tagging end to end with graphs of real sizes, beside the best bare loop over the same graph.

`python -m tests.bench.taggers [--rounds 5] [--only ViT-Ti/32]`. Engine, spool and collecting are included; the steady
part counts: from the first results of a job to the last. Bare loops and jobs take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.models.fit import Fit
from engine.models.pictures import decode
from engine.wire import lifecycle
from tests.bench.home import isolated
from tests.bench.keys import CUTLINE
from tests.bench.mixed_photos import write_photos
from tests.bench.processes import cpu_seconds, peak_memory
from tests.bench.report import Row, machine, table
from tests.bench.vit_onnx import SHAPES, write_vit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FITTED_ON = 8
"""Pictures on which the heads are fitted."""
_WARM_UP = 0.1
"""This share of a job's results comes before the steady part."""


class Course(NamedTuple):
    """How one graph is measured."""

    budget: float
    """Least share of the best bare loop."""
    images: int
    """In a job; about half a minute's work on two cores."""


COURSES = {"ViT-B/16": Course(0.93, 40), "ViT-S/16": Course(0.88, 120), "ViT-Ti/32": Course(0.40, 800)}


class _Job(NamedTuple):
    per_second: float
    cpu_seconds: float
    """For each image, of engine and command together."""
    peak_mb: float


def main() -> None:
    """Measure, then print the table."""
    parser = argparse.ArgumentParser(description="Measure tagging beside the bare loop over the same graph.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=tuple(COURSES))
    asked = parser.parse_args()
    before, rows = machine(), []
    with isolated() as room:
        for name, course in COURSES.items():
            if asked.only in {None, name}:
                for row in measure(room, name, course, asked.rounds):
                    rows.append(row)
                    print(row.line(), file=sys.stderr, flush=True)
    print(table(rows))
    print("\n" + "; ".join(f"{what}: {fact}" for what, fact in before.items()))


def measure(room: Path, name: str, course: Course, rounds: int) -> Iterator[Row]:
    """Measure one graph."""
    model, photos = room / name.replace("/", "-"), room / f"photos{course.images}"
    model.mkdir()
    write_photos(photos, course.images)
    fit = Fit(size=448, resample="kohya")
    fitted = [decode(path, fit=fit).pixels for path in sorted(photos.iterdir())[:FITTED_ON]]
    write_vit(model, SHAPES[name], fitted)
    _tag(photos, model, "--images", "000[0-3]*")  # loads the model
    bare: dict[str, list[float]] = {}
    jobs, shares = [], []
    for _ in range(rounds):
        for plan, speed in _bare(model / "model.onnx", course.images // 2).items():
            bare.setdefault(plan, []).append(speed)
        jobs.append(_job(photos, model))
        shares.append(jobs[-1].per_second / max(speeds[-1] for speeds in bare.values()))
        print(f"{name}: {jobs[-1]} {shares[-1]:.3f} of {bare}", file=sys.stderr, flush=True)
    lifecycle.stop(now=True)
    best = max(bare, key=lambda plan: median(bare[plan]))
    share, per_second = median(shares), median(job.per_second for job in jobs)
    yield Row(
        f"`cutline tag` with {name} at 448, share of the best bare loop",
        f"{share:.2f} [{min(shares):.2f}-{max(shares):.2f}]: {per_second:.2f} images/s of {median(bare[best]):.2f}"
        f" ({best}); {median(job.cpu_seconds for job in jobs):.3f} CPU s an image,"
        f" {max(job.peak_mb for job in jobs):.0f} MB at most",
        f"≥ {course.budget}",
        share >= course.budget,
        {"share": share, "images_per_second": per_second, "bare_per_second": median(bare[best])},
    )


def _bare(model: Path, images: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bare_session", str(model), str(images)]
    speeds: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return speeds


def _job(photos: Path, model: Path) -> _Job:
    client = lifecycle.find()
    assert client is not None
    with client:
        engine = client.status().pid
    used = cpu_seconds(engine) + _cpu_of_children()
    with peak_memory(engine, os.getpid()) as peak_mb:
        told = _tag(photos, model)
        mb = peak_mb()
    used = cpu_seconds(engine) + _cpu_of_children() - used
    return _Job(_steady(photos), used / told["proposed"], mb)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _tag(photos: Path, model: Path, *more: str) -> dict[str, float]:
    command = [*CUTLINE, "tag", str(photos), "--model", str(model), "--again", "--json", *more]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def _steady(photos: Path) -> float:
    """Return images a second of the last job, from the times at which its results were stored."""
    with sqlite3.connect(photos / ".cutline" / "review.db") as db:
        times = [when for (when,) in db.execute("SELECT time FROM proposals ORDER BY id")]
    last = np.array(times[-len(list(photos.glob("*.*"))) :])
    first = int(len(last) * _WARM_UP)
    return float((len(last) - 1 - first) / (last[-1] - last[first]))


if __name__ == "__main__":
    main()
