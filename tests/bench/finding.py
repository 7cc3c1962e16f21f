"""Filters and orders over a whole dataset: python -m tests.bench.finding [--images 100000].

The first question of each kind reads what it needs; the figures are of the ones after it. Times are wall, with the
thread's own processor time beside them, which tells more where the machine is busy.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from engine.finding.finder import Finder
from engine.finding.language import parse, parse_order
from engine.finding.language.sorting import ORDERS
from engine.models.token_counters import load_without_t5
from engine.settings import Settings
from engine.workspace import Workspace
from tests.bench import corpus
from tests.bench.home import isolated
from tests.bench.report import Row, machine, percentile, table

if TYPE_CHECKING:
    from collections.abc import Iterator

BUDGET_MS = 150.0
BUILD_BUDGET_S = 3.0
MEMORY_BUDGET_MB = 60.0
ROUNDS = 5

FIRST = {
    "captions read": "caption:needle tag:1girl",
    "tokens counted": "tokens>75",
    "headers of pictures read": "width>600",
    "scores of candidates read": "score(red hair)>0.5",
    "candidates seen through their view": "proposed:red",
}
"""What the first question of a kind does, and one that makes it; each part is read once."""

FILTERS = (
    "pending",
    "pending,flagged",
    "decided-before",
    "changed",
    "tag:1girl",
    'tag:"red *"',
    '"red hair"',
    "e",
    "caption:red*hat",
    "caption:?ed*h",
    "name:image01*",
    "folder:03",
    "source:tag*",
    "score(red hair)>0.1",
    "score(red*)>0.1",
    'proposed:"red hair"',
    "tokens>30",
    "width>600 aspect=1:1",
    'pending (tag:1girl OR caption:cat) chars>20 -name:7 tokens>10 -tag:"old hat"',
)


def measure(root: Path, count: int, rounds: int = ROUNDS) -> Iterator[Row]:
    """Ask everything once, then again."""
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    gc.collect()
    tokens = load_without_t5()
    finder, before = Finder(workspace, tokens.clip.count, tokens.t5.count), _memory_mb()
    for what, query in FIRST.items():
        took = _seconds(finder, query, "path")
        is_build = what == "captions read"
        memory = f", {_memory_mb() - before:.0f} MB so far"
        budget, met = ("≤ 3 s (≤ 60 MB)", took <= BUILD_BUDGET_S) if is_build and count >= 100_000 else ("", None)
        yield Row(f"the first time, {count:,} images: {what}", f"{took:.1f} s{memory}", budget, met, {"seconds": took})
    for name in ORDERS:
        _seconds(finder, "", name)
    for query in FILTERS:
        yield _warm(finder, query, "queue", rounds, f"filter `{query}`, {count:,} images")
    for name in ORDERS:
        yield _warm(finder, "", name, rounds, f"order {name}, {count:,} images")
    finder.look_again()
    yield Row(f"every caption file's time compared, {count:,} images", f"{1000 * _seconds(finder, '', 'path'):.0f} ms")
    workspace.close()


def _warm(finder: Finder, query: str, order: str, rounds: int, what: str) -> Row:
    wall, own = [], []
    for _ in range(rounds):
        began = time.thread_time()
        wall.append(1000 * _seconds(finder, query, order))
        own.append(1000 * (time.thread_time() - began))
    figures = {"p50_ms": median(wall), "p99_ms": percentile(wall, 0.99), "processor_ms": median(own)}
    text = f"{median(wall):.0f} / {percentile(wall, 0.99):.0f} ms (processor {median(own):.0f})"
    return Row(what, text, f"p50 ≤ {BUDGET_MS:.0f} ms", median(wall) <= BUDGET_MS, figures)


def _seconds(finder: Finder, query: str, order: str) -> float:
    began = time.perf_counter()
    finder.find(parse(query) if query else None, parse_order(order), lambda: False)
    return time.perf_counter() - began


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure, then print the table."""
    parser = argparse.ArgumentParser(description="Measure filters and orders.")
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--under", type=Path, metavar="DIR", help="where the images are made for the time being")
    asked = parser.parse_args()
    with isolated(asked.under) as room:
        pool = corpus.make_pool(room / "pictures", 40)
        corpus.make_dataset(room / "images", pool, asked.images)
        corpus.propose(room / "images", pool)
        print(table(measure(room / "images", asked.images)))
    print("\n" + "; ".join(f"{name}: {fact}" for name, fact in machine().items()))


if __name__ == "__main__":
    main()
