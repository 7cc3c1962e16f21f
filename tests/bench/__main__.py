"""Measure what the budgets promise, on the real program: python -m tests.bench [--sizes 1000,10000] [--big 100000].

Nothing here is an assertion: figures are printed beside their budgets. Times depend on the machine and on what
else it does, so most rows carry a bare program measured in the same minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tests.bench import (
    bulk,
    collecting,
    completion,
    corpus,
    counts,
    decisions,
    finding,
    keys,
    live_count,
    rethreshold,
    reviewer,
    start,
    taggers,
    tagging,
    tokens,
)
from tests.bench.home import isolated
from tests.bench.report import Row, machine, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.corpus import Pool


PARTS = (
    "keys",
    "start",
    "counts",
    "decisions",
    "reviewer",
    "bulk",
    "finding",
    "tagging",
    "collecting",
    "views",
    "taggers",
    "tokens",
    "completion",
)
SCORED = 10_000
"""So many images are seen through other views."""
CHANGED = 10_000
"""So many captions a mistake is made in."""


def main() -> None:
    """Measure, then print the table."""
    parser = argparse.ArgumentParser(description="Measure cutline beside its budgets.")
    parser.add_argument("--sizes", type=_numbers, default=[1_000, 10_000], help="numbers of images, by commas")
    parser.add_argument("--big", type=int, default=100_000, help="the largest number; 0 leaves it out")
    parser.add_argument("--quick", action="store_true", help="few pictures, keys and rounds: only whether it runs")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by commas")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--under", type=Path, metavar="DIR", help="where the images are made for the time being")
    asked = parser.parse_args()
    before, rows = machine(), []
    with isolated(asked.under) as room:
        for row in _measure(asked, room):
            rows.append(row)
            print(row.line(), file=sys.stderr, flush=True)
    print(table(rows))
    facts = {**before, "load at the end": machine()["load over 1, 5, 15 minutes"]}
    print("\n" + "; ".join(f"{name}: {fact}" for name, fact in facts.items()))
    if asked.json:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode({"machine": facts, "rows": rows})))


class _Extent(NamedTuple):
    """How much is measured."""

    parts: frozenset[str]
    keys: int
    rounds: int
    pictures: int


def _measure(asked: argparse.Namespace, room: Path) -> Iterator[Row]:
    parts = frozenset(asked.only.split(","))
    extent = _Extent(parts, 40, 2, 60) if asked.quick else _Extent(parts, 220, 5, 500)
    pool = corpus.make_pool(room / "pictures", extent.pictures)
    if "tagging" in parts:
        yield tagging.measure_start(extent.rounds)
        yield tagging.measure(room / "tagged", pool, min(extent.rounds, 3))
    if "views" in parts:
        yield from rethreshold.measure(SCORED, extent.rounds)
        yield from live_count.measure(room / "scored", pool, SCORED, extent.rounds)
    if "completion" in parts:
        yield from completion.measure(room, extent.rounds)
    if "tokens" in parts:
        yield from tokens.measure()
    if "bulk" in parts:
        yield from bulk.measure(room / "bulk", CHANGED)
    if "taggers" in parts:
        for name, course in taggers.COURSES.items():
            yield from taggers.measure(room, name, course, extent.rounds)
    for count in [*asked.sizes, *([asked.big] if asked.big else [])]:
        yield from _measure_size(extent, room / f"images{count}", pool, count)


def _measure_size(extent: _Extent, root: Path, pool: Pool, count: int) -> Iterator[Row]:
    began = time.perf_counter()
    corpus.make_dataset(root, pool, count)
    if "counts" in extent.parts:
        yield from counts.measure_new(root, count)
    corpus.propose(root, pool)
    print(f"{count:,} images made in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    if "counts" in extent.parts:
        yield from counts.measure_again(root, count)
    if "start" in extent.parts:
        yield start.measure(root, count, extent.rounds)
    if "keys" in extent.parts:
        bare = keys.measure_bare(count, extent.keys)
        yield bare
        for preview in ("none", "symbols"):
            yield from keys.measure(root, count, preview, extent.keys, bare)
            yield keys.measure_accepting(root, preview, 90)
    if "collecting" in extent.parts:
        yield collecting.measure(root, count)
    if "finding" in extent.parts:
        yield from finding.measure(root, count, extent.rounds)
    if "decisions" in extent.parts:
        yield from decisions.measure(root, count, extent.keys)
    if "reviewer" in extent.parts:
        yield from reviewer.measure(root.with_name(f"reviewed{count}"), count, min(extent.keys * 5, 1_000))


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


if __name__ == "__main__":
    main()
