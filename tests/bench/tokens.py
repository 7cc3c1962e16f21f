"""Token counts: loading the vocabulary, 100,000 captions, and one card's share: python -m tests.bench.tokens."""

from __future__ import annotations

import random
import time
from statistics import median
from typing import TYPE_CHECKING

from engine.captions.tokens.tokens import ClipCounter, Tokens
from engine.models import clip_vocabulary
from tests.bench.report import Row, machine, percentile, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.captions.tokens.tokens import Pieces

CAPTIONS = 100_000
BUDGET_SECONDS = 2.0
BUDGET_US = 500.0
"""For one card: the counts and block ends of the caption and of what will be written."""
VOCABULARY = 5_000
"""Different tags, of one or two words."""


def measure() -> Iterator[Row]:
    """Measure with the vocabulary that is here; without one, the estimate."""
    began = time.perf_counter()
    vocabulary = clip_vocabulary.load()
    loading = time.perf_counter() - began
    captions = _captions()
    known = Tokens(ClipCounter(vocabulary))
    began = time.perf_counter()
    tokens = sum(map(known.clip.count, captions))
    seconds = time.perf_counter() - began
    yield Row(
        f"CLIP's tokens of {CAPTIONS:,} captions of {tokens / CAPTIONS:.0f}, vocabulary loaded in {loading * 1000:.0f} ms",
        f"{seconds:.2f} s, {'exact' if vocabulary else 'estimated'}",
        f"≤ {BUDGET_SECONDS:.0f} s",
        seconds <= BUDGET_SECONDS,
        {"seconds": seconds, "loading_ms": loading * 1000, "tokens_a_caption": tokens / CAPTIONS},
    )
    warm, cold = _cards(captions, known, None), _cards(captions[:2_000], None, vocabulary)
    yield Row(
        "counts and block ends of a card, words known / none of them known (p50 / p99)",
        f"{median(warm):.0f} / {percentile(warm, 0.99):.0f} µs, {median(cold):.0f} / {percentile(cold, 0.99):.0f} µs",
        f"p99 ≤ {BUDGET_US:.0f} µs",
        percentile(cold, 0.99) <= BUDGET_US,
        {"warm_p50_us": median(warm), "warm_p99_us": percentile(warm, 0.99), "cold_p99_us": percentile(cold, 0.99)},
    )


def _cards(captions: list[str], known: Tokens | None, vocabulary: Pieces | None) -> list[float]:
    """Return what each card costs in µs: with counters that know words, or with new ones each time."""
    spent = []
    for caption in captions[:20_000]:
        tokens = known or Tokens(ClipCounter(vocabulary))
        began = time.perf_counter()
        for text in (caption, f"trigger, {caption}"):
            tokens.budget(text)
            tokens.blocks(text)
        spent.append((time.perf_counter() - began) * 1e6)
    return spent


def _captions() -> list[str]:
    """Make captions of ten tags."""
    dice = random.Random(1)
    parts = ["hair", "red", "long", "school", "uniform", "looking", "at", "viewer", "umbrella", "masterpiece", "cher"]
    words = ["".join(dice.sample(parts, dice.choice([1, 1, 1, 2]))) for _ in range(VOCABULARY)]
    tags = [" ".join(dice.sample(words, dice.choice([1, 2]))) for _ in range(VOCABULARY)]
    return [", ".join(dice.choices(tags, k=10)) for _ in range(CAPTIONS)]


if __name__ == "__main__":
    print(table(measure()))
    print("\n" + "; ".join(f"{name}: {fact}" for name, fact in machine().items()))
