"""Where things lie outside a dataset: settings, state, cache, and the engine's socket.

The XDG variables are honoured when they hold an absolute path; a relative one is ignored, as the XDG base
directory specification asks. Functions only name folders; `ensure` and `ensure_private` make them.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from pathlib import Path

from engine.errors import NotWritable, Unsafe, WrongUsage

SOCKET_PATH_BYTES = 103 if sys.platform == "darwin" else 107
"""The longest path a Unix socket can be bound to: the size of `sun_path` less its closing zero."""

_FOR_US_ALONE = 0o700
_OTHERS_WRITE = 0o022


def config_dir() -> Path:
    """Name the folder of settings, and of the user's own themes, recipes and catalogue entries."""
    return _xdg("XDG_CONFIG_HOME", ".config")


def state_dir() -> Path:
    """Name the folder of the engine's spool, lock, log and address."""
    return _xdg("XDG_STATE_HOME", ".local/state")


def cache_dir() -> Path:
    """Name the folder of what can be made again: previews, the demo."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def environments_dir() -> Path:
    """Name the folder of the Python environments that were made for models."""
    return state_dir() / "environments"


def runtime_dir() -> Path:
    """Name the folder of the engine's socket: the login's own, else one for this user under `/tmp`."""
    return _runtime_dirs()[0]


def socket_path() -> Path:
    """Name the place where the engine's socket lies if nothing stands in its way."""
    return socket_paths()[0]


def socket_paths() -> tuple[Path, ...]:
    """Name the places for the engine's socket, best first: short enough to be bound, others for every state folder.

    The state folder holds the spool, and one engine owns one spool: two of them must never share a socket.
    """
    name = f"engine-{_digest(state_dir())[:8]}.sock"
    places = (folder / name for folder in _runtime_dirs())
    return tuple(place for place in places if len(os.fsencode(place)) <= SOCKET_PATH_BYTES)


def dataset_state_dir(root: Path) -> Path:
    """Name the folder that stands in for `.cutline/` where a dataset cannot be written.

    Args:
        root: The dataset's folder; every path that leads to it gives the same answer.
    """
    return state_dir() / "datasets" / _digest(Path(os.path.realpath(root)))[:32]


def ensure(folder: Path) -> Path:
    """Make a folder of ours with all that lead to it, open to nobody else; one that exists stays as it is.

    Raises:
        NotWritable: It cannot be made.
    """
    try:
        # `Path.mkdir(parents=True)` gives its mode to the last folder only.
        for step in reversed([folder, *folder.parents]):
            step.mkdir(_FOR_US_ALONE, exist_ok=True)
    except OSError as error:
        raise NotWritable(
            f"cannot make the folder {folder}: {error.strerror}", "make room or give permission"
        ) from error
    return folder


def ensure_private(folder: Path) -> Path:
    """Make a folder that only this user can enter, and check that it is one: for the socket.

    Raises:
        NotWritable: It cannot be made.
        Unsafe: Something else stands there: a link, another user's folder, or one that others may enter.
    """
    if not folder.is_symlink():
        ensure(folder)
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not ours or stat.S_IMODE(found.st_mode) & ~_FOR_US_ALONE:
        raise Unsafe(
            f"{folder} must be a folder of yours that nobody else can enter",
            "look who made it, then remove it, or correct it with chmod 700",
        )
    return folder


def _runtime_dirs() -> tuple[Path, ...]:
    """Name the folders that may hold the socket, best first; `ensure_private` checks who owns them.

    Anybody may have made the one under `/tmp`, so the state folder has one, too; last, for it may be on a network disk.
    """
    own = (Path(f"/tmp/cutline-{os.getuid()}"), state_dir() / "run")  # noqa: S108  (see above)
    login = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    return (login / "cutline", *own) if login.is_absolute() and _is_ours_to_change(login) else own


def _is_ours_to_change(folder: Path) -> bool:
    """Say whether a folder is there, is ours, and lets nobody else put things into it or take them away.

    A variable carried over by `su` names the folder of somebody else; login managers also delete theirs.
    """
    try:
        found = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & _OTHERS_WRITE


def _xdg(variable: str, under_home: str) -> Path:
    given = Path(os.environ.get(variable, ""))
    if given.is_absolute():
        return given / "cutline"
    try:
        return Path.home() / under_home / "cutline"
    except RuntimeError as error:
        raise WrongUsage("this user has no home folder", f"set HOME or {variable} to an absolute path") from error


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()
