"""Renames that never destroy: two names exchanged in one step, and a name taken only while it is free."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from contextlib import suppress

_RENAME = "renameatx_np" if sys.platform == "darwin" else "renameat2"
_EXCHANGE = 2  # RENAME_SWAP of macOS, RENAME_EXCHANGE of Linux
_NO_REPLACE = 4 if sys.platform == "darwin" else 1  # RENAME_EXCL, RENAME_NOREPLACE

_system_call = getattr(ctypes.CDLL(None, use_errno=True), _RENAME, None)
"""None where the C library has no such call."""


class Unsupported(Exception):
    """This system, or this folder's file system, cannot do that kind of rename."""


def exchange(folder: int, one: bytes, other: bytes) -> None:
    """Exchange two names of a folder in one step; both must exist.

    Raises:
        Unsupported: Nothing was done; the file system knows no exchange.
        OSError: Nothing was done.
    """
    _rename(folder, one, folder, other, _EXCHANGE)


def put(folder: int, source: bytes, target: bytes, into: int | None = None) -> None:
    """Give a file another name, of the same folder or of another one, provided that name is free.

    `source` must be a name only this process uses. Where the file system can neither refuse to replace nor link, a
    name taken between the last look and the rename is replaced: there is no better call.

    Args:
        folder: Descriptor of the folder the file is in.
        source: Its name there.
        target: Its new name.
        into: Descriptor of the folder it comes into; None for the same.

    Raises:
        FileExistsError: The name is taken; nothing was done.
    """
    into = folder if into is None else into
    try:
        _rename(folder, source, into, target, _NO_REPLACE)
    except Unsupported:
        try:
            os.link(source, target, src_dir_fd=folder, dst_dir_fd=into, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:
            _rename_if_free(folder, source, into, target)
        else:
            with suppress(OSError):  # The file has its new name; a second one does no harm.
                os.unlink(source, dir_fd=folder)


def take(folder: int, source: bytes, target: bytes, into: int | None = None) -> None:
    """Rename whatever file has a name to a name only this process uses, and which must be free.

    Args:
        folder: Descriptor of the folder the file is in.
        source: Its name there.
        target: Its new name.
        into: Descriptor of the folder it comes into; None for the same.

    Raises:
        FileExistsError: The target exists; nothing was done.
    """
    into = folder if into is None else into
    try:
        _rename(folder, source, into, target, _NO_REPLACE)
    except Unsupported:
        # Not link and unlink: between them another program could put a new file under the name, and lose it.
        _rename_if_free(folder, source, into, target)


def _rename_if_free(folder: int, source: bytes, into: int, target: bytes) -> None:
    with suppress(FileNotFoundError):
        os.stat(target, dir_fd=into, follow_symlinks=False)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
    os.rename(source, target, src_dir_fd=folder, dst_dir_fd=into)


def _rename(folder: int, source: bytes, into: int, target: bytes, flag: int) -> None:
    if _system_call is None:
        raise Unsupported
    if _system_call(folder, source, into, target, ctypes.c_uint(flag)) == 0:
        return
    number = ctypes.get_errno()
    if number in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}:
        raise Unsupported
    raise OSError(number, os.strerror(number), source, None, target)
