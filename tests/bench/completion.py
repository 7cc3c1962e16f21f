"""Completing what is typed among 200,000 known tags, key by key: python -m tests.bench --only completion --sizes '' --big 0.

The list is made up: words of tags, and names of syllables with a series in brackets, counts as uneven as those of a booru.
"""

from __future__ import annotations

import random
import time
from statistics import median
from typing import TYPE_CHECKING

from engine import vocabularies
from engine.captions.known.vocabulary import Vocabulary
from tests.bench.report import Row, p50_p99, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LISTED, OWN, TYPED = 200_000, 20_000, 300
"""Tags of the list, tags that the dataset has of its own, tags that are typed."""
KEY_MS, FUZZY_MS, LOAD_SECONDS = 10.0, 50.0, 1.0
_WORDS = (  # noqa: SIM905  (reads better than a column)
    "long short blue black red white green hair eyes dress sky hat cup holding looking at viewer one two school uniform skirt "
    "shirt boots ribbon bow gloves open closed mouth smile sword flower tree night day water sitting standing"
).split()
_SYLLABLES = "ka ri to ha ru mi shi na yo ko ra me ta sa ki ne lo ve an der son ber el ton".split()  # noqa: SIM905  (the same)


def measure(room: Path, rounds: int) -> Iterator[Row]:
    """Yield rows for loading, for each key of tags typed to their end, and for a slip in each of them."""
    chance = random.Random(1)
    names = _names(chance)
    file = room / "known.csv"
    file.write_text("\n".join(_line(name, chance) for name in names), encoding="utf-8")
    loading = []
    for _ in range(rounds):
        began = time.perf_counter()
        known, _ = vocabularies.load_known([str(file)])
        loading.append(time.perf_counter() - began)
    own = {name.replace("_", " "): chance.randint(1, 5000) for name in chance.sample(names, OWN)}
    began = time.perf_counter()
    vocabulary = Vocabulary(own, known)
    arranging = time.perf_counter() - began
    memory = vocabulary.memory_bytes / 1e6
    told = f"{median(loading):.2f} s (slowest {max(loading):.2f}); {OWN:,} own tags {arranging * 1e3:.0f} ms; {memory:.0f} MB"
    figures = {"load_s": median(loading), "own_ms": arranging * 1e3, "memory_mb": memory}
    yield Row(f"load {LISTED:,} known tags", told, f"≤ {LOAD_SECONDS:.0f} s", median(loading) <= LOAD_SECONDS, figures)
    keys, slips = [], []
    for name in chance.sample(names, TYPED):
        typed = name.replace("_", " ")
        for end in range(1, len(typed) + 1):
            began = time.perf_counter()
            vocabulary.complete(typed[:end])
            keys.append((time.perf_counter() - began) * 1e3)
        began = time.perf_counter()
        vocabulary.fuzzy(_with_slip(typed[:12], chance))
        slips.append((time.perf_counter() - began) * 1e3)
    yield _row(f"completions at a key, {LISTED:,} + {OWN:,} tags", keys, KEY_MS)
    yield _row("what nearly fits, in a thread", slips, FUZZY_MS)


def _row(what: str, taken: Sequence[float], budget: float) -> Row:
    slow = percentile(taken, 0.99)
    figures = {"p50_ms": median(taken), "p99_ms": slow, "slowest_ms": max(taken)}
    told = f"{p50_p99(taken)} (slowest {max(taken):.1f})"
    return Row(what, told, f"≤ {budget:.0f} ms", slow <= budget, figures)


def _names(chance: random.Random) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < LISTED:
        if chance.random() < 1 / 4:
            name = "_".join(chance.sample(_WORDS, chance.randint(1, 4)))
        else:
            name = "_".join(_made_up(chance) for _ in range(chance.randint(1, 2)))
            name += f"_({_made_up(chance)})" if chance.random() < 0.6 else ""
        names[name if name not in names else f"{name}_{len(names)}"] = None
    return list(names)


def _line(name: str, chance: random.Random) -> str:
    aliases = ",".join(_made_up(chance) for _ in range(chance.choice((0, 0, 1, 1, 2, 4))))
    return f'{name},{chance.choice((0, 1, 3, 4, 5))},{int(chance.paretovariate(0.6) * 3)},"{aliases}"'


def _made_up(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


def _with_slip(typed: str, chance: random.Random) -> str:
    """Swap two neighbours, but for the first letters."""
    at = chance.randrange(1, max(2, len(typed) - 1))
    return typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :]
