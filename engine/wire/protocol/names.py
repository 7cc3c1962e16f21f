"""Names of files that may not be UTF-8, as JSON can carry them."""

from __future__ import annotations

import base64

import msgspec


class RawName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file name that is not UTF-8."""

    name_b64: str


Name = str | RawName


def to_name(raw: bytes) -> Name:
    """Write a file name as JSON can carry it."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return RawName(base64.b64encode(raw).decode())


def from_name(name: Name) -> bytes:
    """Read a name back as the file system's bytes.

    Raises:
        ValueError: The base64 text is not valid, or the name holds a NUL.
    """
    raw = name.encode() if isinstance(name, str) else base64.b64decode(name.name_b64, validate=True)
    if b"\0" in raw:
        raise ValueError("a name holds a NUL byte")
    return raw
