"""Downloading a model's weights into the Hugging Face cache: only its files, at a pinned commit, checked.

The cache's own client begins a broken download anew in each process, so the bytes are fetched here, into the file name
that its older releases went on with, and the client is asked to do the rest.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine import paths
from engine.errors import CutlineError, NotWritable, Refused
from engine.models import checking, hub, weights
from engine.models.amounts import size
from engine.models.hub_variables import is_offline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from engine.models.entry import Entry, Weights
    from engine.models.hub import Remote, Watcher

_SHA256_DIGITS = 64


class Plan(NamedTuple):
    """What a pull will do."""

    entry: Entry
    commit: str
    """What the weights are pinned to afterwards."""
    missing: tuple[Remote, ...]
    """What has to come; empty when all is there."""
    here: int
    """Bytes of it that an earlier pull brought."""

    @property
    def left(self) -> int:
        """Bytes that have to come."""
        return sum(remote.size for remote in self.missing) - self.here


def plan(entry: Entry, *, update: bool = False) -> Plan:
    """Ask the hub what has to come; it is not asked when all is there.

    Args:
        entry: A model whose weights lie in a repository.
        update: Follow the branch or tag to where it is now.

    Raises:
        CutlineError: The hub cannot be asked, says no, or has other files than the catalogue wants.
        NotWritable: There is not enough room.
    """
    wanted = entry.weights
    assert wanted is not None
    commit = "" if update else weights.commit_of(entry)
    if commit and weights.present(entry):
        return Plan(entry, commit, (), 0)
    if not commit and is_offline() and (known := _known_offline(wanted)):
        return Plan(entry, known, (), 0)
    revision, remotes = commit or wanted.revision, []
    for path in dict.fromkeys(wanted.files.values()):
        remotes.append(_as_expected(hub.describe(wanted.repo, path, revision), wanted))
        revision = remotes[-1].commit  # so that all are of one commit, also when the branch moves just now
    missing = tuple(remote for remote in remotes if not _place(remote).exists())
    planned = Plan(entry, revision, missing, sum(_bytes_of(_partial(remote)) for remote in missing))
    _look_for_room(planned)
    return planned


def pull(planned: Plan, watch: Watcher) -> None:
    """Download what is missing, check it, and pin the weights to it; interrupted, it is gone on with by the next.

    Args:
        planned: What to do.
        watch: Hears how it goes.

    Raises:
        CutlineError: A file cannot be had, or is not what the hub says it is: then it is removed.
        NotWritable: The cache cannot be written.
        Refused: Another process downloads it.
    """
    try:
        for remote in planned.missing:
            _get(remote, planned.entry, watch)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise NotWritable(
            f"{weights.hub_cache()} cannot be written: {error.strerror or error}",
            "make room, then pull again: what came is kept" if full else "give permission, or set HF_HOME",
        ) from error
    _pin(planned)


def remove(place: Path) -> None:
    """Remove a file from the cache, its name and its content.

    Raises:
        NotWritable: It cannot be removed.
    """
    try:
        if place.is_symlink():
            (place.parent / place.readlink()).unlink(missing_ok=True)
        place.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritable(f"{place} cannot be removed: {error.strerror}", "remove it yourself") from error


def _get(remote: Remote, entry: Entry, watch: Watcher) -> None:
    """Bring one file into the cache, whole and right, under its name."""
    blob, partial = _blob(remote), _partial(remote)
    blob.parent.mkdir(parents=True, exist_ok=True)
    if not (blob.exists() and remote.checksum in _sums(blob, remote, watch)):
        with _alone(partial, remote) as opened:
            hub.fetch(remote, opened, watch)
            opened.flush()
            os.fsync(opened.fileno())
            if remote.checksum not in _sums(partial, remote, watch):
                partial.unlink()
                raise CutlineError(
                    f"{remote.path} of {remote.repo} came with a wrong checksum and is removed",
                    f"run again: cutline models pull {entry.name}",
                )
            partial.replace(blob)
    expected = entry.weights.sha256.get(remote.path, "").lower() if entry.weights else ""
    if expected and expected != checking.sums_of(blob)[0]:
        blob.unlink()
        raise _unexpected(remote)
    hub.link(remote)


def _sums(file: Path, remote: Remote, watch: Watcher) -> tuple[str, str]:
    watch.waits(f"checking {remote.path}")
    sums = checking.sums_of(file)
    watch.waits("")
    return sums


def _unexpected(remote: Remote) -> CutlineError:
    return CutlineError(
        f"{remote.path} of {remote.repo} is not the file that the catalogue wants: its checksum differs",
        "correct weights.revision, or weights.sha256 if the change is meant",
    )


def _as_expected(remote: Remote, wanted: Weights) -> Remote:
    """Refuse what the catalogue knows to be something else, before it is downloaded."""
    expected = wanted.sha256.get(remote.path, "")
    if expected and len(remote.checksum) == _SHA256_DIGITS and expected.lower() != remote.checksum:
        raise _unexpected(remote)
    return remote


@contextmanager
def _alone(file: Path, remote: Remote) -> Iterator[BinaryIO]:
    """Open a part of a file for appending, and keep other processes from it.

    Raises:
        Refused: Another one is at it.
    """
    busy = Refused(f"{remote.path} of {remote.repo} is being downloaded by another process", "wait for it")
    with file.open("ab") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise busy from error
        if not file.exists() or file.stat().st_ino != os.fstat(opened.fileno()).st_ino:
            raise busy  # it has just been finished, and is another file by now
        if opened.tell() > remote.size:
            opened.truncate(0)
            opened.seek(0)
        yield opened


def _look_for_room(planned: Plan) -> None:
    """Look whether what is missing fits on the disk.

    Raises:
        NotWritable: It does not.
    """
    cache = weights.hub_cache()
    folder = next(folder for folder in (cache, *cache.parents) if folder.exists())
    free = shutil.disk_usage(folder).free
    if planned.left > free:
        raise NotWritable(
            f"{planned.entry.name} needs {size(planned.left)}, and the disk of {cache} has {size(free)} free",
            "make room, or set HF_HOME to a folder on another disk",
        )


def _known_offline(wanted: Weights) -> str:
    """Return the commit at which another program has downloaded all files of a branch or tag; empty for none."""
    folder = weights.repo_folder(wanted.repo)
    try:
        commit = (folder / "refs" / wanted.revision).read_text().strip()
    except OSError:
        return ""
    there = all((folder / "snapshots" / commit / path).is_file() for path in wanted.files.values())
    return commit if weights.is_commit(commit) and there else ""


def _pin(planned: Plan) -> None:
    """Remember which commit a branch or tag stands for."""
    wanted, name = planned.entry.weights, planned.entry.name
    assert wanted is not None
    if weights.is_commit(wanted.revision) or weights.commit_of(planned.entry) == planned.commit:
        return
    file = weights.pins_path()
    paths.ensure(file.parent)
    pin = weights.Pin(wanted.repo, wanted.revision, planned.commit)
    with file.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        new = file.with_suffix(".new")
        new.write_bytes(msgspec.json.format(msgspec.json.encode({**weights.pins(), name: pin}, order="sorted")))
        new.replace(file)


def _blob(remote: Remote) -> Path:
    return weights.repo_folder(remote.repo) / "blobs" / remote.checksum


def _partial(remote: Remote) -> Path:
    return _blob(remote).with_name(f"{remote.checksum}.incomplete")


def _place(remote: Remote) -> Path:
    return weights.repo_folder(remote.repo) / "snapshots" / remote.commit / remote.path


def _bytes_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
