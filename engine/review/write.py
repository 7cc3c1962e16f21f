"""From a committed row to the caption file to the mark: the steps that a decision and a crash repair share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.dataset.moments import reached
from engine.errors import CutlineError, NotWritable
from engine.review import journal
from engine.review.records import ImageId

if TYPE_CHECKING:
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
    """Write the caption and mark the row. The caller holds the lock.

    Raises:
        CutlineError: The file was not written; the row is withdrawn and does not count. Where the disk failed in the
            middle, the row stays as it is, for the next repair.
    """
    try:
        files.replace(
            write.caption, write.before, write.after, write.temp_name, lambda found: keep(store, write, found)
        )
    except CutlineError as refusal:
        try:
            mark(store, write.row, "withdrawn", refusal.message)
        except NotWritable as also:  # the row stays unmarked, as after a crash, and the person is told what that means
            hint = "make room; this step is finished at the next start, and can be undone then"
            raise NotWritable(refusal.message, hint) from also
        raise
    except OSError as failure:  # after the file was touched: the row stays unmarked, and the next repair finishes it
        name = write.caption.decode(errors="surrogateescape")
        raise NotWritable(
            f"{name}: the disk failed: {failure.strerror}", "check the disk, then open it again"
        ) from failure
    reached("before-mark")
    mark(store, write.row, "written")
    reached("after-mark")


def mark(store: Store, row: int, status: str, reason: str = "") -> None:
    """Say how the write of a row ended, in a transaction of its own."""
    with store.transaction() as db:
        db.execute("UPDATE writes SET status = ?, reason = ? WHERE id = ?", (status, reason, row))


def keep(store: Store, write: Write, found: bytes) -> None:
    """Save text of somebody else into the journal, so that it can be offered to the person."""
    with store.transaction() as db:
        note = f"found while writing step {write.row}"
        journal.append(db, "offered", session=store.session, image=write.image, source=note, data=found)
