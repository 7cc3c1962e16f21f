"""From a key to the next caption at the far end of the terminal, and what a held key leaves behind."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from engine import paths
from tests.bench.corpus import needle, needles_in_order
from tests.bench.pty_app import PtyApp
from tests.bench.report import Row, p50_p99, percentile
from tui.sitting import bookmark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REPEATS_PER_SECOND = 30
QUIET_SECONDS = 0.08
MANY = 20_000
"""Images from which the screen is given longer to come to rest before the first key."""
KEY_P50_MS, KEY_P99_MS = 16.0, 40.0
PICTURE_P50_MS, PICTURE_P99_MS = 35.0, 80.0
LAG_MS = 100.0
MEMORY_MB = 200.0
CUTLINE = (sys.executable, "-m", "tui")


class Pressed(NamedTuple):
    """What came of keys pressed one by one."""

    caption_ms: list[float]
    """Until the caption was there."""
    all_ms: list[float]
    """Until the last byte was there that the key brought."""
    bytes_per_key: float


def review_command(root: Path, preview: str) -> list[str]:
    """Return the command line of the review screen, which begins with the first image: where one was is forgotten."""
    (paths.dataset_state_dir(root) / bookmark.FILE_NAME).unlink(missing_ok=True)
    return [*CUTLINE, "review", str(root), "--preview", preview]


def measure(root: Path, count: int, preview: str, keys: int, bare: Row) -> list[Row]:
    """Press `j` one by one and then held, in the review screen of a dataset.

    Args:
        root: The dataset.
        count: Its images.
        preview: `none` or `symbols`.
        keys: How many are pressed one by one.
        bare: What `measure_bare` found in the same run.
    """
    order = needles_in_order(root)
    what = f"{count:,} images, preview {preview}"
    with PtyApp(review_command(root, preview)) as app:
        app.wait_for(order[0])
        app.settle(2.0 if count > MANY else 0.7)
        pressed = press_one_by_one(app, order[1 : keys + 1])
        app.settle()
        lag = hold(app, "j", order[keys + 90], 90)
        peak, share = app.memory_mb()
        app.quit()
    rows = [_caption_row(what, pressed, bare)]
    if preview != "none":
        rows.append(_all_row(what, pressed))
    return [
        *rows,
        Row(
            f"held `j`, 30 a second for 3 s: last caption after the last key, {what}",
            f"{lag:.0f} ms",
            f"≤ {LAG_MS:.0f} ms",
            lag <= LAG_MS,
            {"lag_ms": lag},
        ),
        Row(
            f"memory of the screen, {what}",
            f"{peak:.0f} MB resident at most, {share:.0f} MB proportional",
            f"≤ {MEMORY_MB:.0f} MB",
            peak <= MEMORY_MB,
            {"peak_mb": peak, "pss_mb": share},
        ),
    ]


def _caption_row(what: str, pressed: Pressed, bare: Row) -> Row:
    p50, p99 = median(pressed.caption_ms), percentile(pressed.caption_ms, 0.99)
    ratio = p50 / bare.figures["p50_ms"]
    return Row(
        f"key `j` → next caption, {what}",
        f"{p50_p99(pressed.caption_ms)}, {ratio:.1f} × bare, {pressed.bytes_per_key / 1000:.1f} kB a key",
        f"p50 ≤ {KEY_P50_MS:.0f}, p99 ≤ {KEY_P99_MS:.0f} ms",
        p50 <= KEY_P50_MS and p99 <= KEY_P99_MS,
        {"p50_ms": p50, "p99_ms": p99, "max_ms": max(pressed.caption_ms), "bytes_per_key": pressed.bytes_per_key},
    )


def _all_row(what: str, pressed: Pressed) -> Row:
    p50, p99 = median(pressed.all_ms), percentile(pressed.all_ms, 0.99)
    return Row(
        f"key `j` → last byte of picture and all else, {what}",
        p50_p99(pressed.all_ms),
        f"p50 ≤ {PICTURE_P50_MS:.0f}, p99 ≤ {PICTURE_P99_MS:.0f} ms",
        p50 <= PICTURE_P50_MS and p99 <= PICTURE_P99_MS,
        {"p50_ms": p50, "p99_ms": p99, "max_ms": max(pressed.all_ms)},
    )


def measure_bare(rows: int, keys: int) -> Row:
    """Press `j` in the bare list app: what Textual itself takes."""
    with PtyApp([sys.executable, "-m", "tests.bench.bare_app", str(rows)]) as app:
        app.wait_for(needle(0))
        app.settle()
        pressed = press_one_by_one(app, [needle(number) for number in range(1, keys + 1)])
        app.quit()
    return Row(
        f"key `j` → next caption in a bare list app, {rows:,} rows",
        f"{p50_p99(pressed.caption_ms)}, {pressed.bytes_per_key / 1000:.1f} kB a key",
        figures={"p50_ms": median(pressed.caption_ms), "p99_ms": percentile(pressed.caption_ms, 0.99)},
    )


def press_one_by_one(app: PtyApp, expected: Sequence[str]) -> Pressed:
    """Press `j` for each word, the next one when the screen has been quiet for a moment."""
    caption, everything, before = [], [], app.bytes_read
    for word in expected:
        app.forget()
        pressed = app.press("j")
        caption.append((app.wait_for(word) - pressed) * 1000)
        everything.append((app.settle(QUIET_SECONDS) - pressed) * 1000)
    return Pressed(caption, everything, (app.bytes_read - before) / len(expected))


def hold(app: PtyApp, key: str, last: str, times: int) -> float:
    """Repeat a key; return the milliseconds from the last one to the text that it must bring."""
    app.forget()
    start = pressed = time.perf_counter()
    for number in range(times):
        due = start + number / REPEATS_PER_SECOND
        while (left := due - time.perf_counter()) > 0:
            app.read(left)
        pressed = app.press(key)
    return (app.wait_for(last) - pressed) * 1000


def measure_accepting(root: Path, preview: str, times: int) -> Row:
    """Hold `a`: every key must decide exactly one image."""
    order, before = needles_in_order(root), len(_accepted(root))
    with PtyApp(review_command(root, preview)) as app:
        app.wait_for(order[0])
        app.settle()
        lag = hold(app, "a", order[times], times)
        app.settle()
        app.quit()
    decided = _accepted(root)[before:]
    right = len(decided) == len(set(decided)) == times
    return Row(
        f"held `a`, 30 a second, preview {preview}: {times} keys",
        f"{len(decided)} decisions on {len(set(decided))} images, the last shown after {lag:.0f} ms",
        "each lands, none twice",
        right,
        {"keys": times, "decisions": len(decided), "lag_ms": lag},
    )


def _accepted(root: Path) -> list[str]:
    """Return the images of the journal's accepting rows, oldest first."""
    told = subprocess.run([*CUTLINE, "history", str(root), "--json"], check=True, capture_output=True, text=True)
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    return [row["image"] for row in rows if row["kind"] == "accept"]
