"""Where the engine is: the lock that makes it the only one, its socket, and the note that tells clients."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from typing import TYPE_CHECKING

import msgspec

from engine import paths
from engine.errors import CutlineError, NotWritable

if TYPE_CHECKING:
    from pathlib import Path

BACKLOG = 128


class Address(msgspec.Struct, frozen=True):
    """The note in the state folder."""

    socket: str
    pid: int
    version: str
    spool: str
    host: str = ""
    """The machine: a state folder on a network disk is seen from several."""


def note_path() -> Path:
    """Name the note's file."""
    return paths.state_dir() / "engine.json"


def read_note() -> Address | None:
    """Read where the engine says it is; None when there is no note that can be read."""
    try:
        return msgspec.json.decode(note_path().read_bytes(), type=Address)
    except (OSError, msgspec.MsgspecError):
        return None


def write_note(address: Address) -> None:
    """Tell clients where the engine is; they read the old note or the new one, never half of one.

    Raises:
        OSError: The disk is full, say; the old note stays.
    """
    path = note_path()
    fresh = path.with_name(f".engine-{secrets.token_hex(4)}.tmp")
    try:
        fresh.write_bytes(msgspec.json.encode(address))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


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
    paths.ensure(paths.state_dir())
    lock = os.open(_lock_path(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def holds(lock: int) -> bool:
    """Say whether a lock that was taken still means something: its file is gone when somebody removed the state folder."""
    try:
        return os.path.samestat(os.fstat(lock), _lock_path().stat())
    except OSError:
        return False


def engine_lives() -> bool:
    """Say whether some process holds the lock: an engine that starts, runs, ends, or hangs.

    An engine that starts in this very moment may find the lock taken by us; whoever started it tries again.
    """
    try:
        lock = os.open(_lock_path(), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def engine_crashed() -> bool:
    """Say whether the last engine died without a word: it left its note, and nobody holds the lock."""
    return read_note() is not None and not engine_lives()


class Door:
    """The bound socket. Only the engine that holds the lock makes one, so whatever lies in its place is stale."""

    def __init__(self) -> None:
        """Bind and listen in the first place where it can be done safely; the note tells clients which one it is.

        Raises:
            CutlineError: No folder is ours alone, or can be made; says what is wrong with the best one.
        """
        wrong: list[CutlineError] = []
        for self.path in paths.socket_paths():
            try:
                self.socket = _bound(self.path)
                break
            except CutlineError as error:
                wrong.append(error)
            except OSError as error:
                wrong.append(NotWritable(f"no socket can be made at {self.path}: {error.strerror}", "remove it"))
        else:
            raise wrong[0]
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


def _bound(path: Path) -> socket.socket:
    """Bind and listen, and only then stand at the path: who finds a socket there is never refused."""
    paths.ensure_private(path.parent)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)  # mode 0600 from its first moment; files that another thread makes just now get it, too
    try:
        door.bind(os.fspath(fresh))
        door.listen(BACKLOG)
        fresh.replace(path)
    except OSError:
        door.close()
        fresh.unlink(missing_ok=True)
        raise
    finally:
        os.umask(mask)
    door.setblocking(False)
    return door


def _lock_path() -> Path:
    return paths.state_dir() / "engine.lock"
