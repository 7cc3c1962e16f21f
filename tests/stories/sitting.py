"""A sitting before the review screen: pressing its keys and reading it as a person does."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events

from tests.tui.screens.seen import codes
from tui import commands
from tui.course.guard import HELD_SECONDS
from tui.screens.review import ReviewScreen
from tui.widgets.caption_diff import CaptionDiff
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.pilot import Pilot

    from engine.review.records import Counts
    from tui.app import CutlineApp

PATIENCE_SECONDS = 60.0
"""What has not come by then never comes; nothing takes so long, but on a busy machine."""
_RESULTS = ("WILL BE WRITTEN", "STAYS AS IT IS")


class Sitting:
    """The app with a person before it."""

    def __init__(self, app: CutlineApp, pilot: Pilot[int]) -> None:
        """Sit down before an app that runs."""
        self.app, self._pilot = app, pilot

    async def settle(self) -> None:
        """Wait until everything asked for is done and drawn."""
        await self._pilot.pause()
        await self.app.until_idle()
        await self._pilot.pause()

    # --- keys -------------------------------------------------------------------------------------------------

    async def press(self, *what: type[commands.Action] | str) -> None:
        """Press keys one after another, commands by their first key, waiting after each until it has done its work."""
        for key in what:
            if self.app.turns.guard.holds:
                await asyncio.sleep(HELD_SECONDS)  # nobody reads a card that changed faster than this
            await self._pilot.press(key if isinstance(key, str) else key.keys[0])
            await self.app.until_idle()
        await self._pilot.pause()

    async def press_amid_work(self, *what: type[commands.Action] | str) -> None:
        """Press keys one after another and wait for nothing: while results stream in the app is seldom idle."""
        for key in what:
            await self._pilot.press(key if isinstance(key, str) else key.keys[0])

    async def press_at_once(self, command: type[commands.Command]) -> None:
        """Press a key on exactly what is shown, before the screen can look at what others did."""
        assert isinstance(self.app.screen, ReviewScreen)
        self.app.screen.action_turn(command.name)
        await self.settle()

    async def write(self, text: str) -> None:
        """Type into the editor."""
        await self.press(*("space" if sign == " " else "comma" if sign == "," else sign for sign in text))

    async def click(self, x: int, y: int, *, shift: bool = False, control: bool = False) -> None:
        """Click on a cell of the screen."""
        await self._pilot.click(offset=(x, y), shift=shift, control=control)
        await self.settle()

    async def click_on(self, text: str) -> None:
        """Click on a text on the screen, at its first cell; where it stands more than once, on the lowest one."""
        if self.app.turns.guard.holds:
            await asyncio.sleep(HELD_SECONDS)  # as for a key
        self.shows(text)
        lines = self.text.splitlines()
        y = max(at for at, line in enumerate(lines) if text in line)
        await self.click(cell_len(lines[y].partition(text)[0]), y)

    async def wheel(self, x: int, y: int, turns: int) -> None:
        """Turn the wheel over a cell of the screen, down, or with a negative number up."""
        event = events.MouseScrollDown if turns > 0 else events.MouseScrollUp
        await self._pilot._post_mouse_events([event] * abs(turns), offset=(x, y))
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        """Give the window another size, in cells."""
        await self._pilot.resize_terminal(width, height)
        await self.settle()

    async def paste(self, text: str) -> None:
        """Paste into the line or the editor that is open."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def hold(self, key: str, times: int) -> None:
        """Send a key many times without waiting, as key repeat does while the app is busy."""
        for _ in range(times):
            self.app.post_message(events.Key(key, key))
        await self.settle()

    async def at_once(self, *keys: str) -> None:
        """Send different keys without waiting, as they come over a line that stalled."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await self.settle()

    async def next_hunk(self) -> None:
        """Go to the next change."""
        await self.press(commands.NextHunk)

    async def leave_out(self, *which: str) -> None:
        """Take changes out of the choice, by their label."""
        card = self.app.turns.card
        assert card is not None
        for label in which:
            for _ in card.hunks:
                if card.hunks[card.cursor].label == label:
                    break
                await self.next_hunk()
            assert card.hunks[card.cursor].label == label
            await self.press(commands.ToggleHunk)

    # --- the screen -------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The whole screen as text."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def sent(self) -> str:
        """Everything that is written to the terminal to show the screen."""
        return codes(self.app)

    @property
    def caption_panel(self) -> list[str]:
        """The lines of the panel with caption, changes and result."""
        region = self.app.screen.query_one(CaptionDiff).region
        strips = self.app.screen._compositor.render_strips()[region.y : region.bottom]
        return [strip.crop(region.x, region.right).text.strip() for strip in strips]

    def result_line(self) -> str:
        """Return the result as it is shown, its lines put together."""
        lines = self.caption_panel
        start = next(at for at, line in enumerate(lines) if line.startswith(_RESULTS))
        return " ".join(line for line in lines[start + 1 :] if line)

    def shows(self, *parts: str) -> None:
        """Check that the screen holds all of these."""
        for part in parts:
            assert part in self.text, f"{part!r} is not on the screen:\n{self.text}"

    def shows_not(self, *parts: str) -> None:
        """Check that the screen holds none of these."""
        for part in parts:
            assert part not in self.text, f"{part!r} is on the screen:\n{self.text}"

    def shows_hunks(self, chosen: Iterable[str], left: Iterable[str] = ()) -> None:
        """Check the changes of the candidate in view, by their labels: which are chosen, which are not."""
        card = self.app.turns.card
        assert card is not None
        marked = card.chosen(card.shown)
        assert [hunk.label for at, hunk in enumerate(card.hunks) if at in marked] == list(chosen)
        assert [hunk.label for at, hunk in enumerate(card.hunks) if at not in marked] == list(left)

    @property
    def typed(self) -> str:
        """What stands in the line that is open."""
        return self.app.screen.query_one(Prompt).text

    @property
    def in_view(self) -> str:
        """The key of the image in view."""
        card = self.app.turns.card
        assert card is not None
        return card.frame.image.key.decode("utf-8", "surrogateescape")

    @property
    def counted_in_queue(self) -> int:
        """How many images the queue holds."""
        return self.app.turns.length

    @property
    def counts(self) -> Counts:
        """What the title counts."""
        return self.app.turns.counts

    # --- what others do ---------------------------------------------------------------------------------------

    async def until(self, true: Callable[[], object], what: str, within: float = PATIENCE_SECONDS) -> float:
        """Wait for something that comes from outside; return how many seconds it took."""
        start = time.monotonic()
        while not true():
            assert time.monotonic() - start < within, f"in vain: {what}\n{self.text}"
            await asyncio.sleep(0.01)
        return time.monotonic() - start

    async def comes_to_show(self, *parts: str, within: float = PATIENCE_SECONDS) -> float:
        """Wait until the screen holds all of these; return how many seconds it took."""
        return await self.until(lambda: all(part in self.text for part in parts), f"{parts} on the screen", within)
