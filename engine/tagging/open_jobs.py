"""The jobs a dataset asked for, as its store remembers them: kept before they are sent, open until all is collected."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, EngineUnreachable
from engine.review.records import ImageId, Merge
from engine.wire import protocol

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.wire.client import EngineClient
    from engine.workspace import Workspace


class LostJob(EngineUnreachable):
    """Ask again: the engine no longer has what this store still waited for."""


class OpenJob(msgspec.Struct, frozen=True):
    """A job of this dataset whose results are not all collected."""

    id: str
    spool: str
    """Id of the spool it was submitted to."""
    source: str
    model: str
    merge: Merge
    accept: bool
    group: int | None
    """Of the decisions that `accept` asks for."""
    cursor: int
    """The last sequence number stored."""
    sent: bool
    """Whether the engine is known to have it; otherwise its submission may have been cut off."""
    collector: str
    """Who collects it, by the engine's account; a copied dataset has another id."""


class Terms(msgspec.Struct, frozen=True):
    """What the store remembers of a job beside what it asks."""

    engine: str
    """The engine's socket, for the record."""
    spool: str
    kind: str
    fingerprint: str
    merge: Merge
    accept: bool
    group: int | None


def open_jobs(workspace: Workspace) -> list[OpenJob]:
    """Return the jobs that are not collected to the end, oldest first."""
    with workspace.store.explained():
        rows = workspace.store.db.execute(
            "SELECT id, spool, source, model, merge, accept, grp, cursor, state, collector"
            " FROM jobs JOIN requests ON job = id WHERE state IN ('sending', 'open') ORDER BY time"
        )
        return [
            OpenJob(job, spool, source, model, merge, bool(accept), group, cursor, state == "open", collector)
            for job, spool, source, model, merge, accept, group, cursor, state, collector in rows
        ]


def keep(db: sqlite3.Connection, job: protocol.Job, terms: Terms) -> None:
    """Commit a job to the store before it is sent, inside the caller's transaction."""
    db.execute(
        "INSERT INTO jobs (id, engine, spool, source, kind, fingerprint, merge, accept, grp, state, time)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'sending', ?)",
        (
            job.id,
            terms.engine,
            terms.spool,
            job.source,
            terms.kind,
            terms.fingerprint,
            terms.merge,
            terms.accept,
            terms.group,
            time.time(),
        ),
    )
    body = msgspec.json.encode(job)
    db.execute("INSERT INTO requests VALUES (?, ?, ?, ?)", (job.id, job.collector, job.steps[0].model, body))


def request_of(db: sqlite3.Connection, job: str) -> protocol.Job:
    """Read what a job asked for; it names every image, so it may be long."""
    (body,) = db.execute("SELECT body FROM requests WHERE job = ?", (job,)).fetchone()
    return msgspec.json.decode(body, type=protocol.Job)


def submit(workspace: Workspace, client: EngineClient, job: protocol.Job) -> None:
    """Hand a kept job to the engine, which knows it by its id, and note that it has it."""
    client.submit(job)
    set_state(workspace, job.id, "open")


def set_state(workspace: Workspace, job: str, state: str) -> None:
    """Note what became of a job: open, collected, lost."""
    with workspace.store.transaction() as db:
        db.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, job))


def is_collected(workspace: Workspace, job: str) -> bool:
    """Say whether all of a job is stored here, by whomever."""
    found = workspace.store.db.execute("SELECT 1 FROM jobs WHERE id = ? AND state = 'collected'", (job,))
    return found.fetchone() is not None


def reopen(workspace: Workspace, jobs: Iterable[protocol.JobInfo]) -> None:
    """Open jobs again that were collected to their end and have new results since: somebody had them retried."""
    collected = dict(workspace.store.db.execute("SELECT id, cursor FROM jobs WHERE state = 'collected'"))
    for info in jobs:
        if info.id in collected and (collected[info.id] < info.last or info.state not in protocol.FINAL_STATES):
            set_state(workspace, info.id, "open")


def close_lost(workspace: Workspace, client: EngineClient) -> list[LostJob]:
    """Mark the open jobs that the engine no longer knows as lost, and say what to do about each."""
    kept = open_jobs(workspace)  # before the engine is asked: another process may be sending one just now
    spool = client.status().spool
    known = {info.id for info in client.jobs()}
    collector = workspace.store.meta("collector")
    gone = []
    for job in kept:
        if job.spool != spool:
            gone.append(lost(workspace, job, "its spool was replaced"))
        elif job.sent and job.id not in known:
            gone.append(lost(workspace, job, "the engine does not know it"))
        elif job.collector != collector and (why := _cannot_join(client, job, collector)):
            gone.append(lost(workspace, job, why))
    return gone


def _cannot_join(client: EngineClient, job: OpenJob, collector: str) -> str:
    """Join a job of the dataset that this one is a copy of; say why, where results were collected and are gone."""
    try:
        client.join(job.id, collector, after=job.cursor)
    except CutlineError as refusal:
        if refusal.code not in ("gone", "unknown-job"):
            raise
        return refusal.message
    return ""


def still_failed(client: EngineClient, job: OpenJob) -> frozenset[ImageId]:
    """Return the images of a job whose failure stands: those that were retried will be answered."""
    try:
        info = client.job(job.id, failures=True)
    except CutlineError as refusal:
        if refusal.code != "unknown-job":  # as one is that is being sent just now
            raise
        return frozenset()
    return frozenset(item.item for item in info.failures)


def lost(workspace: Workspace, job: OpenJob, why: str) -> LostJob:
    """Mark a job that its engine no longer knows; the error says what to do."""
    set_state(workspace, job.id, "lost")
    return LostJob(
        f"job {job.id[:8]} of {job.source} is lost: {why}",
        f"ask again: cutline tag {workspace.root} --model {job.model}",
    )
