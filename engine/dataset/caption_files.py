"""The only writer of caption files: each write is atomic and guarded, and stays below the dataset's root."""

# ruff: noqa: PTH114, PTH118  (keys are bytes, and pathlib knows only text)

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from engine.dataset.caption_batch import CaptionBatch
from engine.dataset.folders import open_folder, read_plain, split_key, sync_folder
from engine.dataset.guarded_write import temp_key
from engine.dataset.images import IMAGE_EXTENSIONS
from engine.dataset.refusals import refusing
from engine.errors import BadSetting, CutlineError, Unreadable, Unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ALLOWED = frozenset({".txt", ".caption", ".tags", ".cap"})
"""Extensions a caption may have, whatever a review store says."""


class CaptionFiles:
    """The caption files of one dataset, by key: the path relative to the root, as bytes."""

    def __init__(self, root: Path, extra_extensions: Iterable[str] = ()) -> None:
        """Hold the root and the extensions.

        Args:
            root: The dataset's folder; it may be a link itself.
            extra_extensions: Further ones from the person's own settings, with or without the dot.

        Raises:
            BadSetting: One of them is empty, has a slash, or is an image's.
        """
        self._root = os.path.realpath(os.fsencode(root))
        extra = {f".{extension.lower().removeprefix('.')}" for extension in extra_extensions}
        for extension in extra:
            if extension in IMAGE_EXTENSIONS or not re.fullmatch(r"\.[^/\0]*[^/\0.]", extension):
                raise BadSetting(
                    f"{extension!r} cannot be the extension of captions", "name one that no image has, such as .txt"
                )
        self._extensions = tuple(os.fsencode(extension) for extension in sorted(ALLOWED | extra))

    @property
    def root(self) -> bytes:
        """The real path of the dataset's folder."""
        return self._root

    @property
    def extensions(self) -> tuple[str, ...]:
        """What captions may end in, each with its dot."""
        return tuple(map(os.fsdecode, self._extensions))

    def exists(self, key: bytes) -> bool:
        """Say whether anything has a caption's name."""
        return os.path.lexists(os.path.join(self._root, key))

    def allows(self, key: bytes) -> bool:
        """Say whether a key names a caption: a place below the root, and an extension that captions may have."""
        try:
            self._parts(key)
        except Unsafe:
            return False
        return True

    def resolve(self, key: bytes) -> bytes:
        """Give the key of the place where a caption really lies: its own, or that of its link's target.

        Raises:
            Unsafe: It leads out of the dataset, in a circle, or to what is no caption.
        """
        parts = self._parts(key)
        if not self._meets_link(parts):
            return key
        place = os.path.realpath(os.path.join(self._root, key))
        inside = os.path.join(self._root, b"")
        if not place.startswith(inside) or os.path.islink(place):
            raise Unsafe(
                f"{os.fsdecode(key)} leads to {os.fsdecode(place)}, outside the dataset",
                "replace the link by a file of its own, or open the folder that holds both",
            )
        resolved = place[len(inside) :]
        self._parts(resolved)
        return resolved

    def read(self, key: bytes) -> bytes | None:
        """Read a caption; None when there is no file.

        Raises:
            Unsafe: The key is not a caption's, or a link is in the way.
            Unreadable: It is no plain file, or may not be read.
        """
        *folders, name = self._parts(key)
        return self._read(key, folders, name)

    def read_many(self, keys: Iterable[bytes]) -> Iterator[bytes | None]:
        """Read captions wherever they really lie, several times faster where neighbours share a folder.

        Args:
            keys: Not resolved; best in the order of a scan.

        Yields:
            Each caption's bytes; None where there is no file, or none that can be read.
        """
        folder: int | None = None
        opened: list[bytes] = []
        try:
            for key in keys:
                try:
                    *folders, name = self._parts(key)
                    if folder is None or folders != opened:
                        before, folder, opened = folder, open_folder(self._root, folders), folders
                        if before is not None:
                            os.close(before)
                    yield read_plain(folder, name)
                except (CutlineError, OSError):  # behind a link perhaps: the careful way can tell
                    yield self._read_anywhere(key)
        finally:
            if folder is not None:
                os.close(folder)

    def _read_anywhere(self, key: bytes) -> bytes | None:
        try:
            return self.read(self.resolve(key))
        except CutlineError:
            return None

    def at_once(self) -> CaptionBatch:
        """Return a reader and writer of many captions, which opens each folder once; close it soon."""
        return CaptionBatch(self._root, self._parts)

    def leftover(self, key: bytes, temp_name: str) -> bytes | None:
        """Read the temporary file that a write of this caption left when it died; None when there is none."""
        *folders, _ = self._parts(key)
        return self._read(key, folders, temp_key(temp_name))

    def remove_leftover(self, key: bytes, temp_name: str) -> None:
        """Remove that temporary file; its bytes must be in the journal."""
        *folders, _ = self._parts(key)
        with refusing(os.fsdecode(key)):
            folder = open_folder(self._root, folders)
            try:
                with suppress(FileNotFoundError):
                    os.unlink(temp_key(temp_name), dir_fd=folder)
                sync_folder(folder)
            finally:
                os.close(folder)

    def _parts(self, key: bytes) -> list[bytes]:
        parts = split_key(key)
        name = parts[-1].lower()
        if not name.endswith(self._extensions) or name in self._extensions:
            raise Unsafe(
                f"{os.fsdecode(key)} does not have a caption's extension",
                f"captions end in {' '.join(map(os.fsdecode, self._extensions))}; see the settings",
            )
        return parts

    def _read(self, key: bytes, folders: list[bytes], name: bytes) -> bytes | None:
        try:
            folder = open_folder(self._root, folders)
            try:
                return read_plain(folder, name)
            finally:
                os.close(folder)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(
                f"{os.fsdecode(key)} cannot be read: {error.strerror}", "give yourself permission to read it"
            ) from error

    def _meets_link(self, parts: list[bytes]) -> bool:
        try:
            folder = open_folder(self._root, parts[:-1])
        except Unsafe:
            return True
        except OSError:
            return False
        try:
            return stat.S_ISLNK(os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            return False
        finally:
            os.close(folder)
