"""One setting changed in `cutline.toml`: read again, checked whole, and put there in one piece; nothing else is lost."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import tomllib
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from engine import settings
from engine.errors import NotWritable, WrongUsage
from engine.paths import config_dir, ensure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT_SUFFIX = ".before-cutline"
"""What a file with comments is kept under before it is written without them."""


class Changed(NamedTuple):
    """What became of a change."""

    settings: settings.Settings
    """As they are in force from now on."""
    kept: Path | None
    """Where the file is that the person wrote, comments and all; None when nothing of it went."""


def change(key: str, value: object, path: Path | None = None) -> Changed:
    """Set one setting, and write the file.

    TOML is written without the comments that stood in it, so a file that holds any is kept beside the new one. A file
    that changed since anybody read it is read again; another cutline that changes it at the same time waits.

    Args:
        key: `section.name`.
        value: Anything TOML can hold; None takes the setting out, so that its default holds.
        path: The settings file; None for the one in the config folder. It may be a link, and may be absent.

    Raises:
        WrongUsage: The key names no setting.
        BadSetting: The file is not one that could be read, or the value is wrong; nothing is written.
        NotWritable: The system refuses.
    """
    section, _, name = key.partition(".")
    if not name:
        raise WrongUsage(f"`{key}` is no setting", "name it with its section, such as screen.theme")
    named = path or ensure(config_dir()) / settings.FILE_NAME
    file = named.resolve()
    try:
        with _alone_in(file.parent):
            while True:
                old = _read(file)
                values = settings.parsed(named, old or b"")
                settings.checked(named, values)
                _set(values, section, name, value)
                in_force = settings.checked(named, values)
                if (new := _dumped(values)) == old:
                    return Changed(in_force, None)
                kept = _keep(file, old) if old and _has_comments(old.decode()) else None
                if _put(file, new, instead_of=old):
                    return Changed(in_force, kept)
    except OSError as error:
        raise NotWritable(f"{named} cannot be written: {error.strerror}", "make room or check permissions") from error


def _set(values: dict[str, Any], section: str, name: str, value: object) -> None:
    if value is None:
        values.get(section, {}).pop(name, None)
        if not values.get(section, True):
            del values[section]
    else:
        values.setdefault(section, {})[name] = msgspec.to_builtins(value)


def _dumped(values: dict[str, Any]) -> bytes:
    import tomli_w  # noqa: PLC0415  (only who changes a setting pays for it)

    return tomli_w.dumps(values).encode()


def _has_comments(toml: str) -> bool:
    """Say whether a file holds a comment: a # that can go, with the rest of its line, and nothing that is said changes."""
    said = tomllib.loads(toml)
    for found in re.finditer(r"#(?=([^\n]*))", toml):
        with suppress(tomllib.TOMLDecodeError):  # of a # inside a text the text is cut
            if tomllib.loads(toml[: found.start()] + toml[found.end(1) :]) == said:
                return True
    return False


def _keep(file: Path, old: bytes) -> Path:
    """Keep a person's file beside the new one; one that was kept before stays as well."""
    count = 1
    while True:
        place = file.with_name(f"{file.name}{KEPT_SUFFIX}{f'-{count}' if count > 1 else ''}")
        if _read(place) == old or (not os.path.lexists(place) and _put(place, old, instead_of=None, like=file)):
            return place
        count += 1


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _put(file: Path, data: bytes, *, instead_of: bytes | None, like: Path | None = None) -> bool:
    """Put a file there in one piece, with the permissions of the one it replaces; not if another was put there."""
    like = like or file
    if like.exists() and not os.access(like, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    half = file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as written:
            with suppress(FileNotFoundError):
                os.fchmod(descriptor, stat.S_IMODE(like.stat().st_mode))
            written.write(data)
            written.flush()
            os.fsync(descriptor)
        if _read(file) != instead_of:
            return False
        half.replace(file)
        return True
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let no other cutline change the settings meanwhile; put on disk what was changed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # a file system without locks: the last one to write wins, as in any editor
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
