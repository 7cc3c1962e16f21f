"""From committed rows to the caption files to the marks: the steps that decisions and a crash repair share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from engine.dataset.caption_batch import Change
from engine.dataset.moments import reached
from engine.errors import CutlineError, NotWritable
from engine.review import journal
from engine.review.records import ImageId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.dataset.caption_batch import CaptionBatch
    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store


class Write(msgspec.Struct, frozen=True):
    """A committed row whose caption has to be written."""

    row: int
    image: ImageId
    caption: bytes
    """Resolved key of the caption file."""
    before: bytes | None
    """None: no file."""
    after: bytes | None
    """None: the file is removed."""

    @property
    def temp_name(self) -> str:
        """The name of the temporary file, in the caption's folder."""
        return f".cutline-{self.row}.tmp"


def write_row(store: Store, files: CaptionFiles, write: Write) -> None:
    """Write one caption and mark its row. The caller holds the lock.

    Raises:
        CutlineError: The file was not written; the row is withdrawn and does not count. Where the disk failed in the
            middle, the row stays as it is, for the next repair.
    """
    with files.at_once() as captions:
        (failure,) = write_rows(store, captions, [write])
    if failure is not None:
        raise failure


def write_rows(store: Store, captions: CaptionBatch, writes: Sequence[Write]) -> list[CutlineError | None]:
    """Write captions, make all of them durable, and mark their rows; no refusal touches the others.

    The caller holds the lock, and no caption comes twice.

    Returns:
        For each, same order: None where it was written, else why not, as `write_row` raises it.
    """
    outcomes = captions.replace_all(
        [Change(w.caption, w.before, w.after, w.temp_name, partial(keep, store, w)) for w in writes]
    )
    failures: list[CutlineError | None] = []
    marks: dict[int, tuple[str, str]] = {}
    for write, outcome in zip(writes, outcomes, strict=True):
        if isinstance(
            outcome, OSError
        ):  # the file was touched: its row stays unmarked, and the next repair finishes it
            failures.append(_disk_failed(write, outcome))
            continue
        failures.append(outcome)
        marks[write.row] = ("written", "") if outcome is None else ("withdrawn", outcome.message)
    reached("before-mark")
    try:
        mark(store, marks)
    except CutlineError as also:  # the rows stay unmarked, as after a crash, and the person is told what that means
        return [_unmarked(failure, also) for failure in failures]
    reached("after-mark")
    return failures


def mark(store: Store, marks: dict[int, tuple[str, str]]) -> None:
    """Say how the writes of some rows ended, in a transaction of its own.

    Args:
        store: The dataset's store.
        marks: By row: the status, and the reason where there is one.
    """
    if marks:
        with store.transaction() as db:
            rows = ((status, reason, row) for row, (status, reason) in marks.items())
            db.executemany("UPDATE writes SET status = ?, reason = ? WHERE id = ?", rows)


def unfinished(store: Store, captions: Iterable[bytes]) -> set[bytes]:
    """Return which of some captions a row was committed for and not marked."""
    rows = store.db.execute("SELECT caption FROM writes WHERE status = 'unmarked'").fetchall()  # hardly ever one
    return {caption for (caption,) in rows}.intersection(captions) if rows else set()


def keep(store: Store, write: Write, found: bytes) -> None:
    """Save text of somebody else into the journal, so that it can be offered to the person."""
    with store.transaction() as db:
        note = f"found while writing step {write.row}"
        journal.append(db, "offered", session=store.session, image=write.image, source=note, data=found)


def _disk_failed(write: Write, failure: OSError) -> NotWritable:
    name = write.caption.decode(errors="surrogateescape")
    told = NotWritable(f"{name}: the disk failed: {failure.strerror}", "check the disk, then open it again")
    told.__cause__ = failure
    return told


def _unmarked(failure: CutlineError | None, why: CutlineError) -> CutlineError:
    if failure is None:
        return why
    hint = "make room; this step is finished at the next start, and can be undone then"
    told = NotWritable(failure.message, hint)
    told.__cause__ = why
    return told
