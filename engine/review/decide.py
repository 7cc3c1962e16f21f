"""One decision: the row that holds the bytes before and after, then the guarded write, then the mark.

The order is always lock, row committed, file, row marked. What can go wrong on the way leaves either a row
that the next repair finishes, or a withdrawn row that does not count; never a caption nobody decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.dataset.moments import reached
from engine.errors import ChangedOutside
from engine.review import journal
from engine.review.records import ImageId, Verdict
from engine.review.repair import repair_caption
from engine.review.write import Write, write_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store


class Draft(msgspec.Struct, frozen=True):
    """A decision about to be made."""

    kind: str
    """accept, approve, edit, reject or undo."""
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


def decide(
    store: Store,
    files: CaptionFiles,
    draft: Draft,
    *,
    still_right: Callable[[sqlite3.Connection], None] | None = None,
    also: Callable[[sqlite3.Connection], None] | None = None,
) -> Step:
    """Make one decision durable and write its caption.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        draft: What was decided.
        still_right: Called inside the transaction before the row is made; raises to refuse.
        also: Called inside the transaction after the row is made, for what belongs to the same step.

    Raises:
        ChangedOutside: The caption on disk is not `draft.before`; nothing was decided.
        NotWritable: The file could not be written; the decision does not count.
        Unsafe: The caption's path leads outside the dataset.
    """
    writes = draft.before != draft.after
    with store.locked():
        repair_caption(store, files, draft.caption)
        if files.read(draft.caption) != draft.before:
            raise changed(draft.caption)
        reached("before-row")
        with store.transaction() as db:
            if still_right is not None:
                still_right(db)
            row = journal.append(
                db,
                draft.kind,
                session=store.session,
                image=draft.image,
                group=draft.group,
                undoes=draft.undoes,
            )
            journal.append_verdicts(db, row, draft.verdicts)
            if writes:
                db.execute("INSERT INTO writes (id, caption, status) VALUES (?, ?, 'unmarked')", (row, draft.caption))
                db.execute("INSERT INTO texts VALUES (?, ?, ?)", (row, draft.before, draft.after))
            if also is not None:
                also(db)
        reached("after-row")
        if writes:
            write_row(store, files, Write(row, draft.image, draft.caption, draft.before, draft.after))
    return Step(row, draft.image, draft.before, draft.after, writes)


def changed(caption: bytes) -> ChangedOutside:
    """Say that a caption is not what was read."""
    name = caption.decode(errors="surrogateescape")
    return ChangedOutside(f"{name} changed on disk since it was shown", "look at it as it is now, then decide again")
