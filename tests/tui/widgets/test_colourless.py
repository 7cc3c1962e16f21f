"""The screen under NO_COLOR: not one colour is sent, and what colours said is said by signs, weight and reversal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from engine.settings import load
from tests.stories.sitting import Sitting
from tui import commands
from tui.app import CutlineApp
from tui.widgets.colourless import Colourless
from tui.widgets.key_hints import KeyHints
from tui.widgets.picture import PicturePane

if TYPE_CHECKING:
    from tests.tui.trial import Trial

SGR = re.compile(r"\x1b\[([0-9;]*)m")
GROUND = Color(0, 0, 0)


def colours(sent: str) -> list[str]:
    """Return the codes among those sent that set a colour."""
    found = []
    for codes in SGR.findall(sent):
        numbers = [int(code or 0) for code in codes.split(";")]
        if any(30 <= n <= 38 or 40 <= n <= 48 or 90 <= n <= 107 for n in numbers):
            found.append(codes)
    return found


async def test_no_screen_sends_a_colour(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """Review, editor, help and jobs are drawn without colours; with an empty NO_COLOR they have them."""
    trial.image("a.png", "cat, dog").image("b.png", "dog").tags("a.png", cat=0.9, window=0.8)
    monkeypatch.setenv("NO_COLOR", "1")
    async with trial.app().run_test(size=(120, 40)) as pilot:
        assert isinstance(pilot.app, CutlineApp)
        sitting = Sitting(pilot.app, pilot)
        await sitting.settle()
        for keys in ((), (commands.Help,), ("escape", commands.Jobs), ("q", commands.Edit), ("escape",)):
            await sitting.press(*keys)
            assert colours(sitting.sent) == []
    monkeypatch.setenv("NO_COLOR", "")
    async with trial.app().run_test(size=(120, 40)) as pilot:
        assert isinstance(pilot.app, CutlineApp)
        sitting = Sitting(pilot.app, pilot)
        await sitting.settle()
        assert colours(sitting.sent) != []


async def test_a_theme_that_is_not_seen_says_why(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next theme is written down, and the person is told why nothing looks different."""
    monkeypatch.setenv("NO_COLOR", "1")
    trial.image("a.png", "cat")
    async with trial.app().run_test(size=(80, 24)) as pilot:
        assert isinstance(pilot.app, CutlineApp)
        sitting = Sitting(pilot.app, pilot)
        await sitting.settle()
        await sitting.press(commands.Theme)
        sitting.shows(f"! theme {load().screen.theme}, also the next time; NO_COLOR is set and hides it")


async def test_what_colours_said_is_still_said(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The image in view and the change under the cursor are reversed, added text is underlined, dead keys are dim."""
    monkeypatch.setenv("NO_COLOR", "1")
    trial.image("a.png", "cat").image("b.png", "dog").tags("a.png", window=0.8)
    async with trial.app().run_test(size=(120, 40)) as pilot:
        assert isinstance(pilot.app, CutlineApp)
        sitting = Sitting(pilot.app, pilot)
        await sitting.settle()
        segments = [part for strip in pilot.app.screen._compositor.render_strips() for part in strip]

        def styles(word: str) -> list[Style]:
            return [part.style for part in segments if word in part.text and part.style is not None]

        assert any(style.reverse for style in styles("a.png"))
        assert not any(style.reverse for style in styles("b.png"))
        assert any(style.reverse for style in styles("window"))
        assert any(style.underline for style in styles("window"))
        hints = pilot.app.screen.query_one(KeyHints)
        hints.show_dead(frozenset({"reject"}))
        line = [part for strip in hints.render_lines(hints.size.region) for part in strip]
        (dead,), (alive,) = ([part.style for part in line if word in part.text] for word in ("reject", "accept"))
        assert dead is not None
        assert alive is not None
        assert dead.dim
        assert not alive.dim


async def test_a_picture_asked_for_in_spite_of_it_is_grey(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are off under NO_COLOR; asked for by name they are drawn in greys, and the rest stays without."""
    monkeypatch.setenv("NO_COLOR", "1")
    trial.image("a.png", "cat")
    for preview, drawn in (("auto", False), ("symbols", True)):
        async with trial.app(preview).run_test(size=(120, 40)) as pilot:
            assert isinstance(pilot.app, CutlineApp)
            sitting = Sitting(pilot.app, pilot)
            await sitting.settle()
            pane = pilot.app.screen.query_one(PicturePane)
            console = Console(force_terminal=True, color_system="truecolor")
            sent = "".join(strip.render(console) for strip in pane.render_lines(pane.size.region))
            triplets = re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", sent)
            assert bool(triplets) == drawn
            assert all(max(map(int, triplet)) - min(map(int, triplet)) <= 1 for triplet in triplets)


@pytest.mark.parametrize("style", ["bold red", "underline on black", "link https://a.b", "strike"])
def test_all_but_colours_stays(style: str) -> None:
    """Weight, lines and links of a style outlive its colours; its own ground is not reversed."""
    given = Style.parse(style)
    (made,) = Colourless().apply([Segment("x", given)], GROUND)
    assert made.style is not None
    assert made.style.color is made.style.bgcolor is None
    assert (made.style.bold, made.style.underline, made.style.strike) == (given.bold, given.underline, given.strike)
    assert made.style.link == given.link
    assert not made.style.reverse


def test_another_ground_is_reversed() -> None:
    """What stands on another ground than its line is reversed; what was reversed is so no longer."""
    for style, reverse in (("on #333333", True), ("reverse on #333333", False), ("on #000000", None)):
        (made,) = Colourless().apply([Segment("x", Style.parse(style))], GROUND)
        assert made.style is not None
        assert bool(made.style.reverse) == bool(reverse)
