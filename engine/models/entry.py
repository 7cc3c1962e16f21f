"""One entry of the catalogue: what a TOML file says about one model, read and checked whole."""

from __future__ import annotations

import math
import re
import tomllib
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from engine.errors import BadSetting, WrongUsage
from engine.settings import nearest

if TYPE_CHECKING:
    from pathlib import Path

Value = bool | int | float | str

_TYPES: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that can be asked of a model; its type is that of its default."""

    default: Value
    help: str
    min: float | None = None
    """The least number allowed; None for no limit."""
    max: float | None = None
    """The greatest; None for no limit."""
    choices: tuple[str, ...] = ()
    """The words allowed; empty for any text."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the catalogue says about one model."""

    name: str = ""
    """The name of its file, without .toml; never written in it."""
    adapter: str
    """The name under which its adapter is registered in the entry-point group `cutline.adapters`."""
    kind: Literal["tagger", "captioner"]
    summary: str
    licence: str
    revision: str
    """The exact weights, or the version of a formula; another one gives other fingerprints."""
    preprocessing: int
    """Raised when the same picture reaches the same weights in another way."""
    threshold: float | None = None
    """A tagger's default threshold, 0 to 1; None for a captioner."""
    floor: float | None = None
    """The lowest score a tagger keeps, 0 to 1; None for a captioner."""
    picture_px: int = 0
    """The longer side in px that is enough; a picture may be decoded no smaller. 0 for full size."""
    prompt: bool = False
    """Whether it takes a prompt."""
    download_bytes: int = 0
    """The size of its weights; 0 when there are none."""
    options: dict[str, Option] = {}


_Read = TypeVar("_Read", Entry, Option)


def read_entry(file: Path) -> Entry:
    """Read one file of the catalogue.

    Raises:
        BadSetting: It cannot be read, or says something wrong; names file and key.
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
        raise BadSetting(f"{file}: name: a model is named after its file", "take the line out")
    tables = values.pop("options", {})
    if not isinstance(tables, dict):
        raise BadSetting(f"{file}: options: not a table", "write [options] above them")
    entry = _convert(values, Entry, file, "")
    for key in ("threshold", "floor"):
        score = getattr(entry, key)
        if (score is None) == (entry.kind == "tagger") or not 0 <= (score or 0) <= 1:
            raise BadSetting(f"{file}: {key}: a tagger has one from 0 to 1, a captioner has none", "correct it")
    options = {name: _convert(table, Option, file, f"options.{name}") for name, table in tables.items()}
    for name, option in options.items():
        try:
            options[name] = msgspec.structs.replace(option, default=checked(name, option, option.default))
        except WrongUsage as error:
            raise BadSetting(f"{file}: options.{name}.default: {error.message}", error.hint) from error
    return msgspec.structs.replace(entry, name=file.stem, options=options)


def checked(what: str, option: Option, value: object) -> Value:
    """Return a value as the option's type, a whole number as a fraction where one is asked for.

    Args:
        what: The option's name, for the message.
        option: What it must be.
        value: What somebody gave.

    Raises:
        WrongUsage: It does not fit.
    """
    if isinstance(option.default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(option.default) or not isinstance(value, Value):
        raise WrongUsage(f"{what} takes {_TYPES[type(option.default)]}, not {value!r}", option.help)
    if isinstance(value, int | float) and not _within(value, option):
        raise WrongUsage(f"{what} is {value}, and must be {_limits(option)}", option.help)
    if isinstance(value, str) and option.choices and value not in option.choices:
        raise WrongUsage(f"{what} cannot be {value!r}", nearest(value, option.choices))
    return value


def _within(value: float, option: Option) -> bool:
    least, most = option.min, option.max
    return math.isfinite(value) and (least is None or value >= least) and (most is None or value <= most)


def _limits(option: Option) -> str:
    """Say which numbers an option takes."""
    ends = [f"{word} {end:g}" for word, end in (("at least", option.min), ("at most", option.max)) if end is not None]
    return " and ".join(ends) or "finite"


def _convert(values: Any, kind: type[_Read], file: Path, table: str) -> _Read:
    """Make a struct of a table, or name the key that is wrong."""
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
