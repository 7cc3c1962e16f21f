"""Collecting: results of a job become answers and proposals, stored with the cursor in one transaction."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec

from engine.captions.scores import LabelTable
from engine.errors import CutlineError, EngineUnreachable
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.review.records import ImageId, Merge
from engine.wire import protocol

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from engine.wire.client import EngineClient
    from engine.workspace import Workspace


class LostJob(EngineUnreachable):
    """Ask again: the engine no longer has what this store still waited for."""


class OpenJob(msgspec.Struct, frozen=True):
    """A job of this dataset whose results are not all collected."""

    id: str
    spool: str
    source: str
    merge: Merge
    accept: bool
    group: int | None
    cursor: int
    """The last sequence number stored."""
    request: protocol.Job


class Batch(msgspec.Struct, frozen=True):
    """What one transaction stored."""

    proposed: tuple[tuple[ImageId, int], ...]
    """Image and its new proposal."""
    failed: tuple[tuple[ImageId, protocol.Failure], ...]


def open_jobs(workspace: Workspace) -> list[OpenJob]:
    """Return the jobs that are not collected to the end, oldest first."""
    with workspace.store.explained():
        rows = workspace.store.db.execute(
            "SELECT id, spool, source, merge, accept, grp, cursor, request FROM jobs WHERE state = 'open' ORDER BY time"
        )
        return [
            OpenJob(job, spool, source, merge, bool(accept), group, cursor, _read_job(request))
            for job, spool, source, merge, accept, group, cursor, request in rows
        ]


def _read_job(request: bytes) -> protocol.Job:
    return msgspec.json.decode(request, type=protocol.Job)


def collect(
    workspace: Workspace, client: EngineClient, job: OpenJob, on_batch: Callable[[Batch], None]
) -> protocol.JobState:
    """Follow a job from its cursor to its end; each batch is stored, then acknowledged, then handed on.

    Args:
        workspace: The dataset that asked.
        client: The engine that was asked.
        job: As `open_jobs` gives it.
        on_batch: Called after each transaction.

    Returns:
        The state in which the job ended.

    Raises:
        EngineUnreachable: The line broke, or the engine went down; call again with the job's new cursor.
    """
    labels: dict[str, int] = {}
    collector = workspace.store.meta("collector")
    if client.status().spool != job.spool:
        raise lost(workspace, job, "its spool was replaced")
    _submit_again(workspace, client, job)
    registered = collector == job.request.collector
    for lines in _still_kept(workspace, job, client.results(job.id, after=job.cursor, follow=True)):
        with workspace.store.transaction() as db:
            _store_labels(db, lines, labels)
            results = [line for line in lines if isinstance(line, protocol.Result)]
            batch = _store_results(workspace, db, job, results, labels)
        if results:
            if registered:
                client.collected(job.id, collector, results[-1].seq)
            workspace.refresh()
            on_batch(batch)
        for line in lines:
            if isinstance(line, protocol.End):
                if line.state not in protocol.FINAL_STATES:
                    raise EngineUnreachable("the engine is going down", "it goes on when it is started again")
                _close(workspace, job, "collected")
                return line.state
    raise EngineUnreachable("the engine closed the line", "run the command again to go on")


def lost(workspace: Workspace, job: OpenJob, why: str) -> CutlineError:
    """Mark a job that its engine no longer knows; the error says what to do."""
    _close(workspace, job, "lost")
    return LostJob(
        f"job {job.id[:8]} of {job.source} is lost: {why}",
        f"ask again: cutline tag {workspace.root} --model {job.request.steps[0].model}",
    )


def _still_kept(
    workspace: Workspace, job: OpenJob, lines: Iterator[list[protocol.ResultLine]]
) -> Iterator[list[protocol.ResultLine]]:
    """Pass a stream on; a job that the engine forgot, or whose results others collected, is lost to this store."""
    try:
        yield from lines
    except CutlineError as refusal:
        if refusal.code in ("gone", "unknown-job"):
            raise lost(workspace, job, refusal.message) from refusal
        raise


def _submit_again(workspace: Workspace, client: EngineClient, job: OpenJob) -> None:
    """Submit a job whose submission may have been cut off; the engine knows it by its id."""
    if job.cursor == 0 and workspace.store.meta("collector") == job.request.collector:
        client.submit(job.request)


def _close(workspace: Workspace, job: OpenJob, state: str) -> None:
    with workspace.store.transaction() as db:
        db.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, job.id))


def _store_labels(db: sqlite3.Connection, lines: Iterable[protocol.ResultLine], labels: dict[str, int]) -> None:
    for line in lines:
        if isinstance(line, protocol.Labels):
            labels[line.id] = label_row(db, line.id, LabelTable(line.names, line.categories))


def _store_results(
    workspace: Workspace,
    db: sqlite3.Connection,
    job: OpenJob,
    results: Iterable[protocol.Result],
    labels: dict[str, int],
) -> Batch:
    proposed, failed = [], []
    view = msgspec.json.encode(workspace.view_of(job.source))
    for result in results:
        new = db.execute(
            "INSERT OR IGNORE INTO received (job, seq, image) VALUES (?, ?, ?)", (job.id, result.seq, result.item)
        ).rowcount
        if not new:
            continue
        if result.error is None:
            proposal = _store_answered(workspace, db, job, result, labels, view)
            proposed.append((result.item, proposal))
        else:
            _store_failed(workspace, db, job, result, result.error)
            failed.append((result.item, result.error))
        db.execute("UPDATE jobs SET cursor = max(cursor, ?) WHERE id = ?", (result.seq, job.id))
    return Batch(tuple(proposed), tuple(failed))


def _store_answered(
    workspace: Workspace,
    db: sqlite3.Connection,
    job: OpenJob,
    result: protocol.Result,
    labels: dict[str, int],
    view: bytes,
) -> int:
    digest, output = bytes.fromhex(result.digest), result.output
    table = scores = text = None
    if isinstance(output, protocol.ScoresOutput):
        table, scores = labels[output.labels], base64.b64decode(output.blob)
    elif output is not None:
        text = output.text
    answer = store_answer(db, RawAnswer(result.fingerprint, digest, table, scores, text, result.seconds))
    if found := workspace.unchanged_on_disk(result.item):
        image_rows.store_digest(db, result.item, digest, found.size, found.mtime_ns)
        workspace.roster.set_unreadable(result.item, "")
    origin = Origin(job.source, job.merge, result.step, job.id, result.seq, view if scores is not None else b"")
    proposal = store_proposal(db, result.item, answer, origin)
    db.execute("UPDATE received SET proposal = ? WHERE job = ? AND seq = ?", (proposal, job.id, result.seq))
    return proposal


def _store_failed(
    workspace: Workspace, db: sqlite3.Connection, job: OpenJob, result: protocol.Result, error: protocol.Failure
) -> None:
    db.execute(
        "UPDATE received SET code = ?, message = ?, hint = ? WHERE job = ? AND seq = ?",
        (error.code, error.message, error.hint, job.id, result.seq),
    )
    if error.code == "unreadable":
        image_rows.store_unreadable(db, result.item, error.message)
        workspace.roster.set_unreadable(result.item, error.message)
