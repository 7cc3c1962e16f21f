"""Results flowing from the engine's spool over the socket into the review store: how fast, and in how much memory.

The results are put into the spool beforehand, so that no model is measured; the engine then streams them from its own
process, and a collector in another stores, acknowledges and has them purged, as `cutline tag` does.
"""

from __future__ import annotations

import json
import random
import secrets
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from engine import paths
from engine.captions.viewing.scores import pack, to_u16
from engine.jobs.frames import Outcome
from engine.jobs.spool import Spool
from engine.settings import Settings
from engine.tagging.follow import Heard, follow
from engine.tagging.open_jobs import Terms, keep, open_jobs, request_of, set_state
from engine.wire import lifecycle
from engine.wire.protocol import Item, Job, Labels, ResolvedStep, Step, to_name
from engine.workspace import Workspace
from tests.bench.corpus import WORDS
from tests.bench.report import Row

TAGS = 60
SOURCE = "collected"
LEAST_PER_SECOND = 5_000
FLAT_BYTES = 24 << 20
"""So much more at the end than after the first fifth still counts as flat."""
_FINGERPRINT = "collecting"


def measure(root: Path, count: int) -> Row:
    """Let `count` results of 60 tags each flow into the store of a dataset that has that many images."""
    lifecycle.stop(now=True)
    _fill(root)
    with lifecycle.find_or_start() as client:
        engine = client.status().pid
    command = [sys.executable, "-m", "tests.bench.collecting", str(root), str(engine)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    lifecycle.stop(now=True)
    assert told["results"] == count, told
    growth = {who: told[who][-1] - told[who][0] for who in ("engine", "collector")}
    speed = count / told["seconds"]
    words = ", ".join(f"{who} {told[who][-1] >> 20} MB ({grown / (1 << 20):+.0f})" for who, grown in growth.items())
    return Row(
        f"{count:,} results of {TAGS} tags, engine → review store",
        f"{speed:,.0f}/s; memory at the end, and since the first fifth: {words}",
        f"≥ {LEAST_PER_SECOND:,}/s, memory flat",
        speed >= LEAST_PER_SECOND and max(growth.values()) <= FLAT_BYTES,
        {
            "per_second": speed,
            "collector_growth_bytes": growth["collector"],
            "engine_growth_bytes": growth["engine"],
            "slowest_fifth_per_second": told["slowest"],
        },
    )


def _fill(root: Path) -> None:
    """Put a finished job into the spool and into the store, as if it had run while nobody looked."""
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    collector = workspace.store.meta("collector")
    entries = sorted(workspace.entries.values(), key=lambda entry: entry.key)
    items = tuple(Item(entry.id, to_name(entry.key)) for entry in entries)
    step = Step("tags", "pixel_stats")
    job = Job(secrets.token_hex(16), collector, to_name(bytes(root)), (step,), items, source=SOURCE)
    table = Labels("bench", WORDS, ("general",) * len(WORDS))
    chance = random.Random(4)
    blobs = [
        pack([(label, to_u16(chance.random())) for label in chance.sample(range(len(WORDS)), TAGS)], 0)
        for _ in range(200)
    ]
    spool = Spool(paths.ensure(paths.state_dir()) / "spool.db")
    spool.add(job, (ResolvedStep("tags", "pixel_stats", "tags", _FINGERPRINT, {}, 0.5, 0.05),))
    number = spool.number_of(job.id)
    assert number is not None
    for start in range(0, len(items), 1_000):
        places = range(start, min(start + 1_000, len(items)))
        digest = "%064x"
        outcomes = [Outcome(number, 0, n, digest % n, 0.01, table.id, blobs[n % len(blobs)]) for n in places]
        spool.commit(outcomes, (table,))
    with workspace.store.transaction() as db:
        keep(db, job, Terms("", spool.id, "tags", _FINGERPRINT, "append", accept=False, group=None))
    set_state(workspace, job.id, "open")
    spool.close()
    workspace.close()


def _collect(root: Path, engine: int) -> dict[str, object]:
    """Collect the open job of a dataset; in a process of its own, so that memory is that of a collector."""
    workspace = Workspace.open(root, Settings())
    (job,) = (job for job in open_jobs(workspace) if job.source == SOURCE)
    results = 0
    sizes: dict[str, list[int]] = {"engine": [], "collector": []}
    times = [time.perf_counter()]
    fifth = len(request_of(workspace.store.db, job.id).items) // 5

    def hear(news: Heard) -> None:
        nonlocal results
        results += len(news.batch.proposed)
        if results >= fifth * len(times):
            times.append(time.perf_counter())
            sizes["engine"].append(_memory(engine))
            sizes["collector"].append(_memory("self"))

    follow(workspace, job, lifecycle.find_or_start, hear)
    seconds = time.perf_counter() - times[0]
    workspace.close()
    slowest = fifth / max(after - before for before, after in pairwise(times))
    return {"results": results, "seconds": seconds, "slowest": slowest, **sizes}


def _memory(process: int | str) -> int:
    """Return the memory that a process holds for itself, in bytes."""
    fields = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) << 10 for line in fields if line.startswith("Private_"))


def main() -> None:
    """Collect, and print what was measured as JSON."""
    root, engine = sys.argv[1:]
    print(json.dumps(_collect(Path(root), int(engine))))


if __name__ == "__main__":
    main()
