"""Following a job to its end: through lost lines and restarted engines, deciding results where that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.errors import EngineUnreachable
from engine.review.records import ImageId
from engine.tagging.accept import Told, accept_proposals
from engine.tagging.collect import Batch, collect
from engine.tagging.open_jobs import LostJob, OpenJob, is_collected, open_jobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.wire import protocol
    from engine.wire.client import EngineClient
    from engine.workspace import Workspace

RECONNECTS = 3
"""How often a job is taken up again after the line broke without a single new result."""


class Heard(msgspec.Struct, frozen=True):
    """News of a job, after each stored batch."""

    batch: Batch
    told: tuple[tuple[ImageId, Told], ...]
    """What was decided of it; empty unless the job accepts."""


def follow(
    workspace: Workspace,
    job: OpenJob,
    connect: Callable[[], EngineClient],
    on_heard: Callable[[Heard], None],
    on_quiet: Callable[[], None] = lambda: None,
) -> protocol.JobState:
    """Collect a job to its end, and decide its results where it was asked with `--accept`.

    Args:
        workspace: The dataset that asked.
        job: As `open_jobs` gives it.
        connect: Finds the engine, or starts it; called again after the line broke.
        on_heard: Called after each batch, in this thread.
        on_quiet: Called now and then while nothing comes.

    Raises:
        EngineUnreachable: The engine stays away, or no longer knows the job.
    """
    on_batch = _listener(workspace, job, on_heard)
    failures = 0
    while True:
        try:
            with connect() as client:
                return collect(workspace, client, job, on_batch, on_quiet=on_quiet)
        except LostJob:
            raise
        except EngineUnreachable:
            again = next((found for found in open_jobs(workspace) if found.id == job.id), None)
            if again is None and is_collected(workspace, job.id):
                return "done"  # another cutline on this dataset came to its end before us
            if again is None:
                raise
            failures = failures + 1 if again.cursor == job.cursor else 0
            if failures > RECONNECTS:
                raise
            job = again


def take_in(
    workspace: Workspace, job: OpenJob, client: EngineClient, on_heard: Callable[[Heard], None]
) -> protocol.JobState:
    """Collect what a job has found by now, without waiting for the rest; otherwise as `follow`."""
    return collect(workspace, client, job, _listener(workspace, job, on_heard), wait=False)


def _listener(workspace: Workspace, job: OpenJob, on_heard: Callable[[Heard], None]) -> Callable[[Batch], None]:
    """Return what decides each batch and tells of it; first what an earlier run was stopped before deciding."""
    if job.accept:
        on_heard(Heard(Batch(), _decide(workspace, job, _never_decided(workspace, job))))

    def on_batch(batch: Batch) -> None:
        on_heard(Heard(batch, _decide(workspace, job, [proposal for _, proposal in batch.proposed])))

    return on_batch


def _decide(workspace: Workspace, job: OpenJob, proposals: list[int]) -> tuple[tuple[ImageId, Told], ...]:
    if not job.accept:
        return ()
    told = []
    for proposal in proposals:
        (image,) = workspace.store.db.execute("SELECT image FROM proposals WHERE id = ?", (proposal,)).fetchone()
        told.append((image, accept_proposals(workspace, image, frozenset({proposal}), job.group)))
    return tuple(told)


def _never_decided(workspace: Workspace, job: OpenJob) -> list[int]:
    """Return proposals of this job that nobody ever decided; one that was decided and taken back stays back."""
    rows = workspace.store.db.execute(
        "SELECT proposal FROM received WHERE job = ? AND proposal IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM verdicts WHERE verdicts.proposal = received.proposal) ORDER BY seq",
        (job.id,),
    )
    return [proposal for (proposal,) in rows]
