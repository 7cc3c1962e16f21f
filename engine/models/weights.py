"""Where a model's weights lie: in the Hugging Face cache at a pinned commit, or in a local folder; never the network."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import MissingWeights
from engine.paths import state_dir

if TYPE_CHECKING:
    from engine.models.entry import Entry, Weights

__all__ = ["MissingWeights", "Pin", "commit_of", "files", "identity", "pins", "pins_path", "places", "present"]

_COMMIT = re.compile(r"[0-9a-f]{40}")

_hashed: dict[tuple[str, int, int], str] = {}
"""sha256 of files by path, size and mtime_ns, as long as the process lives."""


class Pin(msgspec.Struct, frozen=True):
    """What a branch or tag was when its weights were pulled."""

    repo: str
    revision: str
    """The branch or tag."""
    commit: str
    """40 hex digits."""


def files(entry: Entry) -> dict[str, Path]:
    """Return the file of every role; none for a model without weights.

    Raises:
        MissingWeights: One is not there; the hint is the command that fetches it.
    """
    found = places(entry)
    missing = [role for role, place in found.items() if place is None]
    if not missing:
        return {role: place for role, place in found.items() if place is not None}
    weights = entry.weights
    assert weights is not None
    if weights.folder:
        raise MissingWeights(
            f"{weights.folder} has no {weights.files[missing[0]]}", "put it there, or correct [weights]"
        )
    raise _not_downloaded(entry)


def places(entry: Entry) -> dict[str, Path | None]:
    """Return the file of every role, None for those that are not there."""
    weights = entry.weights
    if weights is None:
        return {}
    folder = _folder_of(entry, weights)
    found = {role: folder / path if folder is not None else None for role, path in weights.files.items()}
    return {role: place if place is not None and place.is_file() else None for role, place in found.items()}


def present(entry: Entry) -> bool:
    """Say whether all weights are there; without weights they are."""
    try:
        return None not in places(entry).values()
    except OSError:  # a folder that may not be entered
        return False


def identity(entry: Entry) -> str:
    """Name the exact weights: another name means that answers may differ.

    Returns:
        Repository, commit and file names, or for a local folder a sha256 in hex over names and contents; the entry's
        revision where there are no weights.

    Raises:
        MissingWeights: They are not there.
    """
    weights = entry.weights
    if weights is None:
        return entry.revision
    if not weights.folder:
        commit = commit_of(entry)
        if not commit:
            raise _not_downloaded(entry)
        return f"{weights.repo}@{commit} {' '.join(sorted(weights.files.values()))}"
    names = {role: [path.name, sha256_of(path)] for role, path in files(entry).items()}
    return hashlib.sha256(msgspec.json.encode(names, order="sorted")).hexdigest()


def commit_of(entry: Entry) -> str:
    """Return the commit that an entry's weights are pinned to; empty while there is none, and for local folders."""
    weights = entry.weights
    if weights is None or weights.folder:
        return ""
    if is_commit(weights.revision):
        return weights.revision
    pin = pins().get(entry.name)
    return pin.commit if pin and (pin.repo, pin.revision) == (weights.repo, weights.revision) else ""


def is_commit(revision: str) -> bool:
    """Say whether a revision is a whole commit, which cannot move."""
    return _COMMIT.fullmatch(revision) is not None


def pins() -> dict[str, Pin]:
    """Return the pins by model; none where the file is missing or cannot be read, for a pull makes them anew."""
    try:
        return msgspec.json.decode(pins_path().read_bytes(), type=dict[str, Pin])
    except (OSError, msgspec.MsgspecError):
        return {}


def pins_path() -> Path:
    """Name the file of the pins."""
    return state_dir() / "model-pins.json"


def hub_cache() -> Path:
    """Name the folder in which the Hugging Face libraries keep what they download.

    By their rules, without importing them: a model may run where they are not installed.
    """
    said = os.environ.get
    home = said("HF_HOME", os.path.join(said("XDG_CACHE_HOME", "~/.cache"), "huggingface"))  # noqa: PTH118  (text)
    cache = said("HF_HUB_CACHE", said("HUGGINGFACE_HUB_CACHE", os.path.join(home, "hub")))  # noqa: PTH118
    return Path(os.path.expandvars(os.path.expanduser(cache)))  # noqa: PTH111  (in this order, as they do)


def repo_folder(repo: str) -> Path:
    """Name the folder of a repository in that cache."""
    return hub_cache() / f"models--{repo.replace('/', '--')}"


def sha256_of(file: Path) -> str:
    """Return a file's sha256 in hex, read once as long as its size and mtime stay."""
    found = file.stat()
    key = (str(file), found.st_size, found.st_mtime_ns)
    if key not in _hashed:
        with file.open("rb") as opened:
            _hashed[key] = hashlib.file_digest(opened, "sha256").hexdigest()
    return _hashed[key]


def _folder_of(entry: Entry, weights: Weights) -> Path | None:
    """Return the folder that holds the files, there or not; None where it is not known."""
    if weights.folder:
        return Path(weights.folder)
    commit = commit_of(entry)
    return repo_folder(weights.repo) / "snapshots" / commit if commit else None


def _not_downloaded(entry: Entry) -> MissingWeights:
    # The folder is said because an engine may have been started with another HF_HOME than the shell has now.
    return MissingWeights(
        f"{entry.name} is not downloaded: {hub_cache()} does not hold it", f"run: cutline models pull {entry.name}"
    )
