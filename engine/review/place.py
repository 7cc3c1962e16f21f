"""Where a dataset's review store lies, and whether what lies there may be opened."""

from __future__ import annotations

import errno
import os
import shlex
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine import paths
from engine.errors import NotWritable, Unreadable, Unsafe, WrongUsage

STORE_FOLDER = ".cutline"
STORE_FILE = "review.db"
LOCK_FILE = "lock"
LOCAL_FILE_SYSTEMS = frozenset(
    ("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "tmpfs", "overlay", "apfs", "hfs", "exfat")
)
"""Kinds on which SQLite's write-ahead log is safe: shared memory works between processes of one host."""


class Place(msgspec.Struct, frozen=True):
    """A folder that holds `review.db` and the lock."""

    folder: Path
    notices: tuple[str, ...]
    """What the person should know about the choice, one line each."""

    @property
    def store(self) -> Path:
        """The database file."""
        return self.folder / STORE_FILE

    @property
    def lock(self) -> Path:
        """The lock file; created once, never deleted."""
        return self.folder / LOCK_FILE


class Dataset(NamedTuple):
    """A dataset, and the part of it that is opened."""

    root: Path
    """Real path of the folder that holds the store."""
    below: bytes
    """The folder that was named, from there: `sub/`; empty for the whole dataset."""


def dataset_of(folder: Path) -> Dataset:
    """Find the dataset that a folder is, or lies in: the store is looked for upwards.

    Raises:
        WrongUsage: It does not exist, is no folder, or a scan of the dataset it lies in would pass it over.
        Unreadable: It may not be read.
    """
    if not folder.exists():
        raise WrongUsage(f"{folder} does not exist", "name the folder that holds the images")
    if not folder.is_dir():
        raise WrongUsage(f"{folder} is not a folder", "name the folder that holds the images")
    here = folder.resolve()
    if not os.access(here, os.R_OK | os.X_OK):
        raise Unreadable(f"{folder} may not be read", "give yourself permission to read it")
    root = here if has_store(here) else _dataset_above(here) or here
    parts = here.relative_to(root).parts
    if any(part.startswith(".") for part in parts):
        raise WrongUsage(f"{folder} is hidden in the dataset {root}", f"its images are no part of it: cutline {root}")
    return Dataset(root, b"".join(os.fsencode(part) + b"/" for part in parts))


def has_store(root: Path) -> bool:
    """Say whether a folder is a dataset that was opened before: its store is in it, or stands in for that elsewhere."""
    return os.path.isfile(root / STORE_FOLDER / STORE_FILE) or kept_store(root).exists()  # noqa: PTH113  (never raises)


def _dataset_above(here: Path) -> Path | None:
    """Look for a dataset above, as git does: not past the file system, and not in or above HOME."""
    device, home = here.stat().st_dev, Path.home().resolve()
    for folder in here.parents:
        if folder == home or folder in home.parents or folder.stat().st_dev != device:
            return None
        if has_store(folder):
            return folder
    return None


def kept_store(root: Path) -> Path:
    """Name the store that stands in for a dataset's own while that cannot be written."""
    return paths.dataset_state_dir(root) / STORE_FILE


def place_of(root: Path) -> Place:
    """Choose where the store of a dataset lies: beside the images, else in the state folder.

    Raises:
        Unsafe: `.cutline` or a file in it is a link or no plain file.
    """
    own, kept = root / STORE_FOLDER, kept_store(root)
    _refuse_links(own)
    if not _writable(own):
        elsewhere = paths.ensure(kept.parent)
        return Place(elsewhere, (f"{root} cannot be written: decisions are kept in {elsewhere}",))
    if not kept.exists():
        return Place(own, ())
    if (own / STORE_FILE).exists():
        command = f"cutline import {shlex.quote(str(root))} --from store"
        return Place(
            own, (f"decisions made while this folder was read-only lie in {kept}: bring them in with {command}",)
        )
    _bring_home(kept, own / STORE_FILE)
    return Place(own, ("decisions made while this folder was read-only were brought into it",))


def _bring_home(kept: Path, own: Path) -> None:
    """Copy a store that was kept elsewhere into the dataset it belongs to, whole or not at all."""
    half = own.with_suffix(".half")
    half.unlink(missing_ok=True)
    with closing(sqlite3.connect(kept)) as source, closing(sqlite3.connect(half)) as target:
        source.backup(target)
    half.rename(own)
    kept.rename(kept.with_suffix(".brought-home"))


def _writable(folder: Path) -> bool:
    """Make the store's folder if need be, and say whether files can be made in it."""
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
        probe = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        os.close(probe)
    except OSError as refusal:
        if refusal.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            return False
        raise NotWritable(f"{folder} cannot be made: {refusal.strerror}", "make room, or check the disk") from refusal
    return os.access(folder, os.W_OK)


def _refuse_links(folder: Path) -> None:
    """Refuse a store folder that could lead a write out of the dataset."""
    try:
        kind = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(kind.st_mode):
        raise Unsafe(f"{folder} is not a plain folder", "remove it, or move it out of the dataset")
    with os.scandir(folder) as entries:
        strange = [entry.path for entry in entries if entry.is_symlink() or not entry.is_file()]
    if strange:
        raise Unsafe(f"{strange[0]} is not a plain file", "remove it: nothing but cutline's own files belongs there")


def on_local_disk(folder: Path) -> bool:
    """Say whether the file system is known to be local; unknown ones count as network disks."""
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return os.uname().sysname == "Darwin" and not str(folder).startswith("/Volumes/")
    device = folder.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}".encode()
    for line in mounts:
        left, _, right = line.partition(b" - ")
        if left.split()[2] == wanted:
            return right.split()[0].decode() in LOCAL_FILE_SYSTEMS
    # Device numbers of btrfs subvolumes and overlays are not in the table: take the longest mount point instead.
    best, kind = b"", ""
    for line in mounts:
        left, _, right = line.partition(b" - ")
        point = left.split()[4]
        if len(point) >= len(best) and (os.fsencode(folder) + b"/").startswith(point.rstrip(b"/") + b"/"):
            best, kind = point, right.split()[0].decode()
    return kind in LOCAL_FILE_SYSTEMS
