"""Asking: which images a model has not answered yet, and the job that asks about those.

What was answered before is not asked again: an answer belongs to the question (fingerprint) and the picture
(digest), so a copy of an image, or the same model under another name, costs nothing.
"""

from __future__ import annotations

import fnmatch
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine.dataset.images import linked_folders
from engine.errors import WrongUsage
from engine.models import registry
from engine.review.proposals import Origin, store_proposal
from engine.review.records import ImageId, Merge
from engine.tagging.open_jobs import Terms, keep, open_jobs, request_of, still_failed, submit
from engine.tagging.views import Changes, changed, own_view, refuse_below
from engine.wire import protocol

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from engine.captions.viewing.view import View
    from engine.review.states import Entry
    from engine.wire.client import EngineClient
    from engine.workspace import Workspace

STEP = "tags"
"""The name of the only step of a job that `cutline tag` makes."""


class Request(msgspec.Struct, frozen=True):
    """What the person asked for."""

    model: str
    source: str = ""
    """Name of the layer; empty means the model's name."""
    merge: Merge | None = None
    """None: taggers append, captioners fill."""
    view: Changes = Changes()
    """What the person wants of the view; the rest stays as it is in force, or as the model has it."""
    options: dict[str, Any] = {}
    prompt: str = ""
    device: str = "auto"
    images: str = ""
    """A glob over keys; empty for all."""
    only: frozenset[ImageId] | None = None
    """Only these of them; None for all."""
    again: bool = False
    """Ask anew, also what was answered."""
    accept: bool = False
    """Decide every result, as one group."""


class Awaited(msgspec.Struct, frozen=True):
    """An open job that will answer some of the images."""

    job: str
    cursor: int
    """Its results up to here were stored before this request."""
    images: frozenset[ImageId]
    """Those it has not answered yet."""


class Forecast(msgspec.Struct, frozen=True):
    """What a request would ask."""

    images: int
    """Images the request speaks of."""
    items: int
    """Images the engine would be asked about."""
    answered: int
    """Images whose answer is stored already."""
    awaited: int
    """Images that an earlier job was asked about and still owes."""


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
    settings = _view(workspace, source, request, answer)
    merge: Merge = request.merge or ("append" if answer.kind == "tags" else "fill")
    entries = select(workspace, request.images, request.only)
    failed = {job.id: still_failed(client, job) for job in open_jobs(workspace) if job.source == source}
    view_changed = workspace.has_view(source) and workspace.view_of(source) != settings
    with workspace.store.transaction() as db:
        if answer.kind == "tags":
            workspace.set_view(db, source, settings)
        origin = Origin(source, merge, STEP, view=msgspec.json.encode(settings) if answer.kind == "tags" else b"")
        awaited = () if request.again else _awaited(db, entries, answer.fingerprint, origin, failed)
        group = _group(workspace, db, awaited) if request.accept else None
        owed = {image for earlier in awaited for image in earlier.images}
        unasked = [entry for entry in entries if entry.id not in owed]
        items, reused, unchanged = _settle_known(db, unasked, answer.fingerprint, origin, again=request.again)
        folders = linked_folders(workspace.root, (entry.key for entry in items))
        job = msgspec.structs.replace(
            draft,
            source=source,
            items=tuple(map(_item, items)),
            folders=tuple(map(protocol.to_name, folders)),
        )
        if items:
            terms = Terms(client.address, resolved.spool, answer.kind, answer.fingerprint, merge, request.accept, group)
            keep(db, job, terms)
    workspace.refresh()
    if items:
        submit(workspace, client, job)
    chosen = tuple(entry.id for entry in entries)
    return Asked(
        job.id if items else "",
        source,
        len(entries),
        len(items),
        reused,
        unchanged,
        group,
        chosen,
        awaited,
        view_changed,
    )


def forecast(workspace: Workspace, request: Request) -> Forecast:
    """Say what a request would ask; nothing is asked or stored, and no engine is needed.

    Raises:
        CutlineError: The request makes no sense, or the model's files are not here.
    """
    source = source_of(request)
    answer = registry.resolve(protocol.Step(STEP, request.model, request.options, request.prompt))
    settings = _view(workspace, source, request, answer)
    merge: Merge = request.merge or ("append" if answer.kind == "tags" else "fill")
    origin = Origin(source, merge, STEP, view=msgspec.json.encode(settings) if answer.kind == "tags" else b"")
    entries = select(workspace, request.images, request.only)
    db = workspace.store.db
    awaited = () if request.again else _awaited(db, entries, answer.fingerprint, origin, {})
    owed = {image for earlier in awaited for image in earlier.images}
    unasked = [entry for entry in entries if entry.id not in owed]
    items, reused, unchanged = _known(db, unasked, answer.fingerprint, origin, again=request.again)
    return Forecast(len(entries), len(items), len(reused) + unchanged, len(owed))


def source_of(request: Request) -> str:
    """Return the name of the layer that a request makes.

    Raises:
        WrongUsage: It has none.
    """
    source = request.source or Path(request.model).name
    if not source:
        raise WrongUsage("the model has no name", "give the layer a name with --as NAME")
    return source


def select(workspace: Workspace, glob: str, only: frozenset[ImageId] | None = None) -> list[Entry]:
    """Return the images that a glob names, by key.

    Args:
        workspace: The dataset.
        glob: Over keys; empty for all.
        only: Only these of them, those that are gone left out; None for all.

    Raises:
        WrongUsage: It names none.
    """
    entries = sorted(workspace.entries.values(), key=lambda entry: entry.key)
    if only is not None:
        entries = [entry for entry in entries if entry.id in only]
    if not glob:
        return entries
    pattern, start = os.fsencode(glob), len(workspace.below)
    kept = [entry for entry in entries if fnmatch.fnmatchcase(entry.key[start:], pattern)]
    if not kept and start:  # as the dataset spells it, and as cutline prints it
        kept = [entry for entry in entries if fnmatch.fnmatchcase(entry.key, pattern)]
    if not kept:
        raise WrongUsage(
            f"no image matches {glob}", "a glob is compared with the path below the folder you name, or the dataset's"
        )
    return kept


def _view(workspace: Workspace, source: str, request: Request, answer: protocol.ResolvedStep) -> View:
    """Return the view in force with the person's changes; the model's own where nobody set one, or it is asked for.

    Raises:
        WrongUsage: A threshold is below the lowest score kept, or the model gives no scores.
    """
    if request.view and answer.kind != "tags":
        raise WrongUsage(f"{request.model} writes prose, which has no scores", "leave the options of the view out")
    own = own_view(answer.threshold, answer.thresholds)
    base = own if request.view.own or not workspace.has_view(source) else workspace.view_of(source)
    settings = changed(base, request.view)
    if answer.floor is not None:
        refuse_below(settings, answer.floor, request.model, workspace.root)
    return settings


def unrecognised(workspace: Workspace, request: Request) -> list[ImageId]:
    """Return images that this source spoke of and whose files have changed, perhaps only their time: to be looked at.

    One whose content is the same, as in a copied dataset, need not be asked about again.

    Raises:
        WrongUsage: The glob names no image.
    """
    known = workspace.store.db.execute(
        "SELECT DISTINCT image FROM proposals JOIN images ON images.id = image WHERE images.digest IS NULL AND source = ?",
        (source_of(request),),
    )
    unknown = {image for (image,) in known}
    return [entry.id for entry in select(workspace, request.images, request.only) if entry.id in unknown]


def _group(workspace: Workspace, db: sqlite3.Connection, awaited: tuple[Awaited, ...]) -> int:
    """Have awaited jobs accept what they find, too; all of it is one group, that of the first which has one."""
    marks, jobs = ",".join("?" * len(awaited)), [earlier.job for earlier in awaited]
    (group,) = db.execute(f"SELECT min(grp) FROM jobs WHERE accept AND id IN ({marks})", jobs).fetchone()
    if group is None:
        group = workspace.store.new_group(db)
    db.execute(f"UPDATE jobs SET accept = 1, grp = ? WHERE NOT accept AND id IN ({marks})", (group, *jobs))
    return int(group)


def _awaited(
    db: sqlite3.Connection,
    entries: list[Entry],
    fingerprint: str,
    origin: Origin,
    failed: Mapping[str, frozenset[ImageId]],
) -> tuple[Awaited, ...]:
    """Find the open jobs that were asked the same about some of these images and have not answered yet.

    Args:
        db: The store, in a transaction.
        entries: The images.
        fingerprint: The question.
        origin: Who asks.
        failed: By job, the images whose failure stands.
    """
    jobs = db.execute(
        "SELECT id, cursor FROM jobs WHERE state IN ('sending', 'open') AND fingerprint = ? AND source = ? AND merge = ?"
        " ORDER BY time",
        (fingerprint, origin.source, origin.merge),
    )
    wanted = {entry.id for entry in entries}
    found = []
    for job, cursor in jobs.fetchall():
        asked = {item.item for item in request_of(db, job).items}
        received = db.execute("SELECT image, proposal FROM received WHERE job = ?", (job,))
        answered = {image for image, proposal in received if proposal is not None} | failed.get(job, frozenset())
        if owed := wanted & asked - answered:
            found.append(Awaited(job, cursor, frozenset(owed)))
            wanted -= owed
    return tuple(found)


def _settle_known(
    db: sqlite3.Connection, entries: list[Entry], fingerprint: str, origin: Origin, *, again: bool
) -> tuple[list[Entry], int, int]:
    """Make proposals of answers already stored; return the images to ask about, and two counts: reused, unchanged."""
    items, reused, unchanged = _known(db, entries, fingerprint, origin, again=again)
    for image, answer in reused:
        store_proposal(db, image, answer, origin)
    return items, len(reused), unchanged


def _known(
    db: sqlite3.Connection, entries: list[Entry], fingerprint: str, origin: Origin, *, again: bool
) -> tuple[list[Entry], list[tuple[ImageId, int]], int]:
    """Return the images to ask about, those to be answered from the store with that answer, how many stand already."""
    if again:
        return entries, [], 0
    digests = dict(db.execute("SELECT id, digest FROM images WHERE digest IS NOT NULL"))
    answers = dict(db.execute("SELECT digest, max(id) FROM answers WHERE fingerprint = ? GROUP BY 1", (fingerprint,)))
    standing = {
        image: rest
        for image, *rest, _ in db.execute(
            "SELECT image, merge, fingerprint, digest, max(id) FROM proposals WHERE source = ? GROUP BY image",
            (origin.source,),
        )
    }
    items: list[Entry] = []
    reused: list[tuple[ImageId, int]] = []
    unchanged = 0
    for entry in entries:
        digest = digests.get(entry.id)
        answer = answers.get(digest)
        if answer is None:
            items.append(entry)
        elif standing.get(entry.id) == [origin.merge, fingerprint, digest]:
            unchanged += 1
        else:
            reused.append((entry.id, answer))
    return items, reused, unchanged


def _item(entry: Entry) -> protocol.Item:
    return protocol.Item(entry.id, protocol.to_name(entry.key))
