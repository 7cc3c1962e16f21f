"""Many caption files in one go: each folder is opened once, and made durable once, after all its files are written."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

from engine.dataset.folders import open_folder, read_plain, sync_folder
from engine.dataset.guarded_write import GuardedWrite, refusing, temp_key
from engine.errors import CutlineError, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

WRITERS = 4
"""Threads: each file waits for the disk several times, and what waits together waits once."""
FEW = 4
"""Fewer files are written in the caller's thread."""


class Change(NamedTuple):
    """One caption to write; see `CaptionFiles.replace`."""

    key: bytes
    before: bytes | None
    after: bytes | None
    temp_name: str
    save: Callable[[bytes], None]


class CaptionBatch:
    """Reads and writes caption files as `CaptionFiles` does."""

    def __init__(self, root: bytes, parts_of: Callable[[bytes], list[bytes]]) -> None:
        """Open nothing yet.

        Args:
            root: The dataset's folder, its real path.
            parts_of: Splits a caption's key, and refuses one that is no caption's.
        """
        self._root, self._parts_of = root, parts_of
        self._open: dict[bytes, int] = {}
        """Descriptors by folder."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the folders."""
        for folder in self._open.values():
            os.close(folder)
        self._open.clear()

    def read(self, key: bytes) -> bytes | None:
        """Read a caption; None when there is no file.

        Raises:
            Unsafe: The key is not a caption's, or a link is in the way.
            Unreadable: It is no plain file, or may not be read.
        """
        *folders, name = self._parts_of(key)
        try:
            return read_plain(self._folder(folders), name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(
                f"{os.fsdecode(key)} cannot be read: {error.strerror}", "give yourself permission to read it"
            ) from error

    def replace_all(self, changes: Sequence[Change]) -> list[CutlineError | OSError | None]:
        """Write captions as `CaptionFiles.replace` does, and make all of them durable; no refusal touches the others.

        Args:
            changes: No caption comes twice.

        Returns:
            For each, same order: what `CaptionFiles.replace` raises; None where it was written.
        """
        if len(changes) < FEW:
            outcomes = [self._replace(change) for change in changes]
        else:
            for change in changes:  # here and not in the threads: each folder is opened once
                with suppress(CutlineError, OSError):
                    self._folder(self._parts_of(change.key)[:-1])
            with ThreadPoolExecutor(min(WRITERS, len(changes)), thread_name_prefix="captions") as threads:
                outcomes = list(threads.map(self._replace, changes))
        failed = self._sync({change.key for change in changes})
        return [failed.get(change.key, outcome) for change, outcome in zip(changes, outcomes, strict=True)]

    def _replace(self, change: Change) -> CutlineError | OSError | None:
        try:
            *folders, name = self._parts_of(change.key)
            label = os.fsdecode(change.key)
            with refusing(label):
                folder = self._folder(folders)
            write = GuardedWrite(folder, name, temp_key(change.temp_name), label, change.save, lambda _: None)
            write.run(change.before, change.after)
        except (CutlineError, OSError) as refusal:
            return refusal
        return None

    def _sync(self, keys: Collection[bytes]) -> dict[bytes, OSError]:
        """Make the names in the folders of some captions durable; return what went wrong, by caption."""
        folders: dict[bytes, list[bytes]] = {}
        for key in keys:
            folders.setdefault(key.rpartition(b"/")[0], []).append(key)
        failed: dict[bytes, OSError] = {}
        for path in folders.keys() & self._open.keys():
            try:
                sync_folder(self._open[path])
            except OSError as error:
                failed.update(dict.fromkeys(folders[path], error))
        return failed

    def _folder(self, folders: list[bytes]) -> int:
        path = b"/".join(folders)
        if path not in self._open:
            self._open[path] = open_folder(self._root, folders)
        return self._open[path]
