"""Python environments for models whose libraries clash with others: what they are made of, and whether they are made.

One is described by a TOML file named after it, shipped in `catalog/environments/` or put into `environments/` in the
config folder by the person. `making.py` makes them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from engine.errors import BadSetting, WrongUsage
from engine.models import worker_wheel
from engine.models.toml_file import as_struct, read_toml
from engine.paths import config_dir, environments_dir
from engine.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

State = Literal["not made", "half made", "out of date", "ready"]

_SHIPPED = Path(__file__).parent / "catalog" / "environments"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""It becomes a folder's name, and what bears it is removed whole."""


class Environment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an environment is made of."""

    name: str = ""
    """The name of its file, without .toml; never written in it."""
    summary: str
    requirements: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """Lines as pip reads them from a requirements file."""
    python: str = ""
    """The interpreter, a path or a command; empty for the one that runs cutline."""


class Stamp(msgspec.Struct, frozen=True):
    """What an environment was made of; written into it last, so what has none is half made."""

    program: str
    requirements: tuple[str, ...]
    python: str


def _refuse(wrong: BadSetting) -> None:
    raise wrong


def environments(tell: Callable[[BadSetting], object] = _refuse) -> tuple[Environment, ...]:
    """Read all descriptions, in the order of names.

    Args:
        tell: Hears what is wrong with a file, which is then left out.

    Raises:
        BadSetting: A file is wrong, and nobody wants to hear it; names file and key.
    """
    read = []
    for _, file in sorted(_files(tell).items()):
        try:
            read.append(_read(file))
        except BadSetting as wrong:
            tell(wrong)
    return tuple(read)


def find(name: str) -> Environment:
    """Read one description; a fault in another file does no harm.

    Raises:
        WrongUsage: There is none of that name.
        BadSetting: Its file is wrong; names file and key.
    """
    files = _files()
    if name not in files:
        place = config_dir() / "environments"
        raise WrongUsage(
            f"there is no environment {name}", nearest(name, files) if files else f"describe it in {place}/{name}.toml"
        )
    return _read(files[name])


def folder_of(name: str) -> Path:
    """Name the folder of an environment, made or not."""
    return environments_dir() / name


def stamp_path(name: str) -> Path:
    """Name the file whose presence says that an environment is whole."""
    return folder_of(name) / "cutline.json"


def stamp_of(environment: Environment) -> Stamp:
    """Return the stamp that an environment gets when it is made now."""
    return Stamp(worker_wheel.fingerprint(), environment.requirements, environment.python)


def state_of(environment: Environment) -> State:
    """Say whether an environment can be used, and if not, why."""
    if not folder_of(environment.name).exists():
        return "not made"
    try:
        found = msgspec.json.decode(stamp_path(environment.name).read_bytes(), type=Stamp)
        python_in(environment.name).stat()  # leads outside, to an interpreter that may be gone
    except (OSError, msgspec.MsgspecError):
        return "half made"
    return "ready" if found == stamp_of(environment) else "out of date"


def is_ready(name: str) -> bool:
    """Say whether a model that wants this environment can run."""
    return name in _files() and state_of(find(name)) == "ready"


def python_of(name: str) -> Path:
    """Return the interpreter of an environment.

    Raises:
        WrongUsage: There is no such environment, or it must be made first, or made again.
        BadSetting: Its file is wrong; names file and key.
    """
    state = state_of(find(name))
    if state == "ready":
        return python_in(name)
    what = "was made by another cutline or of other requirements" if state == "out of date" else f"is {state}"
    raise WrongUsage(f"the environment {name} {what}", f"run: cutline engine env create {name}")


def python_in(name: str) -> Path:
    """Name the interpreter of an environment, made or not."""
    return folder_of(name) / "bin" / "python"


def _read(file: Path) -> Environment:
    environment = as_struct(read_toml(file), Environment, file)
    return msgspec.structs.replace(environment, name=file.stem)


def _files(tell: Callable[[BadSetting], object] = _refuse) -> dict[str, Path]:
    """Return the file of every name.

    Args:
        tell: Hears what is wrong with a name, which is then left out.

    Raises:
        BadSetting: A name is there twice, or cannot be that of a folder.
    """
    files: dict[str, Path] = {}
    for folder in (_SHIPPED, config_dir() / "environments"):
        for file in sorted(folder.glob("*.toml")):
            if not _NAME.fullmatch(file.stem):
                tell(BadSetting(f"{file}: an environment cannot be called that", "use letters, digits, . _ and -"))
            elif file.stem in files:
                tell(BadSetting(f"{file}: there is an environment {file.stem} already", "give the file another name"))
            else:
                files[file.stem] = file
    return files
