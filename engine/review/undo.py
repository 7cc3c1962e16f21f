"""Taking steps back: one file at a time under the lock, a group as one step, never over somebody's later text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, Refused
from engine.review import journal
from engine.review.decide import Draft, decide
from engine.review.records import ImageId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store

UNDOABLE = frozenset({"accept", "approve", "edit", "reject", "flag", "unflag", "skip", "view"})


class Undone(msgspec.Struct, frozen=True):
    """What an undo did."""

    group: int | None
    """Of the undo rows; None when there was a single step."""
    images: tuple[ImageId, ...]
    """Whose steps were taken back."""
    written: int
    """Captions that were written."""
    refused: tuple[tuple[ImageId, str], ...]
    """Images whose step stays, and why and what to do in one line; it can be tried again."""
    kinds: tuple[str, ...] = ()
    """What the steps taken back had been: accept, flag, ..."""
    sources: tuple[str, ...] = ()
    """Whose view was taken back: that concerns no single image."""


class _Target(msgspec.Struct, frozen=True):
    id: int
    kind: str
    image: ImageId | None
    """None for a view."""
    source: str
    caption: bytes | None
    before: bytes | None
    after: bytes | None


def undo_steps(store: Store, files: CaptionFiles, rows: Sequence[int]) -> Undone:
    """Take back journal rows, newest first; each file is undone for itself.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        rows: Journal ids; those already taken back, or not undoable, are passed over.
    """
    targets = [t for t in _targets(store.db, rows) if _holds(store.db, t.id, t.image)]
    group = None
    if len(targets) > 1:
        with store.transaction() as db:
            group = store.new_group(db)
    going = {target.id for target in targets}
    images: list[ImageId] = []
    sources: list[str] = []
    written, refused = 0, []
    for target in targets:
        try:
            written += _undo_one(store, files, target, group, going)
        except CutlineError as reason:
            if target.image is not None:
                refused.append((target.image, str(reason)))
            elif not isinstance(reason, Refused):  # refused, a view was taken back by somebody else
                raise
        else:
            if target.image is None:
                sources.append(target.source)
            else:
                images.append(target.image)
    kinds = tuple(dict.fromkeys(target.kind for target in targets))
    return Undone(group, tuple(images), written, tuple(refused), kinds, tuple(dict.fromkeys(sources)))


def _targets(db: sqlite3.Connection, rows: Iterable[int]) -> list[_Target]:
    found = []
    for row in sorted(set(rows), reverse=True):
        hit = db.execute(
            "SELECT id, kind, image, source, caption, before, after FROM journal LEFT JOIN writes USING (id)"
            " LEFT JOIN texts USING (id) WHERE id = ?",
            (row,),
        ).fetchone()
        if hit and hit[1] in UNDOABLE:
            found.append(_Target(*hit))
    return found


def _holds(db: sqlite3.Connection, row: int, image: ImageId | None) -> bool:
    """Say whether a step is in force; without an image it is one of a view."""
    steps = journal.steps_without_image(db) if image is None else journal.steps(db, [image])
    return any(step.id == row for step in journal.in_force(steps))


def _undo_one(store: Store, files: CaptionFiles, target: _Target, group: int | None, going: set[int]) -> bool:
    """Take one step back; say whether its caption was written.

    Raises:
        CutlineError: It stays, for the reason given.
    """

    def still_right(db: sqlite3.Connection) -> None:
        if not _holds(db, target.id, target.image):
            raise Refused("somebody else took it back meanwhile", "see cutline history")
        if later := _later_writes(db, target, going):
            raise Refused(f"later decisions on this caption stand (step {later})", "undo those first, or with it")

    if target.caption is None or target.image is None:
        with store.transaction() as db:
            still_right(db)
            journal.append(db, "undo", session=store.session, image=target.image, group=group, undoes=target.id)
        return False
    still_right(store.db)  # the better reason, where both hold
    now = files.read(target.caption)
    if now not in (target.after, target.before):
        raise Refused("the caption was changed since", "compare it with cutline history, and edit it by hand")
    draft = Draft("undo", target.image, target.caption, now, target.before, group=group, undoes=target.id)
    return decide(store, files, draft, still_right=still_right).wrote


def _later_writes(db: sqlite3.Connection, target: _Target, going: set[int]) -> int | None:
    """Return a later step in force that wrote the same caption and is not being undone too; None if there is none."""
    rows = db.execute(
        "SELECT id, image, kind FROM writes JOIN journal USING (id) WHERE caption = ? AND id > ? AND kind <> 'undo'",
        (target.caption, target.id),
    )
    for row, image, _ in rows.fetchall():
        if row not in going and _holds(db, row, image):
            return int(row)
    return None


def last_step(db: sqlite3.Connection, session: str) -> list[int]:
    """Return the rows of a session's newest step that can still be taken back; empty when there is none."""
    rows = db.execute("SELECT id, grp, kind, image FROM journal WHERE session = ? ORDER BY id DESC", (session,))
    for row, group, kind, image in rows:
        if kind in UNDOABLE and _holds(db, row, image):
            return rows_of_group(db, group) if group is not None else [row]
    return []


def newest_steps(db: sqlite3.Connection, count: int) -> list[int]:
    """Return the rows of the newest steps of all sessions: decisions, flags, views; a group counts as one step.

    The first view of a source is no step: there is none to go back to, it came with the model.
    """
    kept = {step.id for step in journal.in_force(journal.steps(db))} | _views_moved(db)
    chosen: list[int] = []
    groups: set[int] = set()
    for row, group, kind in db.execute("SELECT id, grp, kind FROM journal ORDER BY id DESC").fetchall():
        if not count:
            break
        if kind not in UNDOABLE or kind == "skip" or row not in kept or group in groups:
            continue
        count -= 1
        if group is None:
            chosen.append(row)
        else:
            groups.add(group)
            chosen += rows_of_group(db, group)
    return chosen


def _views_moved(db: sqlite3.Connection) -> set[int]:
    """Return the views in force that came in place of another."""
    kept = {step.id for step in journal.in_force(journal.steps_without_image(db)) if step.kind == "view"}
    first: set[str] = set()
    moved = set()
    for row, source in db.execute("SELECT id, source FROM journal WHERE image IS NULL ORDER BY id"):
        if row in kept:
            if source in first:
                moved.add(row)
            first.add(source)
    return moved


def rows_of_group(db: sqlite3.Connection, group: int) -> list[int]:
    """Return the journal rows of one bulk step."""
    return [row for (row,) in db.execute("SELECT id FROM journal WHERE grp = ?", (group,))]


def rows_since(db: sqlite3.Connection, row: int) -> list[int]:
    """Return the rows of a step and of everything after it."""
    return [found for (found,) in db.execute("SELECT id FROM journal WHERE id >= ? ORDER BY id", (row,))]
