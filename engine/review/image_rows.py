"""The images of a dataset as rows: what a scan found, and what reading a picture told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.review.records import Image

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.dataset.images import Found

_COLUMNS = "id, key, size, mtime_ns, digest, unreadable"


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


def mark_gone(db: sqlite3.Connection, image: int) -> None:
    """Keep the row of a vanished image, uncounted; inside the caller's transaction."""
    db.execute("UPDATE images SET gone = 1 WHERE id = ?", (image,))


def store_digest(db: sqlite3.Connection, image: int, digest: bytes, size: int, mtime_ns: int) -> None:
    """Keep what reading a picture told, if the row still speaks of that very file; inside a transaction."""
    db.execute(
        "UPDATE images SET digest = ?, unreadable = '' WHERE id = ? AND size = ? AND mtime_ns = ?",
        (digest, image, size, mtime_ns),
    )


def store_unreadable(db: sqlite3.Connection, image: int, reason: str) -> None:
    """Keep why a picture could not be read; inside a transaction."""
    db.execute("UPDATE images SET unreadable = ? WHERE id = ?", (reason, image))
