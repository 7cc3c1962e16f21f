"""A mistake over many captions made and taken back; and how long a decision in another process waits meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from engine.dataset.images import caption_key
from engine.review.decide import Draft, Step
from engine.settings import Settings
from engine.workspace import Workspace
from tests.bench.report import Row, p50_p99, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator

BUDGET_SECONDS = 5.0
CAPTION = b"1girl, solo, long hair, blue eyes, smile, outdoors, tag %d\n"
KEY_SECONDS = 1 / 30
"""As fast as keys repeat."""
OTHERS = 40
"""Images that another process decides about meanwhile."""


def measure(root: Path, count: int) -> list[Row]:
    """Put a trigger word before `count` captions, take that back, bring it again; the last time not alone."""
    root.mkdir()
    for number in range(count + OTHERS):
        folder = root / f"{number % 10}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.png").write_bytes(b"picture %d" % number)
        (folder / f"{number}.txt").write_bytes(CAPTION % number)
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    ids = sorted(workspace.entries)
    drafts = _drafts(workspace, ids[:count])
    rows = []
    for what in ("applied", "taken back", "brought again"):
        bare = _bare(root, 200)
        rows.append(_row(what, count, _seconds(workspace, what, drafts), bare, []))
    bare, waited = _bare(root, 200), list[float]()
    with _somebody_deciding(root, ids[count:], waited):
        seconds = _seconds(workspace, "taken back", drafts)
    rows.append(_row("taken back", count, seconds, bare, waited))
    workspace.close()
    return rows


def _seconds(workspace: Workspace, what: str, drafts: list[Draft]) -> float:
    began = time.perf_counter()
    _do(workspace, what, drafts)
    return time.perf_counter() - began


@contextmanager
def _somebody_deciding(root: Path, images: list[int], waited: list[float]) -> Iterator[None]:
    """Let another process decide as fast as keys repeat; `waited` then holds the milliseconds of each decision."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bulk", str(root), *map(str, images)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        other.stdin.write(b"go\n")
        other.stdin.flush()
        yield
        other.stdin.close()
        waited += msgspec.json.decode(other.stdout.read(), type=list[float])


def _drafts(workspace: Workspace, ids: list[int]) -> list[Draft]:
    group, drafts = workspace.new_group(), []
    for image in ids:
        key = caption_key(workspace.entries[image].key, workspace.extension)
        before = workspace.files.read(key)
        drafts.append(Draft("edit", image, key, before, b"trigger, " + (before or b""), group=group))
    return drafts


def _do(workspace: Workspace, what: str, drafts: list[Draft]) -> None:
    if what == "applied":
        assert all(isinstance(step, Step) for step in workspace.decide_many(drafts))
        return
    done = workspace.undo_last() if what == "taken back" else workspace.redo_last()
    assert done is not None
    assert done.written == len(drafts)


def _row(what: str, count: int, seconds: float, bare_ms: float, waited: list[float]) -> Row:
    each = seconds / count * 1000
    budget = BUDGET_SECONDS * count / 10_000
    meanwhile = f"; a decision in another process, 30 a second, meanwhile {p50_p99(waited)}" if waited else ""
    return Row(
        f"a bulk edit of {count:,} captions {what}",
        f"{seconds:.1f} s, {each:.2f} ms a caption, {each / bare_ms:.1f} × one bare fsync'd file{meanwhile}",
        "" if waited else f"≤ {budget:.1f} s",
        None if waited else seconds <= budget,
        {
            "seconds": seconds,
            "bare_ms": bare_ms,
            "meanwhile_p50_ms": median(waited) if waited else 0.0,
            "meanwhile_p99_ms": percentile(waited, 0.99) if waited else 0.0,
        },
    )


def _bare(root: Path, times: int) -> float:
    """Return the milliseconds of writing, syncing and renaming one file, each alone, on the same disk."""
    temp, target = root / ".bare.tmp", root / ".bare"
    took = []
    for _ in range(times):
        began = time.perf_counter()
        with temp.open("wb") as file:
            file.write(CAPTION)
            file.flush()
            os.fsync(file.fileno())
        temp.replace(target)
        took.append((time.perf_counter() - began) * 1000)
    target.unlink()
    return median(took)


def _other(root: Path, images: list[int]) -> None:
    """Decide about these images, one after another, until the other side ends; print the milliseconds of each."""
    workspace = Workspace.open(root, Settings())
    workspace.load()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    took: list[float] = []
    while not ended.wait(KEY_SECONDS):
        image = images[len(took) % len(images)]
        frame = workspace.frame(image)
        began = time.perf_counter()
        workspace.write(frame, b"%d, %s" % (len(took), CAPTION))
        took.append((time.perf_counter() - began) * 1000)
    workspace.close()
    sys.stdout.buffer.write(msgspec.json.encode(took))


if __name__ == "__main__":
    _other(Path(sys.argv[1]), [int(number) for number in sys.argv[2:]])
