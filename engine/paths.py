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


def config_dir() -> Path:
    """Name the folder of settings, and of the user's own themes, recipes and catalogue entries."""
    return _xdg("XDG_CONFIG_HOME", ".config")


def state_dir() -> Path:
    """Name the folder of the engine's spool, lock, log and address."""
    return _xdg("XDG_STATE_HOME", ".local/state")


def cache_dir() -> Path:
    """Name the folder of what can be made again: previews, the demo."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def runtime_dir() -> Path:
    """Name the folder of the engine's socket: the login's own, else one for this user under `/tmp`."""
    login = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    # A variable carried over by `su` names the folder of somebody else; login managers also delete theirs.
    if login.is_absolute() and login.is_dir() and login.stat().st_uid == os.getuid():
        return login / "cutline"
    return _fallback_runtime_dir()


def socket_path() -> Path:
    """Name the engine's socket: short enough to be bound, and another one for every state folder.

    The state folder holds the spool, and one engine owns one spool: two of them must never share a socket.
    """
    name = f"engine-{_digest(state_dir())[:8]}.sock"
    path = runtime_dir() / name
    return path if len(os.fsencode(path)) <= SOCKET_PATH_BYTES else _fallback_runtime_dir() / name


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


def _fallback_runtime_dir() -> Path:
    """Name this user's folder under `/tmp`: a fixed place, so that every process finds the same one."""
    return Path(f"/tmp/cutline-{os.getuid()}")  # noqa: S108  (`ensure_private` checks who owns it)


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
