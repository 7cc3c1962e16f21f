"""Themes: one TOML file each, ours in `themes/`, the person's in their config folder; every colour is checked."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated

import msgspec
from textual.color import Color, ColorParseError
from textual.theme import Theme

from engine.errors import BadSetting
from engine.paths import config_dir
from tui.looks.contrast import LEAST, contrast, faintest, on_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    contrast: Annotated[float, msgspec.Meta(ge=1, le=21)] = LEAST
    """The contrast that words in the fainter inks have at least, on every ground; 7 for high contrast."""


GROUNDS = ("background", "surface", "panel")
"""What words stand on."""
INKS = tuple(name for name in Colours.__struct_fields__ if name not in GROUNDS)
"""What words are written in; fainter ones are made of `foreground`."""
MUTED, FAINT = "text-muted", "text-disabled"
"""Textual's names of the fainter inks."""


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
    except tomllib.TOMLDecodeError as wrong:
        raise BadSetting(f"{place}: {wrong}", "correct it") from wrong
    except msgspec.ValidationError as wrong:
        reason, _, at = str(wrong).partition(" - at `$.")
        table = at.strip("`") or "theme"
        raise BadSetting(f"{place}: {table}: {reason[:1].lower()}{reason[1:]}", "correct it") from wrong
    colours = msgspec.structs.asdict(theme.colours)
    for key, value in colours.items():
        try:
            solid = Color.parse(value).a == 1
        except ColorParseError as wrong:
            raise BadSetting(f"{place}: colours.{key}: {value!r} is no colour", "write it as #rrggbb") from wrong
        if not solid:
            raise BadSetting(f"{place}: colours.{key}: {value!r} lets others through", "write it as #rrggbb")
    return Theme(name=name, dark=theme.dark, variables=_fainter_inks(theme), **colours)


def _fainter_inks(theme: ThemeFile) -> dict[str, str]:
    """Make the inks for what matters less: as faint as words may be, and halfway there."""
    ink = Color.parse(theme.colours.foreground)
    grounds = [Color.parse(getattr(theme.colours, name)) for name in GROUNDS]
    full = on_all(ink, grounds)
    least = min(theme.contrast, full)
    halfway = max(least, (least * full) ** 0.5)
    return {MUTED: faintest(ink, grounds, halfway).hex, FAINT: faintest(ink, grounds, least).hex}


def least_contrast(theme: Theme) -> tuple[float, str]:
    """Return the lowest contrast that words have in a theme, and which ink on which ground has it."""
    inks = {name: Color.parse(getattr(theme, name)) for name in INKS}
    inks |= {"muted": Color.parse(theme.variables[MUTED]), "faint": Color.parse(theme.variables[FAINT])}
    return min(
        (contrast(ink, Color.parse(getattr(theme, ground))), f"{name} on {ground}")
        for name, ink in inks.items()
        for ground in GROUNDS
    )


def hard_to_read(theme: Theme) -> str:
    """Say which words of a theme can hardly be read; empty where all can."""
    least, where = least_contrast(theme)
    return "" if least >= LEAST else f"{where} has a contrast of {least:.1f} to 1, and words need {LEAST}"


def names() -> list[str]:
    """Name every theme that can be used, the default first."""
    return sorted((theme.name for theme in load()[0]), key=lambda name: (name != DEFAULT, name))


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
    for own in sorted(own_folder().glob("*.toml")):
        try:
            yield own.stem, own.read_text("utf-8", "replace"), f"themes/{own.name}"
        except OSError as refused:
            yield own.stem, "", f"themes/{own.name} ({refused.strerror})"


def own_folder() -> Path:
    """Name the folder of a person's own themes; it need not exist."""
    return config_dir() / "themes"
