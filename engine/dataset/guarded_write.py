"""One guarded write of one caption file: what another program put there is never destroyed.

`NotWritable`, `ChangedOutside` and `Unsafe` mean that the caption is not ours: as it was, or as another program left
it. An OSError means that nobody knows; the decision's row stays unmarked, and crash repair looks at the files.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from io import FileIO
from typing import TYPE_CHECKING, NoReturn

from engine.dataset.exchange import Unsupported, exchange, put, take
from engine.dataset.folders import open_plain, read_open, read_plain
from engine.dataset.moments import reached
from engine.dataset.refusals import PERMISSION, refusal, refusing
from engine.errors import ChangedOutside, CutlineError, NotWritable, Unreadable, Unsafe

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = 3
"""How often a caption that others keep replacing is exchanged before what is in our hands goes into the journal."""


@dataclass(frozen=True, slots=True)
class GuardedWrite:
    """A write to `name` in an open folder, by way of `temp` beside it."""

    folder: int
    """Descriptor of the caption's folder."""
    name: bytes
    temp: bytes
    label: str
    """The caption's key as text, for messages."""
    save: Callable[[bytes], None]
    """Takes bytes of another program's that would otherwise be lost."""

    def prepare(self, before: bytes | None, after: bytes | None) -> FileIO | None:
        """Look whether the caption is `before`, and write `after` beside it.

        Returns:
            What was written, not durable yet; None where nothing has to be.
        """
        with refusing(self.label):
            old = open_plain(self.folder, self.name)
        with old or nullcontext():
            with refusing(self.label):
                self._check(old, before, writes=before != after)
            return None if before == after or after is None else self._write_temp(after, old)

    def settle(self, temp: FileIO) -> None:
        """Make durable what was prepared, and close it."""
        try:
            with refusing(self.label), temp:
                os.fsync(temp.fileno())
        except NotWritable:
            os.unlink(self.temp, dir_fd=self.folder)
            raise
        reached("temp-written")

    def commit(self, before: bytes | None, after: bytes | None) -> bool:
        """Put what was prepared in the caption's place.

        Returns:
            Whether `before` now lies under the temporary name, and `finish` has to follow.
        """
        if before == after:
            return False
        reached("before-exchange")
        if after is None:
            self._remove(before)
            return True
        if before is None:
            self._create(after)
            return False
        return self._replace(before, after)

    def finish(self) -> None:
        """Remove the text that was there, which is in the journal."""
        reached("before-unlink")
        os.unlink(self.temp, dir_fd=self.folder)

    def _check(self, old: FileIO | None, before: bytes | None, *, writes: bool) -> None:
        if (None if old is None else read_open(old)) != before:
            raise self._changed()
        if old is None or not writes:
            return
        allowed = os.access(self.name, os.W_OK, dir_fd=self.folder, effective_ids=True)
        # Asked in so many words, because root is always allowed.
        if not (allowed and os.fstat(old.fileno()).st_mode & 0o222):
            if os.fstatvfs(old.fileno()).f_flag & os.ST_RDONLY:
                raise refusal(self.label, OSError(errno.EROFS, os.strerror(errno.EROFS)))
            raise NotWritable(f"{self.label} is write-protected", PERMISSION)

    def _write_temp(self, after: bytes, old: FileIO | None) -> FileIO:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with refusing(self.label):
            # A private caption is private from its first byte on.
            temp = FileIO(os.open(self.temp, flags, 0o666 if old is None else 0o600, dir_fd=self.folder), "wb")
        try:
            with refusing(self.label):
                reached("temp-open")
                if old is not None:
                    _copy_standing(old.fileno(), temp.fileno())
                rest = memoryview(after)
                while rest:
                    rest = rest[temp.write(rest) :]
        except NotWritable:
            temp.close()
            os.unlink(self.temp, dir_fd=self.folder)
            raise
        return temp

    def _create(self, after: bytes) -> None:
        try:
            put(self.folder, self.temp, self.name)
        except OSError as error:
            self._withdraw(after, error)
        reached("after-exchange")

    def _replace(self, before: bytes, after: bytes) -> bool:
        try:
            exchange(self.folder, self.temp, self.name)
        except Unsupported:
            self._rename_over(before, after)
            return False
        except OSError as error:
            self._withdraw(after, error)
        reached("after-exchange")
        out = self._in_temp()
        reached("compared")
        if out == before:
            return True
        if out is not None or not self._temp_is_gone():
            self._give_back(out, before, after)
        return False  # A file system that ignores the flag, and has renamed.

    def _give_back(self, out: bytes | None, before: bytes, after: bytes) -> NoReturn:
        """Exchange until what comes out is what we had put in: then the newest foreign text is in its place."""
        inside: bytes | None = after
        for _ in range(TURNS):
            try:
                exchange(self.folder, self.temp, self.name)
            except FileNotFoundError:  # Removed by somebody who wanted it gone.
                break
            was_inside, inside, out = inside, out, self._in_temp()
            if out == was_inside:
                break
        self._drop_temp(out, before, after)
        raise self._changed()

    def _rename_over(self, before: bytes, after: bytes) -> None:
        """Replace without exchange: the last look and the rename are two steps."""
        with ExitStack() as opened:
            try:
                with refusing(self.label):
                    old = open_plain(self.folder, self.name)
                    if old is None or read_open(opened.enter_context(old)) != before:
                        raise self._changed()
            except CutlineError:
                os.unlink(self.temp, dir_fd=self.folder)
                raise
            try:
                os.rename(self.temp, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder)
            except OSError as error:
                self._withdraw(after, error)
            reached("after-exchange")
            late = read_open(old)
        if late != before:  # Written in place between the look and the rename.
            self.save(late)

    def _remove(self, before: bytes | None) -> None:
        try:
            take(self.folder, self.name, self.temp)
        except FileNotFoundError as error:
            raise self._changed() from error
        except OSError as error:
            raise refusal(self.label, error) from error
        reached("after-exchange")
        out = self._in_temp()
        reached("compared")
        if out == before:
            return
        try:
            put(self.folder, self.temp, self.name)
        except FileExistsError:
            self._drop_temp(out, before)
        raise self._changed()

    def _temp_is_gone(self) -> bool:
        try:
            os.stat(self.temp, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return True
        return False

    def _in_temp(self) -> bytes | None:
        """Read what lies under the temporary name; None for what is no readable plain file."""
        try:
            return read_plain(self.folder, self.temp)
        except (Unsafe, Unreadable, OSError):
            return None

    def _drop_temp(self, holds: bytes | None, *known: bytes | None) -> None:
        if holds is None:
            if not self._temp_is_gone():
                raise Unsafe(
                    f"what another program put at {self.label} is now {os.fsdecode(self.temp)} beside it",
                    "look at both and keep the right one",
                )
            return
        if holds not in known:
            self.save(holds)
        os.unlink(self.temp, dir_fd=self.folder)

    def _withdraw(self, after: bytes, error: OSError) -> NoReturn:
        """Take the temporary file back after a refused rename; a refusal that renamed all the same is for repair."""
        if self._in_temp() != after:
            raise error
        os.unlink(self.temp, dir_fd=self.folder)
        if isinstance(error, FileNotFoundError | FileExistsError):
            raise self._changed() from error
        raise refusal(self.label, error) from error

    def _changed(self) -> ChangedOutside:
        return ChangedOutside(f"{self.label} is not what was read", "another program changed it; look at it again")


def _copy_standing(old: int, new: int) -> None:
    """Give a new file the owner, group, extended attributes and mode of an old one, as far as this user may."""
    standing = os.fstat(old)
    for user, group in ((standing.st_uid, -1), (-1, standing.st_gid)):
        with suppress(OSError):
            os.fchown(new, user, group)
    if sys.platform == "linux":
        with suppress(OSError):
            for name in os.listxattr(old):
                with suppress(OSError):
                    os.setxattr(new, name, os.getxattr(old, name))
    # Without setuid and setgid: the owner may have become another.
    with suppress(OSError):
        os.fchmod(new, stat.S_IMODE(standing.st_mode) & 0o777)


def temp_key(temp_name: str) -> bytes:
    """Return the name of a temporary file as bytes.

    Raises:
        Unsafe: It is not `.cutline-<decision id>.tmp`.
    """
    if not re.fullmatch(r"\.cutline-[^/\0]+\.tmp", temp_name):
        raise Unsafe(f"{temp_name!r} is not the name of a temporary file of cutline's")
    return os.fsencode(temp_name)
