"""The review store: one SQLite file, opened by any number of processes and threads.

Order of everything that writes a caption: lock, row committed, file, row marked. The lock is never taken
inside a transaction.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, NotWritable, Unreadable, Unsafe
from engine.review.lease import Lease, machine_id
from engine.review.migrations import migrate
from engine.review.place import Place, on_local_disk
from engine.sqlite_steps import immediate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

BUSY_TIMEOUT_SECONDS = 20.0
_DISK_TROUBLE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
MEMORY_PAGES_KIB = 8_192


class Store:
    """One dataset's review database and its lock."""

    def __init__(self, place: Place) -> None:
        """Open the store, bring it to the present shape, and notice when it was copied here.

        Raises:
            TooNew: A newer cutline wrote it.
            InUse: It lies on a network disk, and another host works on it.
            Unsafe: It holds things cutline never makes.
            Unreadable: It is no database, or a broken one.
        """
        self.place = place
        self.session = uuid.uuid4().hex
        """Of this opening: what `u` takes back, and how long a skip lasts."""
        self.newest_before = 0
        """The newest row of the journal when it was opened: all rows of this session are newer."""
        self.copied = False
        """True when the store was made on another machine or copied: nothing it remembers runs by itself."""
        self._local = threading.local()
        self._opened: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._opening = threading.Lock()
        self._closed = False
        self._wal = on_local_disk(place.folder)
        self._lease = None if self._wal else Lease(place.folder, lambda: self.db)
        try:
            with self.explained():
                with self._alone():  # SQLite does not wait for another process that makes the file, or closes it last
                    db = self._connect()
                    refuse_foreign_code(db, place.store)
                    migrate(db, str(place.store))
                if self._lease is not None:
                    self._lease.take()
                self._recognise(db)
                (self.newest_before,) = db.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the store: nobody can use it any more.

        A thread that is in the middle of something keeps its connection until it ends: SQLite does not survive one
        that is closed while it works.
        """
        if self._lease is not None:
            self._lease.give_back()
        with suppress(NotWritable), self._alone(), self._opening:
            self._closed = True
            self._close_unused()
            self._opened.clear()

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection, for reading; what is written goes through `transaction`."""
        if self._closed:
            raise sqlite3.ProgrammingError("the store is closed")
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        return db if db is not None else self._connect()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run one `BEGIN IMMEDIATE` transaction: all of it is on disk afterwards, or none of it.

        Raises:
            InUse: On a network disk: another host took the store while this one stood still.
        """
        db = self.db
        with self.explained(), immediate(db):
            if self._lease is not None:
                self._lease.hold(db)
            yield db

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the dataset's lock: around one caption's row and file, or a batch of them, for some hundredths of a second."""
        if self.db.in_transaction:
            raise AssertionError("the dataset's lock is never taken inside a transaction")
        with self._alone():
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock file, whatever state the database is in."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            handle = os.open(self.place.lock, flags, 0o644)
        except OSError as refusal:
            raise NotWritable(
                f"{self.place.lock} cannot be opened: {refusal.strerror}", "check the folder"
            ) from refusal
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def meta(self, key: str) -> str:
        """Read one of the store's facts about itself; empty when it is not set."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def new_group(self, db: sqlite3.Connection, told: str = "") -> int:
        """Give out the next group number, inside the caller's transaction.

        Args:
            db: The transaction's connection.
            told: What the group does, in the words it was asked in: one edit a line; empty for none.
        """
        (number,) = db.execute(
            "INSERT INTO meta VALUES ('groups', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value"
        ).fetchone()
        if told:
            db.execute("INSERT INTO groups VALUES (?, ?)", (number, told))
        return int(number)

    def told_of(self, group: int | None) -> str:
        """Return what a group was asked to do; empty where nobody said, and for no group."""
        row = self.db.execute("SELECT told FROM groups WHERE id = ?", (group,)).fetchone()
        return str(row[0]) if row else ""

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self.place.store, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
        )
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute(f"PRAGMA journal_mode = {'WAL' if self._wal else 'DELETE'}")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA cache_size = -{MEMORY_PAGES_KIB}")
        self._local.db = db
        with self._opening:
            self._close_unused()
            self._opened.append((threading.current_thread(), db))
        return db

    def _close_unused(self) -> None:
        """Close this thread's connections, and those of threads that have ended; leave the others alone."""
        here = threading.current_thread()
        for thread, db in self._opened:
            if thread is here or not thread.is_alive():
                db.close()
        self._opened = [(thread, db) for thread, db in self._opened if thread is not here and thread.is_alive()]

    def _recognise(self, db: sqlite3.Connection) -> None:
        """Take a new collector id when machine or inode say that this file is a copy."""
        here = f"{machine_id()}:{self.place.store.stat().st_ino}"
        if self.meta("made_at") == here:
            return
        self.copied = bool(self.meta("made_at"))
        with self.transaction():
            db.execute("INSERT OR REPLACE INTO meta VALUES ('made_at', ?)", (here,))
            db.execute("INSERT OR REPLACE INTO meta VALUES ('collector', ?)", (uuid.uuid4().hex,))
            # A copy never runs a remembered --accept: its results become candidates, and the person is told.
            db.execute("UPDATE jobs SET accept = 0 WHERE state IN ('sending', 'open')")

    def explained(self) -> AbstractContextManager[None]:
        """Turn errors of SQLite, and of stored values that cannot be read, into sentences."""
        return explained(self.place.store)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite, and of stored values that cannot be read, into sentences that name the store."""
    try:
        yield
    except sqlite3.OperationalError as refusal:
        if refusal.sqlite_errorname.startswith(_DISK_TROUBLE):
            raise NotWritable(f"{path} cannot be written: {refusal}", "make room or check permissions") from refusal
        if "no such" in str(refusal):
            raise unusable(path, refusal) from refusal
        raise CutlineError(f"{path}: {refusal}", "try again; another cutline may hold it") from refusal
    except sqlite3.DatabaseError as broken:
        if isinstance(broken, sqlite3.IntegrityError):
            raise
        raise unusable(path, broken) from broken
    except msgspec.MsgspecError as broken:
        raise unusable(path, broken) from broken


def unusable(path: Path, why: Exception) -> Unreadable:
    """Say that a store holds what cannot be read."""
    hint = "move it away to start anew; the captions are not in it"
    return Unreadable(f"{path} is not a usable review store: {why}", hint)


def refuse_foreign_code(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a store with triggers or views: cutline makes none, so somebody else wants to run something."""
    (strange,) = db.execute("SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')").fetchone()
    if strange:
        raise Unsafe(f"{path} holds triggers or views, which cutline never makes", "do not use it; move it away")
