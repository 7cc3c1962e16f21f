"""A threshold moved on screen over 10,000 images × 60 stored tags: python -m tests.bench.live_count.

The count alone, the reading of the scores before the first one, and both as a person meets them: from the key to the
card as it would be, and to the number in the status bar.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.captions.viewing.view import View
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.review.score_index import ScoreIndex
from engine.review.threshold_counts import ThresholdCounts
from engine.settings import Settings
from engine.workspace import Workspace
from tests.bench import corpus
from tests.bench.home import isolated
from tests.bench.report import Row, machine, p50_p99, percentile, table
from tui import commands
from tui.app import CutlineApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.course.card import Card

SOURCE = "wd-vit-tagger-v3"
LABELS = 10_861
"""As many as WD v3 has: 4 ratings, about 8,100 general tags, the rest characters."""
TAGS_STORED = 60
BUDGET_MS = 100.0
BUILD_BUDGET_MS = 300.0
KEY_BUDGET_MS = 16.0
PRESSES = 60


def measure(root: Path, pool: corpus.Pool, images: int, rounds: int) -> Iterator[Row]:
    """Make a dataset with scores, and measure on it."""
    corpus.make_dataset(root, pool, images)
    propose(root, pool)
    yield from measure_counts(root, images, rounds)
    yield from asyncio.run(measure_keys(root, images))


def propose(root: Path, pool: corpus.Pool) -> None:
    """Store scores for every image as a tagger does: most of them low."""
    chance = random.Random(5)
    categories = ("rating",) * 4 + ("general",) * 8_106 + ("character",) * (LABELS - 8_110)
    labels = LabelTable(
        tuple(("", "very_")[number % 2] + f"tag_number_{number // 2}" for number in range(LABELS)), categories
    )
    blobs = [_scores(chance) for _ in range(500)]
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    with workspace.store.transaction() as db:
        row = label_row(db, SOURCE, labels)
        for entry in workspace.entries.values():
            digest = pool.digests[int(entry.key[-10:-4]) % len(pool.digests)]
            image_rows.store_digest(db, entry.id, digest, entry.size, entry.mtime_ns)
            answer = RawAnswer("bench", digest, row, blobs[entry.id % len(blobs)], None, 0.01)
            store_proposal(db, entry.id, store_answer(db, answer), Origin(SOURCE, "append", "tags"))
    workspace.close()


def _scores(chance: random.Random) -> bytes:
    """Give a blob in which every second tag says another one: `very tag number 7` beside `tag number 7`."""
    tags = [tag + n for tag in chance.sample(range(4, LABELS - 1, 2), TAGS_STORED // 2 - 2) for n in (0, 1)]
    pairs = [(tag, to_u16(0.05 + 0.95 * chance.random() ** 2)) for tag in tags]
    return pack([*pairs, *((rating, to_u16(chance.random())) for rating in range(4))], to_u16(0.05))


def measure_counts(root: Path, count: int, rounds: int) -> Iterator[Row]:
    """Read the scores, then count as many moves as a held key makes, through several kinds of view."""
    workspace = Workspace.open(root, Settings())
    db = workspace.store.db
    building, first = [], []
    for _ in range(rounds):
        index = ScoreIndex(SOURCE)
        counts = ThresholdCounts(index)
        building.append(_ms(partial(index.follow, db)))
        first.append(_ms(partial(counts.count, View(), View(threshold=0.36))))
    yield _row(f"scores of {count:,} images read into the index", building, BUILD_BUDGET_MS)
    yield _row("the first count after it", first, BUDGET_MS)
    for name, before in {
        "count": View(),
        "count, a view with lists and replaced tags": View(
            exclude=tuple(f"tag number {n}" for n in range(200, 400)), replace={"tag number 500": "a, b"}
        ),
        "count, best 20 only": View(top_k=20),
        "count, implied tags dropped": View(implied="drop"),
        "count, implied tags dropped, then best 20 only": View(implied="drop", top_k=20),
    }.items():
        if before.implied == "drop":
            yield _row(f"{name}: the first", [_ms(partial(ThresholdCounts(index).count, before, before))], None)
        counts.count(before, before)
        times = []
        for press in range(1, 1 + (PRESSES if before == View() else 10)):
            after = msgspec.structs.replace(before, threshold=before.threshold + press / 100)
            times.append(_ms(partial(index.follow, db)) + _ms(partial(counts.count, before, after)))
        yield _row(name, times, BUDGET_MS)
    workspace.close()


async def measure_keys(root: Path, count: int) -> list[Row]:
    """Press `]` and wait for the number, as a person looks at it; then hold it down at 30 Hz."""
    workspace = Workspace.open(root, Settings())
    app = CutlineApp(workspace, Settings(), "none")
    rows = []
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        await app.until_idle()
        began = time.perf_counter()
        await _until(lambda: app.screen._thresholds.live.floors)  # type: ignore[attr-defined]
        quiet = (time.perf_counter() - began) * 1000
        cards, numbers = [], []
        for _ in range(20):
            card, began = app.turns.card, time.perf_counter()
            app.screen.action_turn(commands.ThresholdUp.name)  # type: ignore[attr-defined]
            await _until(partial(_other, app, card))
            cards.append((time.perf_counter() - began) * 1000)
            await app.until_idle()
            numbers.append((time.perf_counter() - began) * 1000)
        rows += [
            _row(f"key to the card as it would be, {count:,} images", cards, KEY_BUDGET_MS),
            _row("key to the number said", numbers, BUDGET_MS),
        ]
        held, start = [], time.perf_counter()
        for number in range(40):
            await asyncio.sleep(max(0.0, start + number / 30 - time.perf_counter()))
            card, began = app.turns.card, time.perf_counter()
            app.screen.action_turn(commands.ThresholdDown.name)  # type: ignore[attr-defined]
            await _until(partial(_other, app, card))
            held.append((time.perf_counter() - began) * 1000)
        rows.append(_row("key to the card, held down at 30 Hz while numbers are counted", held, KEY_BUDGET_MS))
        rows.append(Row("start to scores read in a quiet moment", f"{quiet:.0f} ms"))
    workspace.close()
    return rows


def _other(app: CutlineApp, card: Card | None) -> bool:
    return app.turns.card is not card


async def _until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110  (the moment is what is measured)
        await asyncio.sleep(0)


def _ms(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _row(what: str, times: list[float], budget: float | None) -> Row:
    met = None if budget is None else median(times) <= budget
    figures = {"p50_ms": median(times), "p99_ms": percentile(times, 0.99)}
    return Row(what, p50_p99(times), "" if budget is None else f"p50 ≤ {budget:.0f} ms", met, figures)


def main() -> None:
    """Measure, then print the table."""
    parser = argparse.ArgumentParser(description="Measure the live count.")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="how often the scores are read")
    parser.add_argument("--under", type=Path, metavar="DIR", help="where the images are made for the time being")
    asked = parser.parse_args()
    with isolated(asked.under) as room:
        pool = corpus.make_pool(room / "pictures", 20)
        rows = list(measure(room / "scored", pool, asked.images, asked.rounds))
    print(table(rows))
    print("\n" + "; ".join(f"{name}: {fact}" for name, fact in machine().items()))


if __name__ == "__main__":
    main()
