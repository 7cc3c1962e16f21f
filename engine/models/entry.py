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

NEEDED_FILES = {"onnx_tagger": ("model", "labels"), "timm_tagger": ("model", "config", "labels")}
"""Adapter → the roles of the files it needs; such a one needs the tables `[picture]`, `[graph]`, `[labels]`, too."""

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
    kind: Literal["tagger", "captioner", "vocabulary"]
    """What it does; a vocabulary answers nothing, it is only pulled, and is no entry of the catalogue."""
    summary: str
    licence: str
    preprocessing: Annotated[int, msgspec.Meta(ge=0)]
    """Raised when the same picture reaches the same weights in another way."""
    revision: str = ""
    """The version of a formula; another one gives other fingerprints. Empty where `weights` says which they are."""
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


def read_entry(file: Path, folder: str = "") -> Entry:
    """Read one file of the catalogue.

    Args:
        file: Where it is.
        folder: The folder in which its weights lie, for an entry that says nothing of that; empty for the others.

    Raises:
        BadSetting: It cannot be read, or says something wrong; names file and key.
    """
    values = read_toml(file)
    tables = values.pop("options", {})
    if not isinstance(tables, dict):
        raise BadSetting(f"{file}: options: not a table", "write [options] above them")
    entry = as_struct(values, Entry, file)
    if entry.kind == "vocabulary":
        raise BadSetting(f"{file}: kind: a model of the catalogue is a tagger or a captioner", "correct it")
    for key in ("threshold", "floor"):
        score = getattr(entry, key)
        if (score is None) == (entry.kind == "tagger") or not 0 <= (score or 0) <= 1:
            raise BadSetting(f"{file}: {key}: a tagger has one from 0 to 1, a captioner has none", "correct it")
    for category, score in entry.thresholds.items():
        if entry.kind != "tagger" or not 0 <= score <= 1:
            raise BadSetting(f"{file}: thresholds.{category}: a tagger has one from 0 to 1", "correct it")
    if folder and entry.weights is not None:
        weights = msgspec.structs.replace(entry.weights, folder=folder, repo="")
        entry = msgspec.structs.replace(entry, weights=weights)
    _check_tables(entry, file)
    options = {name: as_struct(table, Option, file, f"options.{name}") for name, table in tables.items()}
    for name, option in options.items():
        try:
            options[name] = msgspec.structs.replace(option, default=checked(name, option, option.default))
        except WrongUsage as error:
            raise BadSetting(f"{file}: options.{name}.default: {error.message}", error.hint) from error
    return msgspec.structs.replace(entry, name=file.stem, options=options)


def _check_tables(entry: Entry, file: Path) -> None:
    """Make sure that an entry has what its adapter needs."""
    needed = NEEDED_FILES.get(entry.adapter, ())
    for table in ("weights", "picture", "graph", "labels") if needed else ():
        if getattr(entry, table) is None:
            raise BadSetting(f"{file}: {table} is missing", f"write [{table}]; {entry.adapter} needs it")
    for role in needed:
        if entry.weights is not None and role not in entry.weights.files:
            raise BadSetting(f"{file}: weights.files.{role} is missing", f"name it; {entry.adapter} needs it")
    if entry.weights is not None:
        _check_weights(entry.weights, file)


def _check_weights(weights: Weights, file: Path) -> None:
    """Make sure that weights are somewhere, and that their files are below that."""
    for role, path in weights.files.items():
        if not path or path.startswith("/") or ".." in path.split("/"):
            raise BadSetting(f"{file}: weights.files.{role}: {path!r} is no path below a folder", "correct it")
    for path in weights.sha256:
        if path not in weights.files.values():
            raise BadSetting(f"{file}: weights.sha256: {path} is none of weights.files", "correct it")
    if bool(weights.repo) == bool(weights.folder) or (weights.folder and not weights.folder.startswith("/")):
        raise BadSetting(f"{file}: weights: either repo or an absolute folder", "name one of both")


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
