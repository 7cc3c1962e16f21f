"""Lists of things of several lines: the item under the cursor is whole and in view."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tests.tui.screens.seen import lines
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span


class Numbers(ItemList[int]):
    """Numbers of two lines; under the cursor of three. Each tenth has a heading."""

    def above(self, item: int) -> list[Line]:
        """Return a heading for each tenth."""
        return [[Span(f"from {item}", self.ink("muted"))]] if item and item % 10 == 0 else []

    def height_of(self, item: int, width: int) -> int:
        """Two lines."""
        del item, width
        return 2

    def lines_of(self, item: int, width: int, *, in_view: bool) -> list[Line]:
        """Say the number, that it is so, and under the cursor how wide it is."""
        told = [f"number {item}", "is so", *([f"{width} wide"] if in_view else [])]
        return [[Span(text, self.ink("text"))] for text in told]


class Alone(App[int]):
    """An app of one list."""

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield Numbers()


@pytest.mark.parametrize("count", [3, 1000])
async def test_the_item_under_the_cursor_is_whole_and_in_view(count: int) -> None:
    """Wherever the cursor goes, up or down, its item is seen from its first line to its last."""
    app = Alone()
    async with app.run_test(size=(40, 12)) as pilot:
        shown = app.query_one(Numbers)
        for place in (0, 1, 2, count // 2, count - 1, count // 2, 0):
            shown.show_items(range(count), place, active=True)
            await pilot.pause()
            seen = lines(app)
            at = next(at for at, line in enumerate(seen) if line.startswith("▌"))
            assert [line.rstrip(" █▁▂▃▄▅▆▇") for line in seen[at : at + 3]] == [
                f"▌number {place}",
                "▌is so",
                "▌38 wide",
            ]
            assert sum(line.startswith("▌") for line in seen) == 3


async def test_headings_stand_above_their_item() -> None:
    """A heading is a line of its own, and no part of the item under the cursor."""
    app = Alone()
    async with app.run_test(size=(40, 12)) as pilot:
        app.query_one(Numbers).show_items(range(100), 10, active=True)
        await pilot.pause()
        seen = [line.rstrip(" █▁▂▃▄▅▆▇") for line in lines(app)]
    assert seen[seen.index("▌number 10") - 1] == " from 10"


async def test_without_keys_no_cursor_is_shown() -> None:
    """A list that keys do not go to marks nothing."""
    app = Alone()
    async with app.run_test(size=(40, 12)) as pilot:
        app.query_one(Numbers).show_items(range(100), 0, active=False)
        await pilot.pause()
        assert not any("▌" in line for line in lines(app))


async def test_an_empty_list_says_why() -> None:
    """Where there is nothing, a sentence stands."""
    app = Alone()
    async with app.run_test(size=(40, 12)) as pilot:
        shown = app.query_one(Numbers)
        shown.empty_text = "nothing is here"
        shown.show_items((), 0, active=True)
        await pilot.pause()
        assert lines(app)[0] == " nothing is here"
