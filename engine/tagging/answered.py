"""What need not be asked: answers that the store has, and those that an open job still owes.

An answer belongs to the question (fingerprint) and the picture (digest), so a copy of an image, or the same model under
another name, costs nothing.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.review.records import ImageId
from engine.tagging.open_jobs import request_of
from engine.tagging.request import Request, select, source_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from engine.review.proposals import Origin
    from engine.review.states import Entry
    from engine.workspace import Workspace


class Awaited(msgspec.Struct, frozen=True):
    """An open job that will answer some of the images."""

    job: str
    cursor: int
    """Its results up to here were stored before this request."""
    images: frozenset[ImageId]
    """Those it has not answered yet."""


class Known(NamedTuple):
    """What of a question is known."""

    items: list[Entry]
    """The images to ask about."""
    reused: list[tuple[ImageId, int]]
    """Images with the stored answer from which each gets its proposal."""
    unchanged: int
    """So many images have that proposal already."""
    awaited: tuple[Awaited, ...]
    """Open jobs that were asked the same, with the images they still owe."""


def look_up(
    db: sqlite3.Connection,
    entries: list[Entry],
    fingerprint: str,
    origin: Origin,
    failed: Mapping[str, frozenset[ImageId]] = MappingProxyType({}),
    *,
    again: bool,
) -> Known:
    """Say which images have to be asked about, and where the answers about the others come from.

    Args:
        db: The store.
        entries: The images.
        fingerprint: The question.
        origin: Who asks.
        failed: By job, the images whose failure stands.
        again: Ask anew, also what was answered.
    """
    if again:
        return Known(entries, [], 0, ())
    awaited = _awaited(db, entries, fingerprint, origin, failed)
    owed = {image for earlier in awaited for image in earlier.images}
    return Known(*_stored(db, [entry for entry in entries if entry.id not in owed], fingerprint, origin), awaited)


def _awaited(
    db: sqlite3.Connection,
    entries: list[Entry],
    fingerprint: str,
    origin: Origin,
    failed: Mapping[str, frozenset[ImageId]],
) -> tuple[Awaited, ...]:
    """Find the open jobs that were asked the same about some of these images and have not answered yet."""
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


def _stored(
    db: sqlite3.Connection, entries: list[Entry], fingerprint: str, origin: Origin
) -> tuple[list[Entry], list[tuple[ImageId, int]], int]:
    """Return the images to ask about, those to be answered from the store with that answer, how many stand already."""
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
