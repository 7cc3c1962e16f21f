"""A TOML file that says something about models, read strictly: an error names the file and the key that is wrong."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from engine.errors import BadSetting
from engine.settings import nearest

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T", bound=msgspec.Struct)


def read_toml(file: Path) -> dict[str, Any]:
    """Read a file named after what it describes.

    Raises:
        BadSetting: It cannot be read, is no TOML, or gives itself a name.
    """
    try:
        values = tomllib.loads(file.read_bytes().decode())
    except OSError as error:
        raise BadSetting(f"{file} cannot be read: {error.strerror}", "give permission to read it") from error
    except ValueError as error:  # what is not UTF-8, and what is not TOML
        raise BadSetting(
            f"{file} is not a TOML file: {error}", 'correct it; TOML writes text in quotes: "text"'
        ) from error
    if "name" in values:
        raise BadSetting(f"{file}: name: it is named after its file", "take the line out")
    return values


def as_struct(values: Any, kind: type[T], file: Path, table: str = "") -> T:
    """Make a struct of a table.

    Args:
        values: The table.
        kind: What to make of it.
        file: Where it stands, for the message.
        table: Its name there; empty for the whole file.

    Raises:
        BadSetting: A key is wrong, missing or unknown.
    """
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        named = re.search(r"(unknown|required) field `(.+)`", reason)
        last = named[2] if named else re.sub(r"^\$\.?|`", "", place.strip("`"))
        key = ".".join(part for part in (table, last) if part)
        if named and named[1] == "unknown":
            known = set(kind.__struct_fields__) - {"name"}
            raise BadSetting(f"{file}: there is no key {key}", nearest(last, known)) from error
        if named:
            raise BadSetting(f"{file}: {key} is missing", "add it") from error
        raise BadSetting(f"{file}: {key}: {reason[:1].lower()}{reason[1:]}", "correct it") from error
