"""A scripted person decides a thousand images in the real app in tmux: python -m tests.bench --only reviewer.

Once at the pace of a held key, once as fast as the app goes; that the cost of a decision does not grow with the dataset is
seen from the same row at 1,000, 10,000 and 100,000 images.
"""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING

from tests.bench.report import Row
from tests.real import reviewer
from tests.real.tmux import Tmux, cutline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAST_PER_SECOND = 20.0
PACES = {f"wanted {reviewer.PER_SECOND} a second": float(reviewer.PER_SECOND), "as fast as it goes": math.inf}


def measure(root: Path, count: int, decided: int) -> Iterator[Row]:
    """Review the first images of a dataset at both paces, each time in a new one.

    Args:
        root: Where it is made; removed again.
        count: Its images.
        decided: How many of them are decided about.
    """
    if shutil.which("tmux") is None:
        yield Row(f"a scripted reviewer, {count:,} images", "tmux is not installed")
        return
    decided = min(decided, count)
    for pace, per_second in PACES.items():
        root = root.with_name(f"{root.name}x")  # cutline remembers where somebody was in a folder
        made = reviewer.plans(count, decided)
        reviewer.lay_out(root, made)
        with Tmux(160, 50) as tmux:
            tmux.enter(cutline("review", "--preview", "none", str(root)))
            tmux.comes_to_show("000000", f"1/{count:,}")
            tmux.until(lambda screen: "scanning" not in screen, "the whole queue")
            sat = reviewer.review(tmux, made[:decided], per_second)
            tmux.type("q")
            tmux.until(lambda screen: "accepted" not in screen, "the end")
        wrong = len(reviewer.wrong(root, made[:decided]))
        in_order = reviewer.journal(root) == reviewer.steps(made[:decided])
        shutil.rmtree(root)
        is_right = not wrong and in_order
        yield Row(
            f"{decided:,} images decided about in tmux 160×50, {pace}, {count:,} images in the dataset",
            f"{sat.per_second:.1f} decisions/s, {sat.lag:.1f} s after the last of {sat.keys:,} keys; "
            f"{wrong} files wrong, journal {'exact' if in_order else '**not** exact'}",
            f"≥ {LEAST_PER_SECOND:.0f}/s, every file right",
            is_right and sat.per_second >= LEAST_PER_SECOND,
            {"per_second": sat.per_second, "lag_s": sat.lag, "keys": sat.keys, "files_wrong": wrong},
        )
