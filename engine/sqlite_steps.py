"""Databases that grow in numbered steps: `PRAGMA user_version` counts those applied."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import TooNew

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """Run one `BEGIN IMMEDIATE` transaction: all of it is on disk afterwards, or none of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def migrate(db: sqlite3.Connection, path: str, steps: Sequence[Callable[[sqlite3.Connection], None]]) -> None:
    """Bring a database to the present shape, each step in a transaction of its own.

    Args:
        db: An open connection in autocommit mode (`isolation_level=None`).
        path: What to call the file in an error.
        steps: All steps from the first shape on; a step never changes once it has been released.

    Raises:
        TooNew: The file was written by a newer cutline.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise TooNew(
            f"{path} was written by a newer cutline (shape {version}, this one knows {len(steps)})",
            "upgrade cutline; nothing was changed",
        )
    while version < len(steps):
        with immediate(db):
            (version,) = db.execute("PRAGMA user_version").fetchone()  # another process may have been faster
            if version < len(steps):
                steps[version](db)
                version += 1
                db.execute(f"PRAGMA user_version = {version}")
