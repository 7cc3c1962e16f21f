"""A file for another program: there whole or not at all, and never in the place of a caption or an image."""

from __future__ import annotations

import os
import stat
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from engine.dataset.caption_files import ALLOWED
from engine.dataset.exchange import put
from engine.dataset.folders import sync_folder
from engine.dataset.images import IMAGE_EXTENSIONS
from engine.errors import NotWritable, Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import BinaryIO

STORE_FOLDER = ".cutline"
BUFFER_BYTES = 1 << 20


def free_place(path: Path, extra_extensions: Collection[str], *, replace: bool) -> Path:
    """Return where a file that a person named really comes to lie; links are followed.

    Args:
        path: As it was named.
        extra_extensions: Further endings of captions from the settings, with or without the dot.
        replace: Whether a file that is there may go.

    Raises:
        Refused: A caption or an image could be there, the place is the review store's, or something is there.
        NotWritable: There is no such folder.
    """
    place = Path(os.path.realpath(path))
    extra = (f".{extension.lower().removeprefix('.')}" for extension in extra_extensions)
    endings = (*sorted(ALLOWED), *sorted(IMAGE_EXTENSIONS), *extra)
    for name in (path.name, place.name):
        if name.lower().endswith(endings):
            raise Refused(f"{name} has the name of a caption or an image", "choose another one, such as scores.csv")
    if STORE_FOLDER in place.parts:
        raise Refused(f"{path} lies in the folder of a review store", "choose another one")
    if not place.parent.is_dir():
        raise NotWritable(f"{path} cannot be written: there is no folder {place.parent}", "make it first")
    if place.exists():
        if not place.is_file():
            raise Refused(f"{path} is not a plain file", "choose another one, or - for stdout")
        if not replace:
            raise _taken(path)
    return place


@contextmanager
def written_whole(place: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Open a file under another name, and give it its own when all of it is on disk; otherwise nothing stays.

    Args:
        place: As `free_place` gives it.
        replace: Whether a file that is there goes, which leaves its permissions to the new one.

    Raises:
        Refused: A file came to be there meanwhile.
        NotWritable: The system refuses.
    """
    half = f".cutline-{uuid.uuid4().hex}.tmp"
    try:
        folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb", buffering=BUFFER_BYTES) as file:
                    yield file
                    file.flush()
                    if replace and place.exists():
                        os.fchmod(descriptor, stat.S_IMODE(place.stat().st_mode))
                    os.fsync(descriptor)
                if replace:
                    os.replace(half, place.name, src_dir_fd=folder, dst_dir_fd=folder)
                else:
                    put(folder, os.fsencode(half), os.fsencode(place.name))
                sync_folder(folder)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(half, dir_fd=folder)
        finally:
            os.close(folder)
    except FileExistsError as error:
        raise _taken(place) from error
    except OSError as error:
        raise NotWritable(f"{place} cannot be written: {error.strerror}", "make room or check permissions") from error


def _taken(path: Path) -> Refused:
    return Refused(f"{path} is there already", "--force replaces it")
