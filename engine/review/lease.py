"""One host at a time works on a store that lies on a network disk: a row says which, and its processes keep it.

The heartbeat in that row is a number that rises, not a time: clocks of hosts differ. Whoever comes along watches by its
own clock whether it still does.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine import paths
from engine.captions.display import show
from engine.errors import CutlineError, InUse
from engine.sqlite_steps import immediate

if TYPE_CHECKING:
    from collections.abc import Callable

LEASE_SECONDS = 15.0
"""For how long a heartbeat stands still before its host counts as gone."""
BEAT_SECONDS = 3.0
"""How often a process says that its host is still there."""
_LOOK_SECONDS = 0.25
_BEAT_PATIENCE_MS = 1_000


class Holder(NamedTuple):
    """The host that works on a store, as its row says."""

    host: str
    """Its name and its machine id."""
    pid: int
    """The process of it that wrote last."""
    heartbeat: float

    @property
    def name(self) -> str:
        """What people call the host."""
        return self.host.partition(" ")[0]


def _say(text: str) -> None:
    """Say something to whoever waits; a store is opened before any screen is drawn."""
    if sys.stderr is not None:  # closed by who called
        sys.stderr.write(show(text, one_line=True) + "\n")
        sys.stderr.flush()


class Lease:
    """This process's part in keeping one store for this host; any thread may call."""

    def __init__(
        self,
        folder: Path,
        db: Callable[[], sqlite3.Connection],
        *,
        host: str = "",
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
        tell: Callable[[str], object] = _say,
    ) -> None:
        """Prepare; `take` begins.

        Args:
            folder: Where the store lies.
            db: Returns the calling thread's connection.
            host: Which host this is; empty to find out.
            clock: Counts seconds on this host.
            wait: Lets seconds pass.
            tell: Says one raw line to the person who waits.
        """
        self._folder, self._db = folder, db
        self._host = host or this_host()
        self._clock, self._wait, self._tell = clock, wait, tell
        self._closed = threading.Event()
        self._beat: threading.Thread | None = None
        self._membership: int | None = None

    def take(self) -> None:
        """Become the host that works on the store, at once where none does, else when that one shows no sign of life.

        Raises:
            InUse: Another host works on it.
        """
        # Held by every process of this host until it ends, however it ends.
        place = paths.ensure(paths.state_dir() / "leases") / _digest(f"{os.path.realpath(self._folder)} {self._host}")
        self._membership = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._membership, fcntl.LOCK_SH)
        holder = self._claim()
        if holder is not None:
            at_most = f"for at most {LEASE_SECONDS:.0f} seconds"
            self._tell(f"{self._folder} is in use on {holder.name}: looking {at_most} whether that host still lives")
            end = self._clock() + LEASE_SECONDS
            while self._clock() < end and self._row() == holder:
                self._wait(_LOOK_SECONDS)
            if (still := self._claim(dead=holder)) is not None:
                raise self._in_use(still)
        self._beat = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._beat.start()

    def hold(self, db: sqlite3.Connection) -> None:
        """Make sure, inside a transaction, that the store is still ours, and say so to others.

        Raises:
            InUse: Another host took it while this one stood still.
        """
        ours = db.execute("UPDATE lease SET pid = ?, heartbeat = heartbeat + 1 WHERE host = ?", (_pid(), self._host))
        if not ours.rowcount and (holder := self._settle(db)) is not None:
            raise self._in_use(holder, "nothing written: ")

    def give_back(self) -> None:
        """Stop; the last process of this host gives the store free."""
        self._closed.set()
        if self._beat is not None:
            self._beat.join()
        if self._membership is None:
            return
        # Where this fails, the next host that comes waits until it counts us as gone.
        with suppress(OSError, sqlite3.Error, CutlineError):
            fcntl.flock(self._membership, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._beat is not None:
                with immediate(db := self._db()):
                    db.execute("DELETE FROM lease WHERE host = ?", (self._host,))
        os.close(self._membership)
        self._membership = None

    def _keep(self) -> None:
        """Say again and again that this host is still there."""
        with suppress(sqlite3.Error):
            self._db().execute(f"PRAGMA busy_timeout = {_BEAT_PATIENCE_MS}")  # nobody waits long for us to end
        while not self._closed.wait(BEAT_SECONDS):
            with suppress(sqlite3.Error, CutlineError), immediate(db := self._db()):
                self.hold(db)

    def _claim(self, dead: Holder | None = None) -> Holder | None:
        with immediate(db := self._db()):
            return self._settle(db, dead)

    def _settle(self, db: sqlite3.Connection, dead: Holder | None = None) -> Holder | None:
        """Take the store inside a transaction if it is free, ours, or a dead host's; else return who has it."""
        holder = _read(db)
        if holder is not None and holder != dead and holder.host != self._host:
            return holder
        heartbeat = 0.0 if holder is None else holder.heartbeat + 1
        db.execute("INSERT OR REPLACE INTO lease VALUES (1, ?, ?, ?)", (self._host, _pid(), heartbeat))
        if holder is None or holder.host != self._host:
            since = time.strftime("%Y-%m-%d %H:%M:%S")
            db.execute("INSERT OR REPLACE INTO meta VALUES ('leased_since', ?)", (since,))
        return None

    def _row(self) -> Holder | None:
        return _read(self._db())

    def _in_use(self, holder: Holder, before: str = "") -> InUse:
        row = self._db().execute("SELECT value FROM meta WHERE key = 'leased_since'").fetchone()
        since = f" since {row[0]} by its clock" if row else ""
        return InUse(
            f"{before}{self._folder} is in use on {holder.name} (process {holder.pid}){since}",
            "on a network disk one host at a time works on a dataset: close cutline there, then try again",
        )


def _read(db: sqlite3.Connection) -> Holder | None:
    row = db.execute("SELECT host, pid, heartbeat FROM lease").fetchone()
    return None if row is None else Holder(*row)


def this_host() -> str:
    """Name this host so that no other is called the same: containers share machine ids, clones share names."""
    return f"{os.uname().nodename} {machine_id()}"


def machine_id() -> str:
    """Return something that differs between machines: the system's machine id, else the host name."""
    for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            if text := Path(place).read_text(encoding="ascii").strip():
                return text
        except OSError:
            continue
    return os.uname().nodename


def _pid() -> int:
    return os.getpid()


def _digest(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:32]
