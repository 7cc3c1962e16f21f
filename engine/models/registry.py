"""The catalogue: which models there are, what a step really asks of one, and the one adapter that it needs.

An entry is a TOML file named after its model, shipped in `catalog/` or put into `models/` in the config folder by the
person. Nothing here imports an adapter, numpy or Pillow before `load`.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadSetting, WrongUsage
from engine.models import environments, local_folder, packages, weights
from engine.models.entry import ADAPTER_GROUP, Entry, Option, Value, checked, read_entry
from engine.paths import config_dir
from engine.settings import nearest
from engine.wire.protocol import ResolvedStep, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.models.contract import Adapter

__all__ = [
    "ADAPTER_GROUP",
    "Entry",
    "Option",
    "adapters",
    "entries",
    "entries_and_faults",
    "find",
    "fingerprint",
    "installed",
    "load",
    "resolve",
]


_TABLES = ("picture", "graph", "labels")
"""What an entry says of a tagger; each word of it changes answers."""


def entries() -> tuple[Entry, ...]:
    """Read the whole catalogue, in the order of names.

    Raises:
        BadSetting: A file is wrong; names file and key.
    """
    return tuple(read_entry(file) for _, file in sorted(_files().items()))


def find(name: str) -> Entry:
    """Read one entry; a fault in another file does no harm.

    Args:
        name: Of an entry, or the absolute path of a local folder that holds a model.

    Raises:
        WrongUsage: There is none of that name, or no model that is known in that folder.
        BadSetting: Its file is wrong; names file and key.
    """
    files = _files()
    if name.startswith("/"):
        return local_folder.entry_of(Path(name), _readable(files))
    if name not in files:
        raise WrongUsage(f"there is no model {name}", nearest(name, files))
    return read_entry(files[name])


def adapters() -> frozenset[str]:
    """Name the adapters that are registered, importing none."""
    return frozenset(point.name for point in entry_points(group=ADAPTER_GROUP))


def installed(entry: Entry) -> bool:
    """Say whether a model's adapter, or the environment that holds it, is there; imports nothing."""
    if entry.environment:
        return environments.is_ready(entry.environment)
    if entry.kind == "vocabulary":
        return True
    return entry.adapter in adapters() and not packages.missing(entry)


def load(entry: Entry, device: str) -> Adapter:
    """Import the one adapter that an entry names, and load the model.

    Raises:
        WrongUsage: The adapter is not registered, or needs a package that is not installed.
        CutlineError: What the adapter says.
    """
    registered = adapters()
    if entry.adapter not in registered:
        missing = f"{entry.name} needs the adapter {entry.adapter}, which is not installed"
        hint = nearest(entry.adapter, registered) if registered else "install cutline again"
        raise WrongUsage(missing, _add_to(entry.environment, "the package that registers it", hint))
    (point, *_) = entry_points(group=ADAPTER_GROUP, name=entry.adapter)
    try:
        adapter: type[Adapter] = point.load()
    except ImportError as error:
        needed = error.name or "a package"
        raise WrongUsage(
            f"{entry.name} needs {needed}, which is not installed",
            _add_to(entry.environment, needed, packages.advice(entry) or f"install {needed}"),
        ) from error
    return adapter(entry, device)


def resolve(step: Step) -> ResolvedStep:
    """Say what a step will really do: every option filled in, and the fingerprint of its answers.

    Raises:
        WrongUsage: No such model or option, a value that does not fit, a prompt for a model that takes none, or a model
            whose environment is not made or whose libraries are not installed.
        MissingWeights: Its weights are not here; the hint fetches them.
        BadSetting: The model's catalogue file is wrong.
    """
    entry = find(step.model)
    if step.prompt and not entry.prompt:
        raise WrongUsage(f"{entry.name} takes no prompt", "leave it out")
    for name in step.options:
        if name not in entry.options:
            raise WrongUsage(
                f"{entry.name} has no option {name}", nearest(name, entry.options) if entry.options else ""
            )
    if entry.environment:
        environments.python_of(entry.environment)
    if lacking := packages.missing(entry):
        raise WrongUsage(f"{entry.name} needs {' and '.join(lacking)}, not installed here", packages.advice(entry))
    weights.files(entry)
    options = {
        name: checked(f"{entry.name}: {name}", option, step.options.get(name, option.default))
        for name, option in entry.options.items()
    }
    return ResolvedStep(
        name=step.name,
        model=entry.name,
        kind="tags" if entry.kind == "tagger" else "prose",
        fingerprint=fingerprint(entry, options, step.prompt),
        options=options,
        threshold=entry.threshold,
        floor=entry.floor,
        thresholds=entry.thresholds,
    )


def fingerprint(entry: Entry, options: dict[str, Value], prompt: str, identity: str | None = None) -> str:
    """Hash everything that decides what a model answers for a picture; sha256 in hex.

    Args:
        entry: What the catalogue says of it.
        options: All of them.
        prompt: As it is asked.
        identity: Of the weights that are loaded; None for those that are there now.

    Raises:
        MissingWeights: Its weights are not here.
    """
    said = {
        "model": entry.name,
        "revision": weights.identity(entry) if identity is None else identity,
        "options": options,
        "prompt": prompt,
        "preprocessing": entry.preprocessing,
        "floor": entry.floor,
    }
    said |= {table: getattr(entry, table) for table in _TABLES if getattr(entry, table) is not None}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def _readable(files: dict[str, Path]) -> Iterator[Entry]:
    """Yield every entry whose file is right."""
    for _, file in sorted(files.items()):
        with suppress(BadSetting):
            yield read_entry(file)


def _add_to(environment: str, what: str, otherwise: str) -> str:
    """Advise where something has to be installed: in a model's environment, if it has one."""
    if not environment:
        return otherwise
    return f"add {what} to the requirements of {environment}, then: cutline engine env create {environment}"


def _files() -> dict[str, Path]:
    """Return the file of every name.

    Raises:
        BadSetting: A name is there twice: two models would share one source and one fingerprint.
    """
    files: dict[str, Path] = {}
    for folder in (Path(__file__).parent / "catalog", config_dir() / "models"):
        for file in sorted(folder.glob("*.toml")):
            if file.stem in files:
                raise BadSetting(f"{file}: the catalogue already has a model {file.stem}", "give the file another name")
            files[file.stem] = file
    return files


def entries_and_faults() -> tuple[tuple[Entry, ...], tuple[BadSetting, ...]]:
    """Read the whole catalogue as far as it can be read, in the order of names, and say what is wrong with the rest.

    Raises:
        BadSetting: A name is there twice.
    """
    entries, faults = [], []
    for _, file in sorted(_files().items()):
        try:
            entries.append(read_entry(file))
        except BadSetting as fault:
            faults.append(fault)
    return tuple(entries), tuple(faults)
