"""From the command to the first caption on the screen, beside a bare Textual app in the same minutes."""

from __future__ import annotations

import sys
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.corpus import needle, needles_in_order
from tests.bench.keys import review_command
from tests.bench.pty_app import PtyApp
from tests.bench.report import Row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BEYOND_BARE_SECONDS = 0.25


def measure(root: Path, count: int, rounds: int) -> Row:
    """Start both in turn; the first round of each only warms the caches."""
    first = needles_in_order(root)[0]
    commands = {
        "cutline": (review_command(root, "none"), first),
        "bare": ([sys.executable, "-m", "tests.bench.bare_app", "100"], needle(0)),
    }
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, (command, text) in commands.items():
            spent[name].append(_seconds(command, text))
    ours, bare = (median(spent[name][1:]) for name in ("cutline", "bare"))
    return Row(
        f"`cutline DIR` → first caption, {count:,} images",
        f"{ours:.2f} s, bare app {bare:.2f} s: + {ours - bare:.2f} s, {ours / bare:.2f} ×",
        f"≤ bare + {BEYOND_BARE_SECONDS} s",
        ours - bare <= BEYOND_BARE_SECONDS,
        {"cutline_s": ours, "bare_s": bare},
    )


def _seconds(command: Sequence[str], text: str) -> float:
    with PtyApp(command) as app:
        return app.wait_for(text) - app.started
