"""Themes: ours load, a wrong one is named and the rest goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.color import Color

from engine.errors import BadSetting
from engine.settings import Settings
from tui import themes

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "dark = true\n[colours]\n" + "".join(f'{name} = "#102030"\n' for name in themes.Colours.__struct_fields__)


def test_every_theme_of_ours_loads() -> None:
    """All files in themes/ are themes, the default one among them, and so is the one the settings name."""
    found, problems = themes.load()
    assert problems == []
    assert {themes.DEFAULT, Settings().screen.theme, "paper"} <= {theme.name for theme in found}


@pytest.mark.parametrize("name", ["cutline", "paper"])
def test_text_can_be_read(name: str) -> None:
    """Every ink has a contrast of at least 3 to 1 on the ground, text 7 to 1."""
    theme = next(theme for theme in themes.load()[0] if theme.name == name)
    ground = Color.parse(theme.background or "")
    for key in ("foreground", "primary", "accent", "secondary", "success", "warning", "error"):
        ratio = contrast(Color.parse(getattr(theme, key)), ground)
        assert ratio >= (7 if key in {"foreground", "primary"} else 3), (key, ratio)


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of WCAG 2."""

    def luminance(colour: Color) -> float:
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in colour.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("#102030", "reddish", 1), "background"),
        (GOOD + 'shadow = "#000000"\n', "shadow"),
        (GOOD.replace('accent = "#102030"\n', ""), "accent"),
        ("[colours", "own.toml"),
    ],
)
def test_wrong_theme_is_refused_by_name(text: str, says: str) -> None:
    """A colour that is none, an unknown or missing key, and broken TOML are errors that name the place."""
    with pytest.raises(BadSetting, match=says):
        themes.parse("own", text, "own.toml")


def test_own_theme_wins_and_a_broken_one_is_told(home: Path) -> None:
    """A person's theme replaces ours of the same name; a broken one is a notice, not an end."""
    folder = home / ".config" / "cutline" / "themes"
    folder.mkdir(parents=True)
    (folder / "paper.toml").write_text(GOOD)
    (folder / "broken.toml").write_text("[colours]")
    found, problems = themes.load()
    assert next(theme for theme in found if theme.name == "paper").accent == "#102030"
    assert len(problems) == 1
    assert "broken.toml" in problems[0]
