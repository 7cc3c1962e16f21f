"""The list of suggestions beside the editor's cursor."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Offset

from engine.captions.known.suggestion import Suggestion
from tests.tui.screens.seen import codes, lines
from tests.tui.trial import HOSTILE
from tui.widgets.completion import MOST_ROWS, CompletionList

MANY = [Suggestion(f"tag {number}", "general", number, "", "list") for number in range(30)]
HAIR = [
    Suggestion("long hair", "general", 1234, "", "dataset"),
    Suggestion("black hair", "general", 1_500_000, "kurokami", "list"),
    Suggestion("hatsune miku", "character", 90_123, "", "list"),
    Suggestion("solo", "", 0, "", "list"),
]


class Alone(App[int]):
    """An app of one list."""

    def __init__(self) -> None:
        """Start with nothing picked."""
        super().__init__()
        self.picked: list[Suggestion | None] = []

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield CompletionList(lambda: self.picked.append(self.list.chosen))

    @property
    def list(self) -> CompletionList:
        """The list."""
        return self.query_one(CompletionList)


async def test_a_row_says_tag_alias_category_and_count() -> None:
    """Counts of the dataset are exact and marked, those of lists in short; an alias stands before its tag."""
    app = Alone()
    async with app.run_test(size=(60, 12)) as pilot:
        app.list.show_found(HAIR, Offset(3, 2))
        await pilot.pause()
        rows = [line[3:].split() for line in lines(app)[3:7]]
    assert rows == [
        ["⇥long", "hair", "general", "×1,234"],
        ["kurokami", "→", "black", "hair", "general", "1.5M"],
        ["hatsune", "miku", "character", "90k"],
        ["solo"],
    ]


@pytest.mark.parametrize(
    ("cursor", "first"), [(Offset(0, 0), 1), (Offset(70, 3), 4), (Offset(10, 11), 11 - MOST_ROWS), (Offset(10, 9), 1)]
)
async def test_it_stands_beside_the_cursor_and_on_the_screen(cursor: Offset, first: int) -> None:
    """It is below the cursor where there is room, else above it, and never over the line that is typed in."""
    app = Alone()
    async with app.run_test(size=(60, 12)) as pilot:
        app.list.show_found(MANY, cursor)
        await pilot.pause()
        region = app.list.region
        assert region.y == first
        assert region.right <= 60
        assert region.bottom <= 12
        assert not region.y <= cursor.y < region.bottom


async def test_going_through_it_keeps_the_chosen_one_in_view() -> None:
    """Nothing is chosen until somebody goes in; up from the first goes out again; the end is the end."""
    app = Alone()
    async with app.run_test(size=(60, 20)) as pilot:
        app.list.show_found(MANY, Offset(0, 0))
        assert (app.list.entered, app.list.chosen) == (False, MANY[0])
        for step in range(40):
            app.list.move(1)
            await pilot.pause()
            chosen = MANY[min(step, 29)]
            assert (app.list.entered, app.list.chosen) == (True, chosen)
            assert any(line.strip().startswith(chosen.tag) for line in lines(app))
        for _ in range(40):
            app.list.move(-1)
        assert (app.list.entered, app.list.chosen) == (False, MANY[0])


async def test_what_follows_leaves_the_cursor_where_it_is() -> None:
    """Suggestions that are added do not move what is chosen; others begin anew."""
    app = Alone()
    async with app.run_test(size=(60, 20)):
        app.list.show_found(MANY[:3], Offset(0, 0))
        app.list.move(1)
        app.list.move(1)
        app.list.show_found(MANY[:9], Offset(0, 0))
        assert app.list.chosen == MANY[1]
        app.list.show_found(HAIR, Offset(0, 0))
        assert (app.list.entered, app.list.chosen) == (False, HAIR[0])


async def test_a_click_takes_a_suggestion() -> None:
    """The row under the mouse is the one that is taken; without suggestions the list is gone."""
    app = Alone()
    async with app.run_test(size=(60, 20)) as pilot:
        app.list.show_found(MANY, Offset(4, 4))
        await pilot.pause()
        await pilot.click(CompletionList, offset=(3, 2))
        assert app.picked == [MANY[2]]
        app.list.show_found([], Offset(4, 4))
        assert (app.list.is_open, app.list.chosen) == (False, None)


async def test_hostile_tags_are_only_text() -> None:
    """Names, aliases and categories from a file somebody made cannot command the terminal, however wide they are."""
    app = Alone()
    async with app.run_test(size=(60, 20)) as pilot:
        wide = "猫" * 200
        app.list.show_found(
            [Suggestion(text, text, 5, text, "list") for text in (HOSTILE, wide, "\n[/]\n")], Offset(0, 0)
        )
        await pilot.pause()
        sent = codes(app)
        assert max(len(line) for line in lines(app)) <= 60
    for command in ("\x1b]52", "\x1b[2J", "\x9b31m", "\u202e", "\x7f"):
        assert command not in sent
