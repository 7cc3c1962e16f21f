"""Images that got another name or folder: found again by their content, and their captions by the image's new name.

Only files nobody knows are looked into, and only those whose size a vanished image had. Where two files or two vanished
images have the same content, nobody can tell which is which, and nothing is guessed.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.dataset import images as scanner
from engine.dataset.images import caption_key
from engine.errors import CutlineError
from engine.review import image_rows, journal
from engine.review.aside import is_still_aside

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from engine.dataset.caption_files import CaptionFiles
    from engine.dataset.images import Found
    from engine.review.records import ImageId
    from engine.review.store import Store

KIND = "moved"
READERS = 4
"""Threads that read pictures: hashing waits for the disk more than for a processor."""


class Move(NamedTuple):
    """A vanished image, and the new file that holds its picture."""

    image: ImageId
    old: bytes
    """The key it had."""
    found: Found


class _Vanished(NamedTuple):
    image: ImageId
    key: bytes
    digest: bytes


def sizes_known(db: sqlite3.Connection) -> frozenset[int]:
    """Return the sizes that an image with a known digest has or had: a new file of another size is not one of them."""
    return frozenset(size for (size,) in db.execute("SELECT DISTINCT size FROM images WHERE digest IS NOT NULL"))


def find_moves(
    store: Store, root: Path, vanished: Collection[ImageId], new: Sequence[Found], below: bytes = b""
) -> list[Move]:
    """Find the vanished images among new files, by content; reads only files whose size tells that it may be one.

    Args:
        store: The dataset's store.
        root: The dataset's folder.
        vanished: Images that a scan did not find; those that earlier ones missed are known to the store.
        new: Files whose key no image has.
        below: The folder that was scanned, `sub/`; empty where all was. What vanished elsewhere is found out here.
    """
    if not new:
        return []
    by_size = _vanished_by_size(store.db, root, vanished, {found.size for found in new}, below)
    returned = _returned(store.db, new)
    likely = [found for found in new if found.size in by_size and found.key not in returned]
    if not likely:
        return []
    digests = dict(zip(likely, _digests(root, likely), strict=True))
    copies = Counter(digests.values())
    owners: dict[bytes, list[_Vanished]] = defaultdict(list)
    for one in (one for found in {found.size for found in likely} for one in by_size[found]):
        owners[one.digest].append(one)
    moves = []
    for found, digest in digests.items():
        fitting = owners.get(digest or b"", [])
        if len(fitting) == 1 and copies[digest] == 1 and fitting[0].key != found.key:
            moves.append(Move(fitting[0].image, fitting[0].key, found))
    return moves


def take_over(store: Store, moves: Sequence[Move]) -> list[Move]:
    """Give the rows of moved images their new keys, each with a journal row; one step, in one transaction.

    Returns:
        Those that were moved here; another process may have come first, or have taken the file for a new image.
    """
    if not moves:
        return []
    made = []
    with store.transaction() as db:
        group = store.new_group(db) if len(moves) > 1 else None
        for move in moves:
            row = db.execute("SELECT key FROM images WHERE id = ?", (move.image,)).fetchone()
            taken = db.execute("SELECT 1 FROM images WHERE key = ? AND NOT gone", (move.found.key,)).fetchone()
            if row != (move.old,) or taken is not None:
                continue
            image_rows.move(db, move.image, move.found)
            note = "was " + image_rows.name(move.old).decode(errors="backslashreplace")
            data = move.old + b"\0" + move.found.key
            journal.append(db, KIND, session=store.session, image=move.image, group=group, source=note, data=data)
            made.append(move)
    return made


def caption_places(db: sqlite3.Connection, image: ImageId, caption: bytes) -> list[bytes]:
    """Return where a caption may lie now: beside the image where that was moved since, and where it was written.

    Args:
        db: The store.
        image: Whose.
        caption: Key of the caption file in a journal row.

    Returns:
        Not resolved, without repeats, the present place first; the key alone when the image never moved.
    """
    keys = _keys_of(db, image)
    if len(keys) == 1:
        return [caption]
    ending = os.path.splitext(caption)[1].decode(errors="surrogateescape")  # noqa: PTH122  (keys are bytes)
    beside = [caption_key(key, ending) for key in keys]
    return [*dict.fromkeys([*beside, caption])] if caption in beside else [caption]


def caption_now(
    db: sqlite3.Connection, files: CaptionFiles, image: ImageId, caption: bytes, after: bytes | None
) -> bytes:
    """Return the resolved key under which a step's caption lies now; its own where the image never moved.

    A caption that went along with its image is beside it. One that stayed behind is where it was, as long as it still
    holds what the step wrote: else it may be somebody else's by now.

    Args:
        db: The store.
        files: The dataset's caption files.
        image: Whose.
        caption: Key of the caption file in the step's row.
        after: What the step wrote.
    """
    here, *before = caption_places(db, image, caption)
    if not before:
        return caption
    here = files.resolve(here)
    if files.read(here) is None and after is not None:
        for place in before:
            try:
                if files.read(resolved := files.resolve(place)) == after:
                    return resolved
            except CutlineError:
                continue
    return here


def _keys_of(db: sqlite3.Connection, image: ImageId) -> list[bytes]:
    """Return the key of an image and those it had, newest first."""
    (key,) = db.execute("SELECT key FROM images WHERE id = ?", (image,)).fetchone()
    moves = db.execute("SELECT data FROM journal WHERE image = ? AND kind = 'moved' ORDER BY id DESC", (image,))
    return [*dict.fromkeys([image_rows.name(key), *(bytes(data).partition(b"\0")[0] for (data,) in moves if data)])]


def _vanished_by_size(
    db: sqlite3.Connection, root: Path, vanished: Collection[ImageId], sizes: Collection[int], below: bytes
) -> dict[int, list[_Vanished]]:
    rows = db.execute(
        "SELECT id, key, size, digest, gone FROM images"
        " WHERE digest IS NOT NULL AND size IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(list(sizes)).decode(),),
    ).fetchall()
    found: dict[int, list[_Vanished]] = defaultdict(list)
    for image, key, size, digest, gone in rows:
        if gone:
            is_away = not is_still_aside(db, root, image)
        elif key.startswith(below):
            is_away = image in vanished
        else:
            is_away = scanner.stat_image(root, key) is None
        if is_away:
            found[size].append(_Vanished(image, key, digest))
    return found


def _returned(db: sqlite3.Connection, new: Iterable[Found]) -> set[bytes]:
    """Return the keys of files that are what a vanished image of that name was, to the nanosecond."""
    gone = {key: (size, time) for key, size, time in db.execute("SELECT key, size, mtime_ns FROM images WHERE gone")}
    return {found.key for found in new if gone.get(found.key) == (found.size, found.mtime_ns)}


def _digests(root: Path, new: Sequence[Found]) -> list[bytes | None]:
    """Hash files; None for one that cannot be read, or is not any more what the scan saw."""

    def digest(found: Found) -> bytes | None:
        try:
            content, size, mtime_ns = scanner.read_digest(root, found.key)
        except CutlineError:
            return None
        return content if (size, mtime_ns) == (found.size, found.mtime_ns) else None

    if len(new) == 1:
        return [digest(new[0])]
    with ThreadPoolExecutor(READERS, thread_name_prefix="moved") as threads:
        return list(threads.map(digest, new))
