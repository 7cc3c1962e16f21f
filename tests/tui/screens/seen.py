"""Reading the screen as a person does: lines of text, and every byte that would go to the terminal."""

from __future__ import annotations

import asyncio
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from tui.course.guard import HELD_SECONDS

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

    from tui.app import CutlineApp


def lines(app: App[int]) -> list[str]:
    """Return the screen's lines of text."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def text(app: App[int]) -> str:
    """Return the screen's text."""
    return "\n".join(lines(app))


def codes(app: App[int]) -> str:
    """Return what is written to the terminal to show the screen."""
    console = Console(file=StringIO(), force_terminal=True, color_system="truecolor")
    return "\n".join(strip.render(console) for strip in app.screen._compositor.render_strips())


async def press(pilot: Pilot[int], app: CutlineApp, *keys: str) -> None:
    """Press keys one after another, and wait until what they asked for is done and drawn."""
    for key in keys:
        if app.turns.guard.holds:
            await asyncio.sleep(HELD_SECONDS)  # nobody reads a card that changed faster than this
        await pilot.press(key)
        await app.until_idle()
    await pilot.pause()
