"""Asking a model about a dataset: the job about the images that it has not answered yet."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import msgspec

from engine.dataset.images import linked_folders
from engine.review.proposals import store_proposal
from engine.review.records import ImageId
from engine.tagging.answered import Awaited, look_up
from engine.tagging.open_jobs import Terms, keep, open_jobs, still_failed, submit
from engine.tagging.request import STEP, Request, origin_of, select, source_of, view_wanted
from engine.wire import protocol

if TYPE_CHECKING:
    import sqlite3

    from engine.review.states import Entry
    from engine.wire.client import EngineClient
    from engine.workspace import Workspace


class Asked(msgspec.Struct, frozen=True):
    """What came of a request before any result."""

    job: str
    """Empty when nothing had to be asked."""
    source: str
    images: int
    """Images the request speaks of."""
    items: int
    """Images the engine was asked about."""
    reused: int
    """Images that got a proposal from an answer already stored."""
    unchanged: int
    """Images whose proposal of this source stands already."""
    group: int | None
    """Of the decisions that `accept` asks for; None without it."""
    chosen: tuple[ImageId, ...]
    """The images themselves."""
    awaited: tuple[Awaited, ...] = ()
    """Earlier jobs that were asked the same and still owe answers: the engine is not asked those twice."""
    view_changed: bool = False
    """Whether what stands is seen through another view from now on."""


def ask(workspace: Workspace, client: EngineClient, request: Request) -> Asked:
    """Commit a job to the store, then submit it; nothing is submitted when every answer is there already.

    Raises:
        WrongUsage: The model, an option, the threshold or the glob makes no sense.
        EngineUnreachable: The engine does not answer; the job is committed and asked again at the next start.
    """
    source = source_of(request)
    step = protocol.Step(STEP, request.model, request.options, request.prompt)
    collector = workspace.store.meta("collector")
    draft = protocol.Job(
        uuid.uuid4().hex, collector, protocol.to_name(os.fsencode(workspace.root)), (step,), device=request.device
    )
    resolved = client.resolve(draft)
    (answer,) = resolved.steps
    settings = view_wanted(workspace, request, answer)
    entries = select(workspace, request.images, request.only)
    failed = {job.id: still_failed(client, job) for job in open_jobs(workspace) if job.source == source}
    view_changed = workspace.has_view(source) and workspace.view_of(source) != settings
    with workspace.store.transaction() as db:
        if answer.kind == "tags":
            workspace.set_view(db, source, settings)
        origin = origin_of(request, answer.kind, settings)
        known = look_up(db, entries, answer.fingerprint, origin, failed, again=request.again)
        group = _group(workspace, db, known.awaited) if request.accept else None
        for image, stored in known.reused:
            store_proposal(db, image, stored, origin)
        folders = linked_folders(workspace.root, (entry.key for entry in known.items))
        job = msgspec.structs.replace(
            draft,
            source=source,
            items=tuple(map(_item, known.items)),
            folders=tuple(map(protocol.to_name, folders)),
        )
        if known.items:
            terms = Terms(
                client.address, resolved.spool, answer.kind, answer.fingerprint, origin.merge, request.accept, group
            )
            keep(db, job, terms)
    workspace.refresh()
    if known.items:
        submit(workspace, client, job)
    chosen = tuple(entry.id for entry in entries)
    return Asked(
        job.id if known.items else "",
        source,
        len(entries),
        len(known.items),
        len(known.reused),
        known.unchanged,
        group,
        chosen,
        known.awaited,
        view_changed,
    )


def _group(workspace: Workspace, db: sqlite3.Connection, awaited: tuple[Awaited, ...]) -> int:
    """Have awaited jobs accept what they find, too; all of it is one group, that of the first which has one."""
    marks, jobs = ",".join("?" * len(awaited)), [earlier.job for earlier in awaited]
    (group,) = db.execute(f"SELECT min(grp) FROM jobs WHERE accept AND id IN ({marks})", jobs).fetchone()
    if group is None:
        group = workspace.store.new_group(db)
    db.execute(f"UPDATE jobs SET accept = 1, grp = ? WHERE NOT accept AND id IN ({marks})", (group, *jobs))
    return int(group)


def _item(entry: Entry) -> protocol.Item:
    return protocol.Item(entry.id, protocol.to_name(entry.key))
