"""Places below the dataset's root, reached without following a link, so that no stored name can lead elsewhere."""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from typing import TYPE_CHECKING

from engine.errors import Unreadable, Unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_TEXT_BYTES = 16 * 1024 * 1024
"""A caption file larger than this is something else under a caption's name."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK a pipe named like a caption would hold us until somebody writes to it.
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def split_key(key: bytes) -> list[bytes]:
    """Split a key into its parts, refusing every key that could name something outside the root.

    Raises:
        Unsafe: It is absolute or empty, or has a `..`, an empty part or a NUL.
    """
    parts = key.split(b"/")
    if b"\0" in key or any(part in {b"", b".", b".."} for part in parts):
        raise Unsafe(
            f"{os.fsdecode(key)!r} does not name a file of this dataset", "the review store may be damaged or not yours"
        )
    return parts


def open_folder(root: bytes, folders: Iterable[bytes]) -> int:
    """Open the folder at the end of a path below the root; the caller closes the descriptor.

    Raises:
        Unsafe: A part of the path is a link or no folder.
        OSError: The folder is missing or may not be entered.
    """
    here = os.open(root, _FOLDER)
    for part in folders:
        try:
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
        except OSError as error:
            if error.errno not in {errno.ELOOP, errno.ENOTDIR}:
                raise
            raise Unsafe(
                f"{os.fsdecode(part)} is not a folder of this dataset",
                "a link or a file is in its place; cutline does not follow links to folders",
            ) from error
        finally:
            os.close(here)
        here = inner
    return here


def open_plain(folder: int, name: bytes) -> FileIO | None:
    """Open a plain file for reading; the caller closes it.

    Returns:
        None when there is no such file.

    Raises:
        Unsafe: It is a link.
        Unreadable: It is a pipe, a device, a socket or a folder.
        OSError: It may not be read.
    """
    found = _open(folder, name)
    return None if found is None else FileIO(found[0])


def _open(folder: int, name: bytes) -> tuple[int, int] | None:
    """Open a plain file; return its descriptor and its size in bytes."""
    try:
        descriptor = os.open(name, _PLAIN, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unsafe(
                f"{os.fsdecode(name)} is a link", "it became one a moment ago; look at it and try again"
            ) from error
        if error.errno == errno.ENXIO:
            raise _not_plain(name) from error
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise _not_plain(name)
    return descriptor, status.st_size


def _not_plain(name: bytes) -> Unreadable:
    return Unreadable(
        f"{os.fsdecode(name)} is not a plain file",
        "a folder, pipe, socket or device has a caption's name; move it away",
    )


def read_open(file: FileIO) -> bytes:
    """Read an open file from its start, also a second time.

    Raises:
        Unreadable: It is larger than any caption.
    """
    _check_size(os.fstat(file.fileno()).st_size)
    file.seek(0)
    return file.readall()


def read_plain(folder: int, name: bytes) -> bytes | None:
    """Read a plain file; None when there is none; raises what `open_plain` and `read_open` raise."""
    found = _open(folder, name)
    if found is None:
        return None
    descriptor, size = found
    try:
        _check_size(size)
        text = os.read(descriptor, size + 1)  # one more than there is: so the end is seen without asking again
        if len(text) != size:
            with FileIO(descriptor, closefd=False) as file:
                return read_open(file)
        return text
    finally:
        os.close(descriptor)


def _check_size(size: int) -> None:
    if size > LARGEST_TEXT_BYTES:
        raise Unreadable("the caption's file is larger than any caption", "something else has its name; move it away")


def sync_folder(folder: int) -> None:
    """Make the names in a folder durable, where its file system can do that for folders."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
