"""The images of a dataset: found by walking its folders, without opening one."""

# ruff: noqa: PTH110, PTH112, PTH114, PTH116, PTH118, PTH119, PTH120, PTH122  (keys are bytes, and pathlib knows only text)

from __future__ import annotations

import hashlib
import os
import re
import stat
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from engine.dataset.folders import open_folder, split_key
from engine.errors import Unreadable, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

IMAGE_EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"})
"""In lower case; names are compared without regard to case."""

FIRST_BATCH = 200
"""Images in the first batch, so that a screen has something to show at once."""
BATCH = 5_000

_EXTENSIONS = frozenset(map(os.fsencode, IMAGE_EXTENSIONS))
_REPEATS = re.compile(rb"([0-9]+)_(.*)", re.DOTALL)


class Found(NamedTuple):
    """One image file, as the folder's listing tells it; for a link, size and time are its target's."""

    key: bytes
    """Path relative to the root, `/` between parts."""
    size: int
    mtime_ns: int


def scan(root: bytes | Path, notices: list[str] | None = None, below: bytes = b"") -> Iterator[list[Found]]:
    """Walk a dataset and yield its images in batches, over all batches in the order of their keys' bytes.

    Hidden files and folders are passed over, and so are folders with a review store of their own; links to images are
    followed, links to folders are not.

    Args:
        root: The dataset's folder.
        notices: Filled, while the walk goes on, with a sentence for everything a person might miss.
        below: Only this folder of it: `sub/`; empty for all.

    Raises:
        Unreadable: The folder where the walk begins cannot be listed.
    """
    batch: list[Found] = []
    limit = FIRST_BATCH
    for found in _walk(os.fsencode(root), [] if notices is None else notices, below):
        batch.append(found)
        if len(batch) == limit:
            yield batch
            batch, limit = [], BATCH
    if batch:
        yield batch


def first_images(root: Path, below: bytes = b"") -> list[Found]:
    """Return some images of a folder, at most a batch.

    Raises:
        WrongUsage: It holds none.
        Unreadable: It cannot be listed.
    """
    for batch in scan(root, below=below):
        return batch
    folder = os.path.join(os.fsencode(root), below)
    raise WrongUsage(
        f"{os.fsdecode(folder).rstrip('/')} holds no images", f"images end in {' '.join(sorted(IMAGE_EXTENSIONS))}"
    )


def linked_folders(root: Path, keys: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the real folders outside the root that links among these images lead into, sorted."""
    real = os.path.realpath(os.fsencode(root))
    linked = (path for path in (os.path.join(real, key) for key in keys) if os.path.islink(path))
    folders = {os.path.dirname(os.path.realpath(path)) for path in linked}
    return tuple(sorted(folder for folder in folders if not (folder + b"/").startswith(real + b"/")))


def repeats(key: bytes) -> tuple[int, bytes] | None:
    """Read kohya's `10_name class` from an image's folder: repeats and class; None for any other folder."""
    match = _REPEATS.fullmatch(os.path.basename(os.path.dirname(key)))
    return (int(match[1]), match[2]) if match else None


def caption_key(key: bytes, extension: str = ".txt") -> bytes:
    """Give the key of an image's caption: the same name with another extension."""
    return os.path.splitext(key)[0] + os.fsencode(extension)


def others_of(root: bytes | Path, key: bytes) -> list[bytes]:
    """Return the keys of other images with the same caption: `a.jpg` beside `a.png`."""
    folder, stem = os.fsencode(root), os.path.splitext(key)[0]
    found: list[bytes] = []
    # Asked by name, not by listing: a folder can hold a hundred thousand. Nobody mixes upper and lower case.
    for name in (stem + form(ending) for ending in sorted(_EXTENSIONS) for form in (bytes.lower, bytes.upper)):
        place = os.path.join(folder, name)
        same = name.lower() == key.lower() and _is_same(place, os.path.join(folder, key))
        if name != key and not same and os.path.lexists(place):
            found.append(name)
    return found


def _is_same(one: bytes, other: bytes) -> bool:
    """Say whether two names that differ in case are one file: some file systems make no difference."""
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except OSError:
        return False


def read_digest(root: bytes | Path, key: bytes) -> tuple[bytes, int, int]:
    """Hash an image's content.

    Returns:
        Its sha256, with the size in bytes and the mtime in nanoseconds for which it holds.

    Raises:
        Unreadable: It is missing, no plain file, or changes while being read.
        Unsafe: The key leads out of the dataset.
    """
    *folders, name = split_key(key)
    try:
        folder = open_folder(os.fsencode(root), folders)
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, dir_fd=folder)
        finally:
            os.close(folder)
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise _unreadable(key, "not a plain file")
            digest = hashlib.file_digest(file, "sha256").digest()
            after = os.fstat(descriptor)
    except OSError as error:
        raise _unreadable(key, error.strerror) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise _unreadable(key, "it changed while being read")
    return digest, after.st_size, after.st_mtime_ns


def stat_image(root: bytes | Path, key: bytes) -> Found | None:
    """Look at one image's size and time, as a scan would; None when it is not there."""
    try:
        status = os.stat(os.path.join(os.fsencode(root), key))
    except OSError:
        return None
    return Found(key, status.st_size, status.st_mtime_ns)


def _unreadable(name: bytes, reason: str | None) -> Unreadable:
    return Unreadable(f"{os.fsdecode(name)} cannot be read: {reason}", "look at it and try again")


def _walk(root: bytes, notices: list[str], below: bytes) -> Iterator[Found]:
    levels = [(below, iter(_entries(root, below, notices, is_top=True)))]
    while levels:
        prefix, entries = levels[-1]
        for name, entry in entries:
            key = prefix + name
            if name.endswith(b"/"):
                levels.append((key, iter(_entries(root, key, notices))))
                break
            try:
                status = entry.stat()
            except OSError as error:
                notices.append(f"{os.fsdecode(key)}: cannot be reached: {error.strerror}")
                continue
            if stat.S_ISREG(status.st_mode):
                yield Found(key, status.st_size, status.st_mtime_ns)
            else:
                notices.append(f"{os.fsdecode(key)}: not an image but a folder, pipe or device")
        else:
            levels.pop()


def _entries(
    root: bytes, prefix: bytes, notices: list[str], *, is_top: bool = False
) -> list[tuple[bytes, os.DirEntry[bytes]]]:
    """List a folder's images and folders, sorted; folders end in a slash, which gives the order of whole keys."""
    label = os.fsdecode(prefix)
    listed: list[tuple[bytes, os.DirEntry[bytes]]] = []
    try:
        with os.scandir(os.path.join(root, prefix)) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(b"."):
                    if name == b".cutline" and not is_top and os.path.exists(os.path.join(entry.path, b"review.db")):
                        notices.append(f"{label}: has a review store of its own and is left out; open it by itself")
                        return []
                elif entry.is_dir(follow_symlinks=False):
                    listed.append((name + b"/", entry))
                elif entry.is_symlink() and os.path.isdir(entry.path):
                    notices.append(f"{label}{os.fsdecode(name)}: a link to a folder, not followed; open its target")
                elif name[name.rfind(b".") :].lower() in _EXTENSIONS:
                    listed.append((name, entry))
    except OSError as error:
        if is_top:
            raise _unreadable(os.path.join(root, prefix), error.strerror) from error
        notices.append(f"{label}: cannot be listed: {error.strerror}")
    listed.sort(key=itemgetter(0))
    return listed
