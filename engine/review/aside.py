"""Setting an image aside, with its caption, and bringing it back: one journalled step, finished after a crash.

The order is that of a caption's write: lock, row committed, files, row marked. A step that cannot be carried out puts
back what it moved and is withdrawn.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from engine.dataset.aside import ENDING, FOLDER, Aside, is_movable
from engine.dataset.images import IMAGE_EXTENSIONS, caption_key, others_of
from engine.dataset.moments import reached
from engine.errors import ChangedOutside, CutlineError, NotWritable, Refused, Unreadable, Unsafe
from engine.review import image_rows, journal
from engine.review.decide import Step
from engine.review.repair import repair_caption

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.records import Image, ImageId
    from engine.review.store import Store

KIND = "aside"


class Parcel(msgspec.Struct, frozen=True, array_like=True):
    """What one step moves; kept in its journal row."""

    place: str
    """Name of the folder in `.cutline-aside/`: the number of the step that set the image aside."""
    keys: tuple[bytes, ...]
    """The image, then its caption where that goes along."""
    back: bool = False
    """Whether it moves back to its place in the dataset."""


def set_aside(store: Store, files: CaptionFiles, image: Image, extension: str, *, group: int | None = None) -> Step:
    """Move an image out of the dataset, with its caption unless another image uses that.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        image: Which.
        extension: What a caption file ends in.
        group: The bulk step this belongs to.

    Raises:
        Unreadable: There is no such file any more.
        ChangedOutside: Somebody else moved it or set it aside.
        NotWritable: The system refuses; both files are where they were.
    """
    caption = caption_key(image.key, extension)
    with store.locked():
        _finish(store, files)
        lies = files.resolve(caption)
        repair_caption(store, files, lies)
        if not is_movable(files.root, image.key):
            raise Unreadable(f"{os.fsdecode(image.key)} is not there any more", "look at the folder")
        keys = _what_goes(files, image.key, caption)

        def still_right(db: sqlite3.Connection) -> None:
            if not image_rows.is_at(db, image.id, image.key):
                raise ChangedOutside(f"{os.fsdecode(image.key)} was moved or set aside meanwhile", "look again")

        with store.transaction() as db:
            still_right(db)
            row = journal.append(db, KIND, session=store.session, image=image.id, group=group)
            parcel = Parcel(_free_place(files, row), keys)
            _note(db, row, image.id, parcel, lies)
        reached("aside-row")
        _carry_out(store, files, row, image.id, parcel)
    return Step(row, image.id, None, None, wrote=True)


def reverse(
    store: Store,
    files: CaptionFiles,
    row: int,
    *,
    kind: str = "undo",
    group: int | None = None,
    still_right: Callable[[sqlite3.Connection], None] | None = None,
) -> int:
    """Take a step back that set an image aside, or one that brought it back; return the row that does.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        row: Of the step.
        kind: Of the new row: undo, or redo.
        group: The bulk step this belongs to.
        still_right: Called inside the transaction before the row is made; raises to refuse.

    Raises:
        Refused: Something stands where a file belongs, or the image is not where the step put it; all stays.
        NotWritable: The system refuses; all stays.
    """
    with store.locked():
        _finish(store, files)
        image, data, lies = store.db.execute(
            "SELECT image, data, caption FROM journal JOIN writes USING (id) WHERE id = ?", (row,)
        ).fetchone()
        done = msgspec.msgpack.decode(data, type=Parcel)
        parcel = msgspec.structs.replace(done, back=not done.back)
        _check(files, parcel)
        _refuse_what_cannot_go(files, parcel)
        if not parcel.back:
            parcel = msgspec.structs.replace(parcel, keys=_what_goes(files, *parcel.keys))
        with store.transaction() as db:
            if still_right is not None:
                still_right(db)
            made = journal.append(db, kind, session=store.session, image=image, group=group, undoes=row)
            _note(db, made, image, parcel, lies)
        reached("aside-row")
        _carry_out(store, files, made, image, parcel)
    return made


def repair_moves(store: Store, files: CaptionFiles) -> list[str]:
    """Finish every step that a crash left between its row and its mark.

    Returns:
        One line for each that could not be finished.
    """
    if not _unfinished(store.db):
        return []
    with store.locked():
        return _finish(store, files)


def aside_among(db: sqlite3.Connection, gone: Iterable[ImageId]) -> set[ImageId]:
    """Return which of the images that are not in the dataset were set aside, and not merely removed."""
    marks = [
        image
        for image in gone
        if db.execute("SELECT 1 FROM journal WHERE image = ? AND kind = 'aside' LIMIT 1", (image,)).fetchone()
    ]
    return {image for image in marks if any(s.kind == KIND for s in journal.in_force(journal.steps(db, [image])))}


def told(data: bytes) -> str:
    """Say where a step moved files, from what its row keeps; empty where it moved none."""
    try:
        parcel = msgspec.msgpack.decode(data, type=Parcel)
    except (msgspec.MsgspecError, ValueError):  # ValueError: text that is not UTF-8
        return ""
    place = f"{os.fsdecode(FOLDER)}/{parcel.place}"
    goes_along = " with its caption" if len(parcel.keys) > 1 else ""
    ways = f"back from {place}" if parcel.back else f"to {place}, as NAME{os.fsdecode(ENDING)}"
    return f"moved{goes_along} {ways}"


def is_still_aside(db: sqlite3.Connection, root: Path, image: ImageId) -> bool:
    """Say whether an image was set aside and lies there: a person may take it back without us."""
    parcel = _newest_parcel(db, image)
    return parcel is not None and not parcel.back and Aside(root, parcel.place).holds(parcel.keys[0])


def _newest_parcel(db: sqlite3.Connection, image: ImageId) -> Parcel | None:
    """Return what the newest step that moved an image aside or back did; None where there is none."""
    found = db.execute(
        "SELECT data FROM journal JOIN writes USING (id) WHERE image = ? AND status <> 'withdrawn'"
        " AND data IS NOT NULL AND (kind = 'aside' OR undoes IS NOT NULL) ORDER BY id DESC LIMIT 1",
        (image,),
    ).fetchone()
    return None if found is None else msgspec.msgpack.decode(found[0], type=Parcel)


# --- the row ------------------------------------------------------------------------------------------------


def _free_place(files: CaptionFiles, row: int) -> str:
    """Name a folder after the step; where one is left of an earlier store, the name next to it."""
    names = [str(row), *(f"{row}-{number}" for number in range(2, 100))]
    return next((name for name in names if Aside(files.root, name).is_free()), names[0])


def _note(db: sqlite3.Connection, row: int, image: ImageId, parcel: Parcel, caption: bytes) -> None:
    """Put into a step's row what it moves, and into the image's row that it is there or not."""
    db.execute("UPDATE journal SET data = ? WHERE id = ?", (msgspec.msgpack.encode(parcel), row))
    db.execute("INSERT INTO writes (id, caption, status) VALUES (?, ?, 'unmarked')", (row, caption))
    image_rows.set_gone(db, image, parcel.keys[0], gone=not parcel.back)


def _mark(store: Store, row: int, image: ImageId, parcel: Parcel, withdrawn: str = "") -> None:
    with store.transaction() as db:
        status = "withdrawn" if withdrawn else "written"
        db.execute("UPDATE writes SET status = ?, reason = ? WHERE id = ?", (status, withdrawn, row))
        if withdrawn:
            image_rows.set_gone(db, image, parcel.keys[0], gone=parcel.back)


# --- the files ----------------------------------------------------------------------------------------------


def _carry_out(store: Store, files: CaptionFiles, row: int, image: ImageId, parcel: Parcel) -> None:
    """Move what is not moved yet, and mark the row; where that fails, move all back and withdraw it."""
    place = Aside(files.root, parcel.place)
    try:
        _move(place, parcel)
    except CutlineError as refusal:
        try:
            _move(place, msgspec.structs.replace(parcel, back=not parcel.back))
        except CutlineError as also:
            hint = "this step is finished at the next start"
            raise NotWritable(f"{refusal.message}; and {also.message}", hint) from also
        place.clear()
        _mark(store, row, image, parcel, withdrawn=refusal.message)
        raise
    reached("aside-before-mark")
    _mark(store, row, image, parcel)
    if parcel.back:
        place.clear()


def _move(place: Aside, parcel: Parcel) -> None:
    """Move what is not where it belongs: out of the dataset the image first, back into it the caption first."""
    for key in reversed(parcel.keys) if parcel.back else parcel.keys:
        if place.holds(key) == parcel.back:
            (place.give_back if parcel.back else place.bring)(key)
        reached("aside-moved")


def _refuse_what_cannot_go(files: CaptionFiles, parcel: Parcel) -> None:
    """Refuse, before anything is done, a move whose image is not there, or whose place is taken."""
    place, image = Aside(files.root, parcel.place), os.fsdecode(parcel.keys[0])
    held = place.holds(parcel.keys[0])
    if held != parcel.back or not (held or is_movable(files.root, parcel.keys[0])):
        where = f".cutline-aside/{parcel.place}" if parcel.back else "the dataset"
        raise Refused(f"{image} is not in {where} any more", "look for it; cutline did not move it")
    for key in parcel.keys if parcel.back else ():
        if place.holds(key) and os.path.lexists(os.path.join(files.root, key)):  # noqa: PTH118  (keys are bytes)
            name = os.fsdecode(key)
            raise Refused(f"another {name} stands in its place", "move that away, then try again: yours is kept")


def _what_goes(files: CaptionFiles, image: bytes, *captions: bytes) -> tuple[bytes, ...]:
    """Return what goes out of the dataset with an image, itself first: a caption that is there and no other's, too."""
    alone = not others_of(files.root, image)
    return (image, *(caption for caption in captions if alone and is_movable(files.root, caption)))


def _check(files: CaptionFiles, parcel: Parcel) -> None:
    """Refuse what no step of ours moves: the store may be somebody else's.

    Raises:
        Unsafe: A key is neither an image nor a caption, or hidden.
    """
    image, *captions = parcel.keys
    ending = os.fsdecode(os.path.splitext(image)[1]).lower()  # noqa: PTH122  (keys are bytes)
    hidden = any(part.startswith(b".") for key in parcel.keys for part in key.split(b"/"))
    if hidden or ending not in IMAGE_EXTENSIONS or not all(map(files.allows, captions)):
        raise Unsafe("a step of this dataset moves what is no image of it", "the review store may not be yours")


# --- after a crash ------------------------------------------------------------------------------------------


def _unfinished(db: sqlite3.Connection) -> list[tuple[int, ImageId, bytes | None]]:
    return db.execute(
        "SELECT id, image, data FROM writes JOIN journal USING (id) LEFT JOIN texts USING (id)"
        " WHERE status = 'unmarked' AND texts.id IS NULL ORDER BY id"
    ).fetchall()


def _finish(store: Store, files: CaptionFiles) -> list[str]:
    """Carry out what was begun; the caller holds the lock."""
    said = []
    for row, image, data in _unfinished(store.db):
        try:
            parcel = msgspec.msgpack.decode(data or b"", type=Parcel)
            _check(files, parcel)
        except (msgspec.MsgspecError, Unsafe, ValueError) as broken:
            with store.transaction() as db:
                db.execute("UPDATE writes SET status = 'withdrawn', reason = ? WHERE id = ?", (str(broken), row))
            said.append(f"a step that set an image aside could not be finished: {broken}")
            continue
        try:
            _carry_out(store, files, row, image, parcel)
        except CutlineError as refusal:
            said.append(f"{os.fsdecode(parcel.keys[0])}: setting it aside could not be finished: {refusal}")
    return said
