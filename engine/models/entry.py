"""One entry of the catalogue: what a TOML file says about one model, read and checked whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from engine.errors import BadSetting, WrongUsage
from engine.models.fit import Fit
from engine.models.tagger import Graph, LabelFile
from engine.models.toml_file import as_struct, read_toml
from engine.settings import nearest

if TYPE_CHECKING:
    from pathlib import Path

ADAPTER_GROUP = "cutline.adapters"
"""The entry-point group in which adapters register, the built-in ones too."""

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


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[weights]`: the files a model needs, in a repository of the Hugging Face Hub or a local folder."""

    files: dict[str, str]
    """Role (model, labels, ...) → path in the repository or folder. Only these are downloaded."""
    repo: str = ""
    """The repository, OWNER/NAME; empty for a local folder."""
    revision: str = "main"
    """A commit, or a branch or tag that is pinned to its commit when it is first pulled."""
    folder: str = ""
    """Absolute path of a local folder, in place of a repository."""
    sha256: dict[str, str] = {}
    """Path → the checksum its content must have, where it is known."""
    terms: str = ""
    """What the licence restricts, in one sentence, shown before a download; empty for permissive licences."""
    gated: bool = False
    """Whether the terms must be accepted on the hub first, and a token sent."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the catalogue says about one model."""

    name: str = ""
    """The name of its file, without .toml; never written in it."""
    adapter: str
    """The name under which its adapter is registered."""
    kind: Literal["tagger", "captioner"]
    summary: str
    licence: str
    revision: str
    """The exact weights, or the version of a formula; another one gives other fingerprints."""
    preprocessing: int
    """Raised when the same picture reaches the same weights in another way."""
    threshold: float | None = None
    """A tagger's default threshold, 0 to 1; None for a captioner."""
    thresholds: dict[str, float] = {}
    """Default thresholds of single categories, 0 to 1."""
    floor: float | None = None
    """The lowest score a tagger keeps, 0 to 1; None for a captioner."""
    picture_px: int = 0
    """The longer side in px that is enough; a picture may be decoded no smaller. 0 for full size."""
    prompt: bool = False
    """Whether it takes a prompt."""
    download_bytes: int = 0
    """The size of its weights; 0 when there are none."""
    environment: str = ""
    """The Python environment it runs in, for libraries that clash with others; empty for cutline's own."""
    patience_seconds: Annotated[float, msgspec.Meta(gt=0)] = 300.0
    """One call of the adapter may take so long; then its worker counts as hung."""
    most_batch: Annotated[int, msgspec.Meta(ge=1)] = 64
    """Pictures given at once to an adapter that takes batches, at most."""
    weights: Weights | None = None
    """The files it needs; None when it needs none."""
    picture: Fit | None = None
    """How pictures are fitted for it; None when it takes them as they are."""
    graph: Graph | None = None
    labels: LabelFile | None = None
    options: dict[str, Option] = {}


def read_entry(file: Path) -> Entry:
    """Read one file of the catalogue.

    Raises:
        BadSetting: It cannot be read, or says something wrong; names file and key.
    """
    values = read_toml(file)
    tables = values.pop("options", {})
    if not isinstance(tables, dict):
        raise BadSetting(f"{file}: options: not a table", "write [options] above them")
    entry = as_struct(values, Entry, file)
    for key in ("threshold", "floor"):
        score = getattr(entry, key)
        if (score is None) == (entry.kind == "tagger") or not 0 <= (score or 0) <= 1:
            raise BadSetting(f"{file}: {key}: a tagger has one from 0 to 1, a captioner has none", "correct it")
    options = {name: as_struct(table, Option, file, f"options.{name}") for name, table in tables.items()}
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
