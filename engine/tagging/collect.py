"""Collecting: results of a job become answers and proposals, stored with the cursor in one transaction."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.scores import LabelTable
from engine.dataset.moments import reached
from engine.errors import CutlineError, EngineUnreachable, NotWritable
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.review.records import ImageId
from engine.tagging.open_jobs import lost, request_of, set_state, submit
from engine.wire import protocol

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from engine.tagging.open_jobs import OpenJob
    from engine.wire.client import EngineClient
    from engine.workspace import Workspace


class Batch(msgspec.Struct, frozen=True):
    """What one transaction stored."""

    proposed: tuple[tuple[ImageId, int], ...] = ()
    """Image and its new proposal."""
    failed: tuple[tuple[ImageId, protocol.Failure], ...] = ()
    through: int = 0
    """The last sequence number among the results; 0 when there was none."""


def collect(
    workspace: Workspace,
    client: EngineClient,
    job: OpenJob,
    on_batch: Callable[[Batch], None],
    *,
    wait: bool = True,
    on_quiet: Callable[[], None] = lambda: None,
) -> protocol.JobState:
    """Follow a job from its cursor to its end; each batch is stored, then acknowledged, then handed on.

    Args:
        workspace: The dataset that asked.
        client: The engine that was asked.
        job: As `open_jobs` gives it.
        on_batch: Called after each transaction.
        wait: Follow to the end; otherwise take what is there by now.
        on_quiet: Called now and then while nothing comes.

    Returns:
        The state in which the job ended, or is.

    Raises:
        EngineUnreachable: The line broke, or the engine went down; call again with the job's new cursor.
    """
    labels: dict[str, int] = {}
    unheard = job.cursor  # whoever stored that may have died before it could acknowledge it
    collector = workspace.store.meta("collector")
    if client.status().spool != job.spool:
        raise lost(workspace, job, "its spool was replaced")
    for lines in _still_kept(workspace, job, _results(workspace, client, job, collector, wait=wait)):
        batch = _store(workspace, job, lines, labels)
        if batch.through:
            reached("after-collect-commit")
            unheard = batch.through
        if unheard and _acknowledged(client, job, collector, unheard):
            unheard = 0
        if batch.through:
            workspace.refresh()
            on_batch(batch)
        elif isinstance(lines[-1], protocol.Heartbeat):
            on_quiet()
        if isinstance(lines[-1], protocol.End):
            state = lines[-1].state
            over = state in protocol.FINAL_STATES
            if over and not unheard:
                set_state(workspace, job.id, "collected")
            if wait and not over:
                raise EngineUnreachable("the engine is going down", "it goes on when it is started again")
            return state
    raise EngineUnreachable("the engine closed the line", "run the command again to go on")


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


def _results(
    workspace: Workspace, client: EngineClient, job: OpenJob, collector: str, *, wait: bool
) -> Iterator[list[protocol.ResultLine]]:
    """Begin the stream, once the engine knows the job and who collects it."""
    if collector != job.collector:  # a copied dataset: whoever asked collects for itself
        client.join(job.id, collector, after=job.cursor)
    elif not job.sent:
        submit(workspace, client, request_of(workspace.store.db, job.id))
    cursor = job.cursor
    while True:
        try:
            yield from client.results(job.id, after=cursor, follow=wait)
        except CutlineError as refusal:
            stored = _cursor(workspace.store.db, job)
            if refusal.code != "gone" or stored == cursor:
                raise
            cursor = stored  # another cutline on this dataset has collected meanwhile
        else:
            return


def _cursor(db: sqlite3.Connection, job: OpenJob) -> int:
    """Return the last sequence number stored, by whomever."""
    (cursor,) = db.execute("SELECT cursor FROM jobs WHERE id = ?", (job.id,)).fetchone()
    return int(cursor)


def _acknowledged(client: EngineClient, job: OpenJob, collector: str, through: int) -> bool:
    """Tell the engine what is stored here; False when it has no room to note it, and is to be told again later."""
    try:
        client.collected(job.id, collector, through)
    except NotWritable:
        return False
    return True


def _store(workspace: Workspace, job: OpenJob, lines: Sequence[protocol.ResultLine], labels: dict[str, int]) -> Batch:
    """Store what lines hold, in one transaction with the cursor; `labels` are the rows of tables heard of so far."""
    results = [line for line in lines if isinstance(line, protocol.Result)]
    tables = [line for line in lines if isinstance(line, protocol.Labels)]
    if not (tables or results):
        return Batch()
    with workspace.store.transaction() as db:
        for table in tables:
            labels[table.id] = label_row(db, table.id, LabelTable(table.names, table.categories))
        return _store_results(workspace, db, job, results, labels)


def _store_results(
    workspace: Workspace,
    db: sqlite3.Connection,
    job: OpenJob,
    results: Sequence[protocol.Result],
    labels: dict[str, int],
) -> Batch:
    """Store what is new among these results; somebody else may have collected some of them meanwhile."""
    proposed, failed = [], []
    rows: list[tuple[str, int, ImageId, int | None, str, str, str]] = []
    view = msgspec.json.encode(workspace.view_of(job.source))
    cursor = _cursor(db, job)
    for result in results:
        if result.seq <= cursor:
            continue
        if result.error is None:
            proposal = _store_answered(workspace, db, job, result, labels, view)
            proposed.append((result.item, proposal))
            rows.append((job.id, result.seq, result.item, proposal, "", "", ""))
        else:
            _store_failed(workspace, db, result, result.error)
            failed.append((result.item, result.error))
            why = result.error
            rows.append((job.id, result.seq, result.item, None, why.code, why.message, why.hint))
    if rows:
        db.executemany("INSERT INTO received VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("UPDATE jobs SET cursor = ? WHERE id = ?", (rows[-1][1], job.id))
    return Batch(tuple(proposed), tuple(failed), results[-1].seq if results else 0)


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
    return store_proposal(db, result.item, answer, origin)


def _store_failed(
    workspace: Workspace, db: sqlite3.Connection, result: protocol.Result, error: protocol.Failure
) -> None:
    if error.code == "unreadable":
        image_rows.store_unreadable(db, result.item, error.message)
        workspace.roster.set_unreadable(result.item, error.message)
