"""Where the engine is: the lock that makes it the only one, its socket, and the note that tells clients."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from typing import TYPE_CHECKING

import msgspec

from engine import paths

if TYPE_CHECKING:
    from pathlib import Path

BACKLOG = 128


class Address(msgspec.Struct, frozen=True):
    """The note in the state folder."""

    socket: str
    pid: int
    version: str
    spool: str


def note_path() -> Path:
    """Name the note's file."""
    return paths.state_dir() / "engine.json"


def log_path() -> Path:
    """Name the engine's log."""
    return paths.state_dir() / "engine.log"


def read_note() -> Address | None:
    """Read where the engine says it is; None when there is no note that can be read."""
    try:
        return msgspec.json.decode(note_path().read_bytes(), type=Address)
    except (OSError, msgspec.MsgspecError):
        return None


def write_note(address: Address) -> None:
    """Tell clients where the engine is; they read the old note or the new one, never half of one."""
    path = note_path()
    fresh = path.with_name(f".engine-{secrets.token_hex(4)}.tmp")
    fresh.write_bytes(msgspec.json.encode(address))
    fresh.replace(path)


def withdraw_note() -> None:
    """Remove the note, unless another engine has written its own."""
    note = read_note()
    if note is not None and note.pid == os.getpid():
        note_path().unlink(missing_ok=True)


def take_lock() -> int | None:
    """Take the lock on the spool, for as long as this process lives; None when another engine has it.

    Raises:
        NotWritable: The state folder cannot be made.
    """
    folder = paths.ensure(paths.state_dir())
    lock = os.open(folder / "engine.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


class Door:
    """The bound socket. Only the engine that holds the lock makes one, so whatever lies in its place is stale."""

    def __init__(self) -> None:
        """Bind and listen.

        Raises:
            CutlineError: The folder is not ours alone, or cannot be made.
        """
        self.path = paths.socket_path()
        paths.ensure_private(self.path.parent)
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)  # mode 0600 from its first moment; nothing else of this process runs yet or makes files
        try:
            self.socket.bind(os.fspath(self.path))
        finally:
            os.umask(mask)
        self.socket.listen(BACKLOG)
        self.socket.setblocking(False)
        self._identity = self._on_disk()

    @property
    def there(self) -> bool:
        """Whether clients still find this socket at its path."""
        return self._on_disk() == self._identity

    def remove(self) -> None:
        """Remove the socket from the disk, unless it is another one by now."""
        if self.there:
            self.path.unlink(missing_ok=True)

    def _on_disk(self) -> tuple[int, int] | None:
        try:
            found = self.path.lstat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
