"""Jobs, outcomes and results for tests of the spool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.jobs.frames import Outcome
from engine.jobs.kept_results import page
from engine.wire.protocol import Failure, Item, Job, ResolvedStep, Result, ResultLine, Step

if TYPE_CHECKING:
    from engine.jobs.scheduler import Lane
    from engine.jobs.spool import Spool

STEPS = (ResolvedStep("tags", "m", "tags", "f" * 64, {"a": 1}, 0.35, 0.05), ResolvedStep("text", "n", "prose", "e", {}))
BOOM = Failure("adapter", "boom")


def job(items: int = 4, steps: int = 1, number: int = 0, collector: str = "me") -> Job:
    """Make a job whose items are numbered from 10."""
    asked = tuple(Step(step.name, step.model) for step in STEPS[:steps])
    return Job(f"{number:032x}", collector, "/data", asked, tuple(Item(10 + n, f"{n}.png") for n in range(items)))


def add(spool: Spool, asked: Job) -> list[Lane]:
    """Add a job."""
    return spool.add(asked, STEPS[: len(asked.steps)])[1]


def scored(lane: Lane, place: int, labels: str = "L") -> Outcome:
    """Make an outcome with scores."""
    return Outcome(lane.job, lane.step, place, "d" * 64, 0.5, labels, b"blob")


def lines(spool: Spool, asked: Job, after: int = 0) -> list[Result]:
    """Read the results after a cursor."""
    decoded: list[ResultLine] = [
        msgspec.json.decode(line, type=ResultLine) for line in page(spool, asked.id, after, 1000).lines
    ]
    return [line for line in decoded if isinstance(line, Result)]


def failed(lane: Lane, place: int) -> Outcome:
    """Make an outcome that says why there is no answer."""
    return Outcome(lane.job, lane.step, place, error=BOOM)
