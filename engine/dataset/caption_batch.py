"""Many caption files in one go: each folder is opened once, and made durable once, after all its files are written."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple, Self

from engine.dataset.folders import open_folder, read_plain, sync_folder
from engine.dataset.guarded_write import GuardedWrite, temp_key
from engine.dataset.refusals import refusing
from engine.dataset.write_out import start_writing_out
from engine.errors import CutlineError, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from io import FileIO

    Refused = dict[int, CutlineError | OSError]


TOGETHER = 32
"""Texts that are written, then synced, then put in their places, while the old ones before them are removed."""


class Change(NamedTuple):
    """One caption to write, provided that it still is what was read."""

    key: bytes
    """The caption's resolved key."""
    before: bytes | None
    """What was read; None: no file."""
    after: bytes | None
    """What is to be there; None: no file."""
    temp_name: str
    """`.cutline-<decision id>.tmp`, in the caption's folder."""
    save: Callable[[bytes], None]
    """Is given bytes of another program's that must go into the journal, before they leave the disk."""


class CaptionBatch:
    """Reads and writes captions, one or many."""

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
        """Write captions, and make all of them durable; no refusal touches the others.

        Args:
            changes: No caption comes twice.

        Returns:
            For each, same order, None where it was written, else why not:
            ChangedOutside: The file is not `before`; it is as the other program left it.
            NotWritable: The system refuses, or the caption is write-protected; it is as it was.
            Unsafe: The key is not a caption's, or a link is in the way.
            OSError: The disk failed after the caption had been touched; crash repair can tell what is there.
        """
        refused: Refused = {}
        places = range(len(changes))
        removed: list[Future[None]] = []
        # Where a disk discards what is removed, removing a file takes as long as writing one: it is done beside.
        with ThreadPoolExecutor(1) as beside:
            for some in (places[at : at + TOGETHER] for at in places[::TOGETHER]):
                written = self._write(changes, some, refused)
                if some[-1] == places[-1]:
                    _finish(written, refused)
                else:
                    removed.append(beside.submit(_finish, written, refused))
        for done in removed:
            done.result()
        failed = self._sync({change.key for change in changes})
        return [failed.get(change.key, refused.get(place)) for place, change in enumerate(changes)]

    def _write(self, changes: Sequence[Change], places: Iterable[int], refused: Refused) -> dict[int, GuardedWrite]:
        """Put some texts in their places; return those whose old text lies beside them and is to be removed."""
        writes: dict[int, GuardedWrite] = {}
        temps: dict[int, FileIO] = {}
        # In three rounds, because what waits for the disk together waits once.
        with ExitStack() as opened:
            for place in places:
                change = changes[place]
                with _noting(refused, place):
                    writes[place] = self._guarded(change)
                    temp = writes[place].prepare(change.before, change.after)
                    if temp is not None:
                        temps[place] = opened.enter_context(temp)
                        start_writing_out(temp.fileno())
            for place, temp in temps.items():
                with _noting(refused, place):
                    writes[place].settle(temp)
        replaced = {}
        for place, write in writes.items():
            if place not in refused:
                with _noting(refused, place):
                    if write.commit(changes[place].before, changes[place].after):
                        replaced[place] = write
        return replaced

    def _guarded(self, change: Change) -> GuardedWrite:
        *folders, name = self._parts_of(change.key)
        label = os.fsdecode(change.key)
        with refusing(label):
            folder = self._folder(folders)
        return GuardedWrite(folder, name, temp_key(change.temp_name), label, change.save)

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


def _finish(replaced: dict[int, GuardedWrite], refused: Refused) -> None:
    for place, write in replaced.items():
        with _noting(refused, place):
            write.finish()


@contextmanager
def _noting(refused: Refused, place: int) -> Iterator[None]:
    """Note why one caption is not written; the others go on."""
    try:
        yield
    except (CutlineError, OSError) as refusal:
        refused[place] = refusal
