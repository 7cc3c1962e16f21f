"""`cutline.toml`: what a person can set, with defaults; read once, checked whole, passed down as values.

The text under a field is its documentation: `sample` and `cutline config show` are made from it.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec

from engine.errors import BadSetting
from engine.paths import config_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE_NAME = "cutline.toml"

Minutes = Annotated[float, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Device = Annotated[str, msgspec.Meta(pattern=r"^(cpu|mps|cuda:[0-9]+)$")]
Extension = Annotated[str, msgspec.Meta(pattern=r"^\.[A-Za-z0-9_-]+$")]


class Captions(msgspec.Struct, frozen=True):
    """How caption files are read and written."""

    separator: Literal[",", ";", "|", "\n"] = ","
    """What stands between two tags: a comma, a semicolon, | or a line break."""
    extra_extensions: tuple[Extension, ...] = ()
    """Endings of caption files allowed besides .txt .caption .tags .cap, each with its dot."""


class Engine(msgspec.Struct, frozen=True):
    """The background process that runs models."""

    idle_unload_minutes: Minutes = 10
    """A model unused for so long gives its memory back; 0 at once."""
    idle_exit_minutes: Minutes = 30
    """An engine without work for so long ends; 0 as soon as there is none."""
    device: Annotated[str, msgspec.Meta(pattern=r"^(auto|cpu|mps|cuda:[0-9]+)$")] = "auto"
    """Where a job runs that names no device: auto, cpu, mps, cuda:0 and so on; auto is all `devices` together."""
    devices: tuple[Device, ...] = ()
    """Devices that jobs share, a worker process on each; one named twice gets two. Empty for every GPU, else the CPU."""


class Screen(msgspec.Struct, frozen=True):
    """How the review screen looks."""

    theme: str = "cutline"
    """The name of a theme, without .toml."""
    preview: Literal["auto", "symbols", "none"] = "auto"
    """How pictures are drawn: auto, symbols (coloured character cells), or none."""


class Pictures(msgspec.Struct, frozen=True):
    """What pictures are opened."""

    max_megapixels: Annotated[int, msgspec.Meta(ge=1)] = 250
    """A larger picture is not decoded and counts as unreadable: a small file can unpack to fill all memory."""
    decode_seconds: Seconds = 60
    """A picture that takes longer to decode is given up and counts as unreadable."""


class Settings(msgspec.Struct, frozen=True):
    """All settings in force."""

    captions: Captions = Captions()
    engine: Engine = Engine()
    screen: Screen = Screen()
    pictures: Pictures = Pictures()
    file: str = ""
    """The file that was read; empty when there is none."""
    given: frozenset[str] = frozenset()
    """What that file sets, as `section.key`."""


class Described(NamedTuple):
    """One setting as it is in force."""

    key: str
    """`section.key`."""
    value: object
    """As TOML could hold it."""
    origin: str
    """`default`, or the path of the file that sets it."""
    help: str
    """What it means."""


_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "captions": Captions,
    "engine": Engine,
    "screen": Screen,
    "pictures": Pictures,
}


def load(path: Path | None = None) -> Settings:
    """Read the settings file.

    Args:
        path: The file to read; None for the one in the config folder, which may be absent.

    Raises:
        BadSetting: It cannot be read, is no TOML, or holds an unknown key or a wrong value.
    """
    file = path or config_dir() / FILE_NAME
    try:
        values = tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError as error:
        if path is None:
            return Settings()
        raise BadSetting(f"{file} does not exist", "name a settings file that exists") from error
    except OSError as error:
        raise BadSetting(f"{file} cannot be read: {error.strerror}", "give permission to read it") from error
    except ValueError as error:  # what is not UTF-8, and what is not TOML
        raise BadSetting(
            f"{file} is not a TOML file: {error}", 'correct it; TOML writes text in quotes: theme = "name"'
        ) from error
    given = frozenset(_checked_keys(file, values))
    try:
        return msgspec.convert({**values, "file": str(file), "given": given}, Settings)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        key = re.sub(r"\[.*", "", place.strip("`").removeprefix("$."))
        raise BadSetting(f"{file}: {key}: {reason[:1].lower()}{reason[1:]}", _help_of(key)) from error


def describe(settings: Settings) -> tuple[Described, ...]:
    """List every setting in force, in the order of the sample file."""
    return tuple(
        Described(
            key=f"{section}.{name}",
            value=msgspec.to_builtins(getattr(getattr(settings, section), name)),
            origin=settings.file if f"{section}.{name}" in settings.given else "default",
            help=text,
        )
        for section, kind in _SECTIONS.items()
        for name, text in _field_docs(kind)
    )


def sample() -> str:
    """Write a settings file that holds every setting with its default, all commented out."""
    import tomli_w  # noqa: PLC0415  (only who asks for the sample pays for it)

    lines = [f"# {FILE_NAME}: every setting with its default. Remove the # before one to change it."]
    section = ""
    for setting in describe(Settings()):
        here, _, name = setting.key.partition(".")
        if here != section:
            section = here
            lines += ["", f"# {inspect.getdoc(_SECTIONS[section])}", f"[{section}]"]
        lines += [f"# {setting.help}", f"#{tomli_w.dumps({name: setting.value}).strip()}"]
    return "\n".join([*lines, ""])


def nearest(word: str, known: Iterable[str]) -> str:
    """Advise on a misspelt word: the known one most like it, else all of them."""
    known = sorted(known)
    alike = difflib.get_close_matches(word, known, 1)
    return f"did you mean {alike[0]}?" if alike else f"known: {', '.join(known)}"


def _checked_keys(file: Path, values: dict[str, object]) -> Iterator[str]:
    """Yield every `section.key` of the file, or name the first one that does not exist."""
    for section, fields in values.items():
        if section not in _SECTIONS:
            raise BadSetting(f"{file}: there is no section [{section}]", nearest(section, _SECTIONS))
        known = _SECTIONS[section].__struct_fields__
        for name in fields if isinstance(fields, dict) else ():
            if name not in known:
                raise BadSetting(f"{file}: there is no setting {section}.{name}", nearest(name, known))
            yield f"{section}.{name}"


def _help_of(key: str) -> str:
    section, _, name = key.partition(".")
    return dict(_field_docs(_SECTIONS[section])).get(name, f"write it as a table: [{section}]")


def _field_docs(kind: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """Yield each field's name and the text under it, in order."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(doc))):
                yield name, inspect.cleandoc(doc)
