"""The images of a dataset as rows: what a scan found, and what reading a picture told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.review.records import Image

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.dataset.images import Found

_COLUMNS = "id, key, size, mtime_ns, digest, unreadable"


def within(below: bytes) -> tuple[str, tuple[bytes, ...]]:
    """Return a condition on keys, and what it is given: those in one folder, `sub/`; empty for all."""
    # A slash ends the folder's name, and `0` is the sign after it.
    return ("AND key >= ? AND key < ?", (below, below[:-1] + b"0")) if below else ("", ())


def steps_within(db: sqlite3.Connection, rows: Iterable[int], below: bytes) -> list[int]:
    """Return which of some journal rows are about an image in a folder, `sub/`; all where that is empty."""
    if not below:
        return list(rows)
    where, ends = within(below)
    found = db.execute(
        "SELECT j.id FROM journal j JOIN images i ON i.id = j.image"
        f" WHERE j.id IN (SELECT value FROM json_each(?)) {where} ORDER BY j.id",
        (msgspec.json.encode(list(rows)).decode(), *ends),
    )
    return [row for (row,) in found]


def any_within(db: sqlite3.Connection, below: bytes) -> bool:
    """Say whether any image of a folder was ever seen."""
    where, ends = within(below)
    return db.execute(f"SELECT 1 FROM images WHERE TRUE {where} LIMIT 1", ends).fetchone() is not None


def get(db: sqlite3.Connection, image: int) -> Image | None:
    """Return one row; None when there is none."""
    row = db.execute(f"SELECT {_COLUMNS} FROM images WHERE id = ?", (image,)).fetchone()
    return Image(*row) if row else None


def store_found(db: sqlite3.Connection, found: Iterable[Found]) -> list[int]:
    """Insert new images and update changed or returned ones, inside the caller's transaction.

    A digest and a reading error hold while size and mtime do not change; else they are forgotten.

    Returns:
        The image ids, same order as given.
    """
    ids = []
    for key, size, mtime_ns in found:
        row = db.execute(
            "INSERT INTO images (key, size, mtime_ns) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET gone = 0,"
            " digest = iif(size = excluded.size AND mtime_ns = excluded.mtime_ns, digest, NULL),"
            " unreadable = iif(size = excluded.size AND mtime_ns = excluded.mtime_ns, unreadable, ''),"
            " size = excluded.size, mtime_ns = excluded.mtime_ns RETURNING id",
            (key, size, mtime_ns),
        ).fetchone()
        ids.append(row[0])
    return ids


def set_gone(db: sqlite3.Connection, image: int, key: bytes, *, gone: bool) -> bool:
    """Say that an image is at its place no more, or is again; inside the caller's transaction.

    The row of one that is gone stays, uncounted.

    Returns:
        Whether the row still speaks of that place: somebody else may have found it at another one meanwhile.
    """
    return db.execute("UPDATE images SET gone = ? WHERE id = ? AND key = ?", (gone, image, key)).rowcount > 0


def is_at(db: sqlite3.Connection, image: int, key: bytes) -> bool:
    """Say whether an image is there, and there."""
    return db.execute("SELECT 1 FROM images WHERE id = ? AND key = ? AND NOT gone", (image, key)).fetchone() is not None


def move(db: sqlite3.Connection, image: int, found: Found) -> None:
    """Give an image's row another key; its picture is the same. Inside the caller's transaction.

    A row of a vanished image that has the key is named after itself from now on: `key NUL number`, which no file has.
    """
    for (other,) in db.execute("SELECT id FROM images WHERE key = ? AND id <> ?", (found.key, image)).fetchall():
        db.execute("UPDATE images SET key = ? WHERE id = ?", (b"%s\0%d" % (found.key, other), other))
    db.execute(
        "UPDATE images SET key = ?, size = ?, mtime_ns = ?, gone = 0, unreadable = '' WHERE id = ?", (*found, image)
    )


def name(key: bytes) -> bytes:
    """Return what a row's key says to a person: without the number of one that vanished and whose name is taken."""
    return key.partition(b"\0")[0]


def store_digest(db: sqlite3.Connection, image: int, digest: bytes, size: int, mtime_ns: int) -> None:
    """Keep what reading a picture told, if the row still speaks of that very file; inside a transaction."""
    db.execute(
        "UPDATE images SET digest = ?, unreadable = '' WHERE id = ? AND size = ? AND mtime_ns = ?",
        (digest, image, size, mtime_ns),
    )


def store_unreadable(db: sqlite3.Connection, image: int, reason: str) -> None:
    """Keep why a picture could not be read; inside a transaction."""
    db.execute("UPDATE images SET unreadable = ? WHERE id = ?", (reason, image))
