"""Themes: ours load, a wrong one is named and the rest goes on."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult
from textual.color import Color

from engine.errors import BadSetting
from engine.settings import Settings
from tui.looks import themes
from tui.looks.contrast import contrast, linear
from tui.widgets.paint import INKS, Line, Painted

if TYPE_CHECKING:
    from pathlib import Path

    from textual.theme import Theme

GOOD = "dark = true\n[colours]\n" + "".join(f'{name} = "#102030"\n' for name in themes.Colours.__struct_fields__)


OURS = {theme.name: theme for theme in themes.load()[0]}
EVERYBODYS = ("distinct", "distinct-light")
"""Themes that are safe whatever a person's colour vision."""

SIGHT = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""What linear light becomes for an eye that lacks one kind of cone, after Machado, Oliveira and Fernandes (2009)."""


def test_every_theme_of_ours_loads() -> None:
    """All files in themes/ are themes: at least six, dark and light, the default one and that of the settings."""
    found, problems = themes.load()
    assert problems == []
    assert {themes.DEFAULT, Settings().screen.theme, "paper", *EVERYBODYS} <= {theme.name for theme in found}
    assert len(found) >= 6
    assert {theme.dark for theme in found} == {True, False}
    assert themes.names()[0] == themes.DEFAULT
    assert set(themes.names()) == {theme.name for theme in found}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_ink_can_be_read_on_every_ground(name: str) -> None:
    """Words in any ink have a contrast of at least 4.5 to 1 on whatever they stand on, in high contrast 7 to 1."""
    theme = OURS[name]
    inks = {key: getattr(theme, key) for key in themes.INKS}
    inks |= {key: theme.variables[key] for key in (themes.MUTED, themes.FAINT)}
    for ground in themes.GROUNDS:
        for key, ink in inks.items():
            ratio = contrast(Color.parse(ink), Color.parse(getattr(theme, ground)))
            assert ratio >= (7 if name.startswith("contrast") else 4.5), (key, ground, ratio)
    assert themes.least_contrast(theme)[0] >= 4.5


@pytest.mark.parametrize("name", sorted(OURS))
async def test_the_inks_on_the_screen_are_those_that_were_checked(name: str) -> None:
    """Whatever ink a widget writes words in, its colour on the screen keeps the contrast on every ground."""
    app = Wearing(OURS[name])
    async with app.run_test():
        painted = app.query_one(Painted)
        for ink in INKS:
            colour = painted.ink(ink).color
            assert colour is not None
            for ground in themes.GROUNDS:
                on = Color.parse(getattr(OURS[name], ground))
                if ink != "track":  # the empty part of a bar: no words
                    assert contrast(Color.from_rich_color(colour), on) >= 4.5, (ink, ground)


class Wearing(App[int]):
    """An app of one widget in one theme."""

    def __init__(self, theme: Theme) -> None:
        """Put the theme on."""
        super().__init__()
        self.register_theme(theme)
        self.theme = theme.name

    def compose(self) -> ComposeResult:
        """Show the widget."""
        yield Blank()


class Blank(Painted):
    """A widget without words."""

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint nothing."""
        del width, height
        return []


@pytest.mark.parametrize("name", sorted(OURS))
def test_grounds_do_not_tint_the_picture(name: str) -> None:
    """What stands around a picture is nearly grey, and fainter inks lie between text and ground."""
    theme = OURS[name]
    for ground in ("background", "surface"):
        rgb = Color.parse(getattr(theme, ground)).rgb
        assert max(rgb) - min(rgb) <= 15
    on = Color.parse(theme.background or "")
    inks = [theme.foreground or "", theme.variables[themes.MUTED], theme.variables[themes.FAINT]]
    ratios = [contrast(Color.parse(ink), on) for ink in inks]
    assert ratios == sorted(ratios, reverse=True)
    assert len(set(ratios)) == 3


@pytest.mark.parametrize("name", EVERYBODYS)
@pytest.mark.parametrize("sight", SIGHT)
def test_what_matters_stays_apart_for_every_eye(name: str, sight: str) -> None:
    """What is added, removed, warned of, the cursor and plain text differ plainly for every kind of colour vision."""
    theme = OURS[name]
    inks = ("success", "error", "accent", "warning", "foreground")
    seen = {ink: as_seen(Color.parse(getattr(theme, ink)), sight) for ink in inks}
    for one, other in itertools.combinations(inks, 2):
        assert math.dist(seen[one], seen[other]) >= 20, (one, other)


def test_the_simulated_eye_cannot_tell_red_from_green() -> None:
    """The check can fail: red and green of the same lightness are one colour without the green cones."""
    red, green = Color(190, 105, 60), Color(125, 140, 62)
    assert math.dist(as_seen(red, "usual"), as_seen(green, "usual")) > 40
    assert math.dist(as_seen(red, "deuteranopia"), as_seen(green, "deuteranopia")) < 20


def as_seen(colour: Color, sight: str) -> tuple[float, float, float]:
    """Return a colour in CIE Lab (D65), where 1 is just noticeable, as a kind of eye sees it."""
    light = [linear(part) for part in colour.normalized]
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, light, strict=True)), 0), 1) for row in SIGHT[sight])
    whites = (0.95047, 1.0, 1.08883)
    xyz = (
        0.4124 * red + 0.3576 * green + 0.1805 * blue,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        0.0193 * red + 0.1192 * green + 0.9505 * blue,
    )
    x, y, z = (
        (c / w) ** (1 / 3) if c / w > 0.008856 else 7.787 * c / w + 16 / 116 for c, w in zip(xyz, whites, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("#102030", "reddish", 1), "background"),
        (GOOD.replace("#102030", "#10203080", 1), "background"),
        ("contrast = 0\n" + GOOD, "contrast"),
        (GOOD + 'shadow = "#000000"\n', "shadow"),
        (GOOD.replace('accent = "#102030"\n', ""), "accent"),
        ("[colours", "own.toml"),
        ("dark = true", "own.toml: theme: object missing required field `colours`"),
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
