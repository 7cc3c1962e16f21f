"""`cutline.toml`: what a person can set, with defaults; read once, checked whole, passed down as values.

The text under a field is its documentation: `sample` and `cutline config show` are made from it.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_type_hints

import msgspec

from engine.errors import BadSetting
from engine.paths import config_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE_NAME = "cutline.toml"
FEW = 30
"""So many known words are all named where none is like the one that was written."""

Minutes = Annotated[float, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Device = Annotated[str, msgspec.Meta(pattern=r"^(cpu|mps|cuda:[0-9]+)$")]
Extension = Annotated[str, msgspec.Meta(pattern=r"^\.[A-Za-z0-9_-]+\Z")]


class Captions(msgspec.Struct, frozen=True):
    """How caption files are read and written."""

    separator: Literal[",", ";", "|", "\n"] = ","
    """What stands between two tags: a comma, a semicolon, | or a line break."""
    extension: Extension = ".txt"
    """What caption files end in where a folder is opened for the first time; later it is a property of the dataset."""
    extra_extensions: tuple[Extension, ...] = ()
    """Endings of caption files allowed besides .txt .caption .tags .cap, each with its dot."""
    vocabularies: tuple[str, ...] = ()
    """Lists of known tags that complete what you type, as CSV: name,category,count,"alias,alias"; relative to this file."""


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


class Tokens(msgspec.Struct, frozen=True):
    """How much of a caption a trainer reads, and how it is counted."""

    clip_blocks: Literal[1, 2, 3] = 1
    """Blocks of 75 tokens that your trainer gives CLIP: 1, 2 or 3 for 75, 150 or 225."""
    t5_limit: Literal[512, 256] = 512
    """Tokens that your trainer gives T5: 512 for Flux, 256 for Flux schnell and SD3."""
    t5: str = ""
    """T5's tokenizer.json or spiece.model, for exact counts of its tokens; empty to estimate them."""


class Settings(msgspec.Struct, frozen=True):
    """All settings in force."""

    captions: Captions = Captions()
    engine: Engine = Engine()
    screen: Screen = Screen()
    pictures: Pictures = Pictures()
    tokens: Tokens = Tokens()
    file: str = ""
    """The file that was read; empty when there is none."""
    given: frozenset[str] = frozenset()
    """What that file sets, as `section.key`."""
    keys: dict[str, str | tuple[str, ...]] = {}
    """The keys of actions, by their names; `preset` names a set to begin with."""
    filters: dict[str, str] = {}
    """Filters kept for later, by the names a person gave them."""


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
    "tokens": Tokens,
}
TABLES = {
    "keys": 'Name an action and its keys: accept = "a", next = ["j", "down"]; preset = "vim" begins with others.',
    "filters": 'Name a filter and what it looks for: small = "width < 512".',
}
"""Sections in which a person names things; how to write in them."""


def load(path: Path | None = None) -> Settings:
    """Read the settings file.

    Args:
        path: The file to read; None for the one in the config folder, which may be absent.

    Raises:
        BadSetting: It cannot be read, is no TOML, or holds an unknown key or a wrong value.
    """
    file = path or config_dir() / FILE_NAME
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        if path is None:
            return Settings()
        raise BadSetting(f"{file} does not exist", "name a settings file that exists") from error
    except OSError as error:
        raise BadSetting(f"{file} cannot be read: {error.strerror}", "give permission to read it") from error
    return checked(file, parsed(file, data))


def parsed(file: Path, data: bytes) -> dict[str, Any]:
    """Read the bytes of a settings file as TOML.

    Raises:
        BadSetting: It is none, or not UTF-8.
    """
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSetting(
            f"{file} is not UTF-8: byte {error.start:,}, in line {line:,}, is 0x{data[error.start]:02x}",
            "save it as UTF-8",
        ) from error
    except ValueError as error:
        raise BadSetting(
            f"{file} is not a TOML file: {error}", 'correct it; TOML writes text in quotes: theme = "name"'
        ) from error


def checked(file: Path, values: dict[str, Any]) -> Settings:
    """Make settings of what a file holds.

    Raises:
        BadSetting: An unknown key or a wrong value.
    """
    given = frozenset(_checked_keys(file, values))
    try:
        return msgspec.convert({**values, "file": str(file), "given": given}, Settings)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        key = re.sub(r"\[.*", "", place.strip("`").removeprefix("$."))
        raise _wrong(file, key, reason) from error


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
    ) + tuple(
        Described(f"{table}.{name}", msgspec.to_builtins(value), settings.file, how)
        for table, how in TABLES.items()
        for name, value in getattr(settings, table).items()
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
    for table, how in TABLES.items():
        lines += ["", f"# {how}", f"[{table}]"]
    return "\n".join([*lines, ""])


def nearest(word: str, known: Iterable[str]) -> str:
    """Advise on a misspelt word: the known one most like it, else all of them, or of many the nearest."""
    known = sorted(known)
    if alike := difflib.get_close_matches(word, known, 1):
        return f"did you mean {alike[0]}?"
    if len(known) <= FEW:
        return f"known: {', '.join(known)}"
    return f"the nearest are {', '.join(difflib.get_close_matches(word, known, 3, 0))}"


def _checked_keys(file: Path, values: dict[str, Any]) -> Iterator[str]:
    """Yield every `section.key` of the file, or name the first one that does not exist."""
    for section, fields in values.items():
        if section in TABLES:
            yield from _checked_table(file, section, fields)
            continue
        if section not in _SECTIONS:
            raise BadSetting(f"{file}: there is no section [{section}]", nearest(section, [*_SECTIONS, *TABLES]))
        known = _SECTIONS[section].__struct_fields__
        for name in fields if isinstance(fields, dict) else ():
            if name not in known:
                raise BadSetting(f"{file}: there is no setting {section}.{name}", nearest(name, known))
            yield f"{section}.{name}"


def _checked_table(file: Path, table: str, entries: object) -> Iterator[str]:
    """Yield every `section.key` of a table whose names are free; each error names its own."""
    kind = get_type_hints(Settings)[table]
    for name, value in entries.items() if isinstance(entries, dict) else ():
        try:
            msgspec.convert({name: value}, kind)
        except msgspec.ValidationError as error:
            raise _wrong(file, f"{table}.{name}", str(error).partition(" - at ")[0]) from error
        yield f"{table}.{name}"


def _wrong(file: Path, key: str, reason: str) -> BadSetting:
    return BadSetting(f"{file}: {key}: {reason[:1].lower()}{reason[1:]}", _help_of(key))


def _help_of(key: str) -> str:
    section, _, name = key.partition(".")
    if name and section in TABLES:
        return TABLES[section]
    helps = dict(_field_docs(_SECTIONS[section])) if section in _SECTIONS else {}
    return helps.get(name, f"write it as a table: [{section}]")


def _field_docs(kind: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """Yield each field's name and the text under it, in order."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(doc))):
                yield name, inspect.cleandoc(doc)
