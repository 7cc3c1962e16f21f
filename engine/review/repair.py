"""Crash repair: finishing, under the lock, what a process that died in the middle of a write left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import CutlineError
from engine.review.write import Write, keep, mark, write_row

if TYPE_CHECKING:
    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store

_UNMARKED = """
SELECT id, image, caption, before, after FROM writes JOIN texts USING (id) JOIN journal USING (id)
WHERE status = 'unmarked'
"""


def repair_all(store: Store, files: CaptionFiles) -> list[str]:
    """Finish every write left unmarked; the lock is taken for each file.

    Returns:
        One line for each thing the person should know; empty when nothing had to be repaired.
    """
    said = []
    cut: set[int] = set()
    for row in store.db.execute(f"{_UNMARKED} ORDER BY id").fetchall():
        with store.locked():  # who still writes has it: what is unmarked now nobody finishes
            cut.update(_groups(store, row[2]))
            said += repair_caption(store, files, row[2])
    return said + [_maybe_incomplete(store, group) for group in sorted(cut)]


def repair_caption(store: Store, files: CaptionFiles, caption: bytes) -> list[str]:
    """Finish the write a crash left unmarked for one caption, if there is one. The caller holds the lock.

    The temporary file comes first: what it holds and is neither before nor after is somebody else's text, and
    goes into the journal. Then the caption: equal to after, the row is finished; equal to before, it is written
    again; neither, the row becomes a conflict and the image is shown to the person as it is.
    """
    said = []
    for found in store.db.execute(f"{_UNMARKED} AND caption = ?", (caption,)).fetchall():
        write = Write(*found)
        name = write.caption.decode(errors="surrogateescape")
        try:
            left, now = files.leftover(write.caption, write.temp_name), files.read(write.caption)
            if left is not None and not _is_ours(left, now, write):
                keep(store, write, left)
                said.append(f"{name}: text of another program was found beside it and kept (cutline history)")
            if left is not None:
                files.remove_leftover(write.caption, write.temp_name)
            if now == write.after:
                mark(store, {write.row: ("written", "")})
            elif now != write.before:
                mark(store, {write.row: ("conflict", "the caption was neither the text before nor the text decided")})
                said.append(f"{name}: changed while a decision was being written; decide it again")
        except CutlineError as refusal:
            mark(store, {write.row: ("withdrawn", refusal.message)})
            said.append(_unfinished(name, refusal))
            continue
        if now == write.before != write.after:
            try:
                write_row(store, files, write)
            except CutlineError as refusal:  # its row is marked, unless nobody knows what the disk did
                said.append(_unfinished(name, refusal))
    return said


def _unfinished(name: str, refusal: CutlineError) -> str:
    return f"{name}: a decision could not be finished: {refusal}"


def _groups(store: Store, caption: bytes) -> list[int]:
    """Return the bulk steps that an unmarked write of a caption belongs to."""
    query = "SELECT grp FROM writes JOIN journal USING (id) WHERE status = 'unmarked' AND caption = ?"
    return [group for (group,) in store.db.execute(query, (caption,)) if group is not None]


def _maybe_incomplete(store: Store, group: int) -> str:
    """Say how far a bulk step came that nobody finished; how far it was to go nobody wrote down."""
    query = "SELECT count(*) FROM writes JOIN journal USING (id) WHERE grp = ? AND status = 'written'"
    (written,) = store.db.execute(query, (group,)).fetchone()
    asked = store.told_of(group).replace("\n", ", ")
    far = f"{asked + ': ' if asked else ''}{written:,} caption{'' if written == 1 else 's'} written"
    return f"a bulk step was cut short and may be incomplete ({far}); the history can take it back, as group {group}"


def _is_ours(left: bytes, now: bytes | None, write: Write) -> bool:
    """Say whether a temporary file holds nothing of anybody else: before, after, or the beginning of after.

    An unfinished beginning is only possible where nothing was exchanged yet, so that the caption still is *before*.
    """
    unfinished = now == write.before and write.after is not None and write.after.startswith(left)
    return left in (write.before, write.after) or unfinished
