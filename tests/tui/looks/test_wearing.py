"""The looks of an app: themes gone through, written down, and taken in anew when their files change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult

from engine.paths import config_dir, ensure
from engine.settings import load
from tests.tui.looks.test_themes import GOOD
from tui.hand import Hand
from tui.idle import Idle
from tui.looks import themes
from tui.looks.wearing import Looks, write_down
from tui.widgets.paint import Line, Painted, Span

if TYPE_CHECKING:
    from pathlib import Path

    from tui.stage import Tone


READABLE = "[colours]\n" + "".join(
    f'{name} = "{("#00ff00", "#102030")[name in themes.GROUNDS]}"\n' for name in themes.Colours.__struct_fields__
)


class Word(Painted):
    """A widget of one word."""

    DEFAULT_CSS = "Word { height: 1; }"

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint it."""
        del width, height
        return [[Span("word", self.ink("accent"))]]


class Wearer(App[int]):
    """An app with looks."""

    def __init__(self) -> None:
        """Wear nothing yet."""
        super().__init__()
        self.said: list[str] = []
        self.hand = Hand(Idle())
        self.looks = Looks(self, self.hand, self.say)

    def say(self, text: str, _: Tone) -> None:
        """Keep what is said."""
        self.said.append(text)

    def compose(self) -> ComposeResult:
        """Show the widget."""
        yield Word()

    def on_unmount(self) -> None:
        """End the hand's thread."""
        self.hand.rest()

    def colour(self) -> str:
        """Return the colour the word is drawn in on the screen."""
        (segment, *_) = self.screen._compositor.render_strips()[0]
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.color.triplet is not None
        return segment.style.color.triplet.hex


@pytest.fixture
def folder() -> Path:
    """Make the folder of own themes."""
    return ensure(config_dir() / "themes")


async def test_themes_are_gone_through_in_a_circle() -> None:
    """Each press puts on the next theme, all of them once, and the widgets are drawn in it."""
    app = Wearer()
    async with app.run_test() as pilot:
        assert app.looks.begin("cutline") == []
        worn, colours = [app.theme], set()
        for _ in themes.names():
            await pilot.pause()
            colours.add(app.colour())
            await app.looks.handlers["theme"](None)
            worn.append(app.theme)
            assert load().screen.theme == app.theme
    assert worn == [*themes.names(), "cutline"]
    assert len(colours) >= len(themes.names()) - 1


async def test_a_theme_that_is_not_there_is_told(folder: Path) -> None:
    """A misspelt theme in the settings leaves the default on, and the person is told which there are."""
    (folder / "broken.toml").write_text("[colours]")
    app = Wearer()
    async with app.run_test():
        broken, missing = app.looks.begin("papper")
        assert app.theme == themes.DEFAULT
    assert "broken.toml" in broken
    assert "no theme 'papper'" in missing
    assert "paper" in missing


async def test_a_changed_file_is_taken_in(folder: Path) -> None:
    """A theme of the person's own that changes is worn as it is now; a broken one is told once and changes nothing."""
    file = folder / "own.toml"
    file.write_text(GOOD.replace('foreground = "#102030"', 'foreground = "#ffffff"'))
    app = Wearer()
    async with app.run_test() as pilot:
        app.looks.begin("own")
        await pilot.pause()
        assert app.colour() == "#102030"

        file.write_text(READABLE)
        await app.looks.look()
        await pilot.pause()
        assert app.colour() == "#00ff00"
        assert app.said == ["theme own: taken in as it is now"]

        file.write_text("[colours")
        await app.looks.look()
        await app.looks.look()
        file.write_text("[colours  ")
        await app.looks.look()
        await pilot.pause()
        assert app.colour() == "#00ff00"
        (problem,) = app.said[1:]
        assert "own.toml" in problem
        assert "the look stays" in problem
        assert len(problem) < 117, "it is one line of a window of usual width"

        file.write_text(READABLE)
        await app.looks.look()
        assert app.said[2:] == ["themes: what was wrong is mended"]

        file.unlink()
        await app.looks.look()
        await pilot.pause()
        assert app.said[3:] == ["theme own: its file is gone; the look stays until you leave"]
        assert app.colour() == "#00ff00"
        assert app.theme == "own"


async def test_words_that_cannot_be_read_are_told(folder: Path) -> None:
    """A theme is worn as its file says, and an ink that its ground swallows is named, also when it is gone to."""
    file = folder / "aaa.toml"
    file.write_text(READABLE)
    app = Wearer()
    async with app.run_test():
        app.looks.begin("aaa")
        file.write_text(READABLE.replace("#00ff00", "#102030"))
        await app.looks.look()
        told = "accent on background has a contrast of 1.0 to 1, and words need 4.5"
        assert app.said == [f"theme aaa: taken in as it is now; {told}"]
        app.looks.wear(themes.DEFAULT)
        await app.looks.wear_next()
        assert app.said[1:] == [f"theme aaa, also the next time; {told}"]


async def test_a_new_file_is_another_theme(folder: Path) -> None:
    """A theme that comes while the app runs can be gone to; without changes nothing is said."""
    app = Wearer()
    async with app.run_test():
        app.looks.begin("cutline")
        (folder / "zebra.toml").write_text(GOOD)
        await app.looks.look()
        assert "zebra" in app.looks.names()
        assert app.said == []


def test_the_theme_is_written_down() -> None:
    """The settings name the theme from now on, and the person is told, also where their file was kept."""
    assert write_down("paper") == ("theme paper, also the next time", "good")
    assert load().screen.theme == "paper"
    file = config_dir() / "cutline.toml"
    file.write_text("# mine\n")
    assert "kept as cutline.toml.before-cutline" in write_down("studio")[0]
    file.write_text("[scren")
    told, tone = write_down("paper")
    assert "until you leave" in told
    assert tone == "warning"
    assert file.read_text() == "[scren"
