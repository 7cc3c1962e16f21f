"""Decisions: rows that hold the bytes before and after, then the guarded writes, then the marks.

The order is always lock, rows committed, files, rows marked. What can go wrong on the way leaves either a row
that the next repair finishes, or a withdrawn row that does not count; never a caption nobody decided.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.dataset.moments import reached
from engine.errors import ChangedOutside, CutlineError, Refused
from engine.review import journal
from engine.review.records import ImageId, Verdict
from engine.review.repair import repair_caption
from engine.review.write import Write, unfinished, write_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Sequence

    from engine.dataset.caption_batch import CaptionBatch
    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A decision about to be made; the collector of garbage passes over the many of a bulk edit."""

    kind: str
    """accept, approve, edit, reject, undo or redo."""
    image: ImageId
    caption: bytes
    """Resolved key of the caption file."""
    before: bytes | None
    """What was read; the decision is refused when the file holds something else. None: no file."""
    after: bytes | None
    verdicts: tuple[Verdict, ...] = ()
    group: int | None = None
    undoes: int | None = None


class Step(msgspec.Struct, frozen=True):
    """A decision made."""

    id: int
    """Its row in the journal."""
    image: ImageId
    before: bytes | None
    after: bytes | None
    wrote: bool
    """False where before and after were equal, or nothing had to change on disk."""


class Intent(NamedTuple):
    """A decision that is made, under the lock, from what its caption holds by then."""

    caption: bytes
    """Resolved key of the caption file."""
    draft: Callable[[bytes | None], Draft]
    """Is given the caption's bytes, None where there is no file; raises a `CutlineError` to refuse."""
    still_right: Callable[[sqlite3.Connection], None] | None = None
    """Called inside the transaction before the row is made; raises a `CutlineError` to refuse."""


class Made(NamedTuple):
    """What came of some intents."""

    results: list[Step | CutlineError]
    """A decision, or why there is none; same order. Fewer than were given where their time was up."""
    held_seconds: float
    """For how long the dataset's lock was held."""


def decide(
    store: Store,
    files: CaptionFiles,
    draft: Draft,
    *,
    still_right: Callable[[sqlite3.Connection], None] | None = None,
) -> Step:
    """Make one decision durable and write its caption.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        draft: What was decided.
        still_right: Called inside the transaction before the row is made; raises to refuse.

    Raises:
        ChangedOutside: The caption on disk is not `draft.before`; nothing was decided.
        NotWritable: The file could not be written; the decision does not count.
        Unsafe: The caption's path leads outside the dataset.
    """
    (result,) = decide_at_once(store, files, [intended(draft, still_right)]).results
    if isinstance(result, CutlineError):
        raise result
    return result


def intended(draft: Draft, still_right: Callable[[sqlite3.Connection], None] | None = None) -> Intent:
    """Return the intent to make exactly this decision, and none where the caption is not what was read."""

    def same(now: bytes | None) -> Draft:
        if now != draft.before:
            raise changed(draft.caption)
        return draft

    return Intent(draft.caption, same, still_right)


def decide_at_once(store: Store, files: CaptionFiles, intents: Sequence[Intent], patience: float = math.inf) -> Made:
    """Make decisions about different captions while the lock is held once; each is refused for itself.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        intents: No caption comes twice.
        patience: Seconds after which no further draft is begun; at least one is made.

    Raises:
        CutlineError: The store cannot be written; nothing was decided.
    """
    with store.locked(), files.at_once() as captions:
        began = time.monotonic()
        stuck = _repair(store, files, intents)
        drafts: list[Draft | CutlineError] = []
        for intent in intents:
            if drafts and time.monotonic() - began > patience:
                break
            drafts.append(stuck.get(intent.caption) or _drafted(captions, intent))
        reached("before-row")
        with store.transaction() as db:
            results = [_append(db, store.session, *pair) for pair in zip(intents, drafts, strict=False)]
            writes = {
                place: Write(step.id, step.image, intents[place].caption, step.before, step.after)
                for place, step in enumerate(results)
                if isinstance(step, Step) and step.wrote
            }
            _append_writes(db, writes.values())
        reached("after-row")
        failures = write_rows(store, captions, list(writes.values())) if writes else []
        for place, failure in zip(writes, failures, strict=True):
            if failure is not None:
                results[place] = failure
        return Made(results, time.monotonic() - began)


def _repair(store: Store, files: CaptionFiles, intents: Iterable[Intent]) -> dict[bytes, CutlineError]:
    """Finish what a crash left of these captions; return those where that failed, and why."""
    stuck: dict[bytes, CutlineError] = {}
    begun = unfinished(store, (intent.caption for intent in intents))
    for caption in begun:
        try:
            repair_caption(store, files, caption)
        except CutlineError as refusal:
            stuck[caption] = refusal
    for caption in unfinished(store, begun - stuck.keys()) if begun else ():
        name = caption.decode(errors="surrogateescape")
        stuck[caption] = Refused(f"an earlier step on {name} is not finished", "open the dataset again, then retry")
    return stuck


def _drafted(captions: CaptionBatch, intent: Intent) -> Draft | CutlineError:
    try:
        return intent.draft(captions.read(intent.caption))
    except CutlineError as refusal:
        return refusal


def _append(db: sqlite3.Connection, session: str, intent: Intent, draft: Draft | CutlineError) -> Step | CutlineError:
    """Add the rows of one decision inside the caller's transaction, unless it is refused."""
    if isinstance(draft, CutlineError):
        return draft
    try:
        if intent.still_right is not None:
            intent.still_right(db)
    except CutlineError as refusal:
        return refusal
    row = journal.append(db, draft.kind, session=session, image=draft.image, group=draft.group, undoes=draft.undoes)
    journal.append_verdicts(db, row, draft.verdicts)
    return Step(row, draft.image, draft.before, draft.after, draft.before != draft.after)


def _append_writes(db: sqlite3.Connection, writes: Collection[Write]) -> None:
    """Add what each decision that changes its caption is about to write, inside the caller's transaction."""
    db.executemany(
        "INSERT INTO writes (id, caption, status) VALUES (?, ?, 'unmarked')", [(w.row, w.caption) for w in writes]
    )
    db.executemany("INSERT INTO texts VALUES (?, ?, ?)", [(w.row, w.before, w.after) for w in writes])


def changed(caption: bytes) -> ChangedOutside:
    """Say that a caption is not what was read."""
    name = caption.decode(errors="surrogateescape")
    return ChangedOutside(f"{name} changed on disk since it was shown", "look at it as it is now, then decide again")
