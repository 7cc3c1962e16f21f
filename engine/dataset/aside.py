"""Images set aside: moved out of every trainer's sight into a folder beside the review store, and back.

Nothing is ever replaced or copied. A file goes by one rename, so it lies in one of the two places at every moment, and
whoever comes by after a crash can see how far it came.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from engine.dataset.exchange import put, take
from engine.dataset.folders import open_folder, split_key, sync_folder
from engine.errors import NotWritable, Refused, Unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = b".cutline-aside"
"""In the dataset's root; hidden, so that no scan looks into it."""
ENDING = b".aside"
"""Behind a file's own name: no trainer takes it for an image or a caption."""

_HINTS = {
    errno.EXDEV: "it lies on another disk than the dataset's folder; move it away by hand",
    errno.EROFS: "the file system is mounted read-only",
    errno.EACCES: "give yourself permission to change its folder",
    errno.EPERM: "give yourself permission to change its folder",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "your quota on this disk is used up; make room",
    errno.ENAMETOOLONG: "shorten its name",
    errno.ENOENT: "it is gone",
    errno.EEXIST: "something has its name there; move that away first",
}


class Aside:
    """The place for the files of one step, `.cutline-aside/<name>/`."""

    def __init__(self, root: bytes | Path, name: str) -> None:
        """Name it; nothing is made yet.

        Args:
            root: The dataset's folder.
            name: Of the step's own folder.
        """
        self._root = os.fsencode(root)
        self._parts = [FOLDER, *split_key(os.fsencode(name))]

    def is_free(self) -> bool:
        """Say whether nothing has that name yet."""
        return not os.path.lexists(os.path.join(self._root, *self._parts))  # noqa: PTH118  (bytes)

    def holds(self, key: bytes) -> bool:
        """Say whether a file lies here, in folders of ours; none does behind a link."""
        try:
            return _is_file(self._root, [*self._parts, _name_here(key)])
        except Unsafe:
            return False

    def bring(self, key: bytes) -> None:
        """Move a file of the dataset here, a link as a link; one that is here already stays, and so does another one.

        Raises:
            NotWritable: The system refuses; the file is where it was.
            Unsafe: The key leads out of the dataset, or a link stands in the way.
        """
        *folders, name = split_key(key)
        with _explained(key, "set aside"):
            _make_folders(self._root, self._parts)
            with _opened(self._root, folders) as there, _opened(self._root, self._parts) as here:
                take(there, name, _name_here(key), here)
                sync_folder(here)
                sync_folder(there)

    def give_back(self, key: bytes) -> None:
        """Move a file back to its place, whose folder is made again where it is gone.

        Raises:
            Refused: Something stands in its place; both stay.
            NotWritable: The system refuses; the file is where it was.
            Unsafe: The key leads out of the dataset, or a link stands in the way.
        """
        *folders, name = split_key(key)
        label = os.fsdecode(key)
        with _explained(key, "brought back"):
            _make_folders(self._root, folders)
            with _opened(self._root, folders) as there, _opened(self._root, self._parts) as here:
                try:
                    put(here, _name_here(key), name, there)
                except FileExistsError as error:
                    raise Refused(f"another {label} stands in its place", "move that away, then try again") from error
                sync_folder(there)
                sync_folder(here)

    def clear(self) -> None:
        """Remove the folders that nothing lies in any more."""
        for end in (2, 1):
            with suppress(OSError):
                os.rmdir(os.path.join(self._root, *self._parts[:end]))  # noqa: PTH106, PTH118  (bytes)


def is_movable(root: bytes | Path, key: bytes) -> bool:
    """Say whether a plain file or a link has this name, and no folder or device."""
    return _is_file(os.fsencode(root), split_key(key))


def _name_here(key: bytes) -> bytes:
    return key.rpartition(b"/")[2] + ENDING


def _is_file(root: bytes, parts: list[bytes]) -> bool:
    try:
        with _opened(root, parts[:-1]) as folder:
            mode = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _make_folders(root: bytes, folders: list[bytes]) -> None:
    """Make folders below the root, each only where there is none."""
    for depth, folder in enumerate(folders):
        with _opened(root, folders[:depth]) as parent, suppress(FileExistsError):
            os.mkdir(folder, dir_fd=parent)
            sync_folder(parent)


@contextmanager
def _opened(root: bytes, folders: list[bytes]) -> Iterator[int]:
    folder = open_folder(root, folders)
    try:
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _explained(key: bytes, what: str) -> Iterator[None]:
    """Say in a sentence why the system refuses."""
    try:
        yield
    except OSError as error:
        reason = _HINTS.get(error.errno or 0, "")
        raise NotWritable(f"{os.fsdecode(key)} cannot be {what}: {error.strerror}", reason) from error
