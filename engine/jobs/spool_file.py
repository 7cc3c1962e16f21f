"""The spool's database file: opened once, written in whole transactions, with one sentence for a full disk."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import NotWritable, TooNew, Unreadable
from engine.jobs.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRAGMAS = (
    "journal_mode = WAL",
    "trusted_schema = OFF",
    "journal_size_limit = 67108864",  # bytes; a job of a million pictures makes it larger for a moment
)
_DISK_TROUBLE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")


class SpoolFile:
    """The file, open; used from one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, making or upgrading it.

        Raises:
            TooNew: A newer cutline wrote it.
            Unreadable: It is no spool, or cannot be opened.
        """
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None)
        """For reading; what is written goes through `writing`."""
        try:
            for pragma in _PRAGMAS:
                self.db.execute(f"PRAGMA {pragma}")
            migrate(self.db, os.fspath(path))
        except sqlite3.Error as error:
            self.db.close()
            raise Unreadable(f"{path} cannot be opened: {error}", "move it away; its jobs are lost then") from error
        except TooNew:
            self.db.close()
            raise
        (self.id,) = self.db.execute("SELECT value FROM meta WHERE key = 'spool'").fetchone()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def writing(self, *, synced: bool = True) -> Iterator[sqlite3.Connection]:
        """Run one transaction: all of it is on disk afterwards, or none of it.

        Args:
            synced: Wait until the disk has it. Without, a power cut may take it back; for what is then done again.

        Raises:
            NotWritable: There is no room, or the disk fails; everything is as it was before.
        """
        self.db.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
        try:
            with self.db:
                self.db.execute("BEGIN IMMEDIATE")
                yield self.db
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith(_DISK_TROUBLE):
                raise NotWritable(f"{self.path} cannot be written: {error}", "make room on its file system") from error
            raise
