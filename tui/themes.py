"""Themes: one TOML file each, ours in `themes/`, the person's in their config folder; every colour is checked."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
from textual.color import Color, ColorParseError
from textual.theme import Theme

from engine.errors import BadSetting
from engine.paths import config_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT = "cutline"


class Colours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a theme names; all other shades are derived from these."""

    background: str
    """Behind everything."""
    surface: str
    """Behind the picture, the status line and the footer."""
    panel: str
    """Behind what is selected."""
    foreground: str
    """Text."""
    primary: str
    """Names and headings."""
    accent: str
    """Keys, the cursor, what waits."""
    secondary: str
    """Scores."""
    success: str
    """What is added, what is accepted."""
    warning: str
    """What wants a second look."""
    error: str
    """What is removed, what is rejected, what failed."""


class ThemeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One theme as its file says it."""

    colours: Colours
    dark: bool = True
    """Whether light text stands on a dark ground."""


def parse(name: str, text: str, place: str) -> Theme:
    """Make a theme of a TOML file's text.

    Args:
        name: What the theme is called.
        text: The file's content.
        place: The file, for errors.

    Raises:
        BadSetting: It is no TOML, lacks a colour, holds an unknown key, or a colour that is none.
    """
    try:
        theme = msgspec.convert(tomllib.loads(text), ThemeFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as wrong:
        raise BadSetting(f"{place}: {wrong}", f"a theme has [colours] {' '.join(Colours.__struct_fields__)}") from wrong
    colours = msgspec.structs.asdict(theme.colours)
    for key, value in colours.items():
        try:
            Color.parse(value)
        except ColorParseError as wrong:
            raise BadSetting(f"{place}: colours.{key}: {value!r} is no colour", "write it as #rrggbb") from wrong
    return Theme(name=name, dark=theme.dark, **colours)


def load() -> tuple[list[Theme], list[str]]:
    """Return every theme that can be used, a person's own over ours of the same name, and what is wrong with others."""
    themes: dict[str, Theme] = {}
    problems: list[str] = []
    for name, text, place in _sources():
        try:
            themes[name] = parse(name, text, place)
        except BadSetting as wrong:
            problems.append(str(wrong))
    return list(themes.values()), problems


def _sources() -> Iterator[tuple[str, str, str]]:
    """Yield name, text and place of every theme file, ours first."""
    for ours in sorted(files("themes").iterdir(), key=lambda file: file.name):
        if ours.name.endswith(".toml"):
            yield ours.name.removesuffix(".toml"), ours.read_text("utf-8"), f"themes/{ours.name}"
    for own in sorted((config_dir() / "themes").glob("*.toml")):
        try:
            yield own.stem, own.read_text("utf-8", "replace"), str(own)
        except OSError as refused:
            yield own.stem, "", f"{own} ({refused.strerror})"
