"""Seeing stored scores through another view, image by image: python -m tests.bench.rethreshold [--images 10000].

No store and no screen: blobs are unpacked and seen, and nothing is kept. Each round moves the threshold, so that it
pays for what a view works out once for each label.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.captions.viewing.cuts import cuts
from engine.captions.viewing.scores import LabelTable, pack, to_u16, unpack
from engine.captions.viewing.view import View, view
from tests.bench.report import Row, machine, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LABELS, RATINGS, CHARACTERS = 10_861, 4, 2_300
"""As many as a WD v3 tagger has."""
STORED = 60
"""Tags stored for an image."""
BUDGET_MS = 1_000.0
"""For all images together, unpacking included."""
FLOOR = 0.05
_WORDS = (
    "red",
    "long",
    "open",
    "white",
    "wooden",
    "old",
    "dark",
    "tiny",
    "hair",
    "window",
    "dress",
    "sky",
    "hat",
    "cup",
)


def main() -> None:
    """Measure, then print the table."""
    parser = argparse.ArgumentParser(description="Measure how fast stored scores are seen through another view.")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    before = machine()
    print(table(measure(asked.images, asked.rounds)))
    facts = {**before, "load at the end": machine()["load over 1, 5, 15 minutes"]}
    print("\n" + "; ".join(f"{name}: {fact}" for name, fact in facts.items()))


def measure(images: int, rounds: int) -> Iterator[Row]:
    """Yield a row for unpacking alone, and for each kind of view."""
    chance = random.Random(1)
    labels = make_labels(chance)
    blobs = [make_blob(chance) for _ in range(images)]
    yield _row(f"unpack {images:,} × {STORED} scores", partial(_unpack_all, blobs, labels), rounds)
    for name, settings in (("a plain view", View()), ("every field in use", every_field(labels))):
        what = f"unpack and see {images:,} × {STORED} scores, {name}"
        yield _row(what, partial(_see_all, blobs, labels, settings), rounds, BUDGET_MS * images / 10_000)
        yield _row(f"table of cuts for {LABELS:,} labels, {name}", partial(_cut_all, labels, settings), rounds)


def _unpack_all(blobs: list[bytes], labels: LabelTable, _: View) -> None:
    for blob in blobs:
        unpack(blob, labels)


def _see_all(blobs: list[bytes], labels: LabelTable, base: View, moved: View) -> None:
    settings = replace(base, threshold=moved.threshold)
    for blob in blobs:
        view(unpack(blob, labels), settings)


def _cut_all(labels: LabelTable, base: View, moved: View) -> None:
    cuts(replace(base, threshold=moved.threshold), labels)


def _row(what: str, work: Callable[[View], None], rounds: int, budget_ms: float | None = None) -> Row:
    """Time some work, each round through another threshold; wall time, with processor time beside it."""
    wall, own = [], []
    for number in range(rounds):
        moved = View(threshold=0.25 + number / 50)
        began, own_began = time.perf_counter(), time.process_time()
        work(moved)
        wall.append((time.perf_counter() - began) * 1e3)
        own.append((time.process_time() - own_began) * 1e3)
    median, processor = statistics.median(wall), statistics.median(own)
    figures = {"median_ms": median, "slowest_ms": max(wall), "processor_ms": processor}
    promised = "" if budget_ms is None else f"≤ {budget_ms:,.0f} ms"
    met = None if budget_ms is None else median <= budget_ms
    return Row(what, f"{median:,.0f} ms (slowest {max(wall):,.0f}, processor {processor:,.0f})", promised, met, figures)


def make_labels(chance: random.Random) -> LabelTable:
    """Make names as a tagger has them: a few words, and characters with their series."""
    names = [f"rating_{number}" for number in range(RATINGS)]
    for number in range(RATINGS, LABELS):
        name = "_".join(chance.sample(_WORDS, chance.randint(1, 4)))
        is_character = number >= LABELS - CHARACTERS
        names.append(f"{name}_{number}_({chance.choice(_WORDS)})" if is_character else f"{name}_{number}")
    categories = ["rating"] * RATINGS + ["general"] * (LABELS - RATINGS - CHARACTERS) + ["character"] * CHARACTERS
    return LabelTable(tuple(names), tuple(categories))


def make_blob(chance: random.Random) -> bytes:
    """Make the scores of one image: frequent tags more often than rare ones, a rating, a character now and then."""
    general = {min(int(chance.paretovariate(0.7)) * 3 + RATINGS, LABELS - CHARACTERS - 1) for _ in range(4 * STORED)}
    places = [chance.randrange(RATINGS), *list(general)[: STORED - 2], LABELS - 1 - chance.randrange(CHARACTERS)]
    places += chance.sample(range(RATINGS + 3 * len(places), LABELS - CHARACTERS - 1), STORED - len(places))
    return pack(
        [(place, to_u16(chance.uniform(FLOOR, 1) ** 2 * (1 - FLOOR) + FLOOR)) for place in set(places)], to_u16(FLOOR)
    )


def every_field(labels: LabelTable) -> View:
    """Return a view that uses each of its fields, lists as long as people's are."""
    names = labels.names
    return View(
        categories={"character": 0.5},
        tags=dict.fromkeys(names[10:60], 0.3),
        mcut=True,
        top_k=40,
        include=names[: LABELS - 100],
        exclude=names[200:700],
        replace=dict.fromkeys(names[700:800], "one thing, another thing"),
        implied="drop",
        implications={name: (names[800 + place], names[900]) for place, name in enumerate(names[1_000:3_000])},
        underscores="spaces",
        escape=True,
        expand_characters=True,
        first=names[5:15],
        category_order=("character", "general"),
        order="name",
        rating="first",
    )


if __name__ == "__main__":
    main()
