"""Screens that are one list: moving, saying why not, and the line to type in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App

from tests.tui.screens.seen import codes
from tests.tui.trial import HOSTILE
from tui.actions.listing import ListCommand, no_item
from tui.screens.list_screen import ListScreen
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType


class Words(ItemList[str]):
    """Draws a word in one line."""

    def height_of(self, item: str, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: str, width: int, *, in_view: bool) -> list[Line]:
        """Paint the word."""
        del width, in_view
        return [[Span(item, self.ink("text"))]]


class Find(ListCommand):
    """Ask for a word."""

    name, keys, hint = "find", ("slash",), "find"
    help = "Look for a word"
    why_not = staticmethod(no_item)


class WordScreen(ListScreen[str, str]):
    """Lists words; asks for one."""

    ACTIONS: ClassVar[tuple[type[ListCommand], ...]] = (Find,)

    def __init__(self, words: list[str]) -> None:
        """List some words."""
        super().__init__("words", Words(), "no words here")
        self.words, self.typed = words, list[str]()

    def on_mount(self) -> None:
        """Show them."""
        self.show_items(self.words)

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """Ask for a word."""
        return {"find": lambda: self.prompt.ask("find", "a", self.typed.append, changed=self.typed.append)}


class WordApp(App[int]):
    """Nothing but the screen."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, words: list[str]) -> None:
        """Keep the screen."""
        super().__init__()
        self.words = WordScreen(words)

    def on_mount(self) -> None:
        """Show the screen."""
        self.push_screen(self.words)


async def test_the_cursor_goes_where_keys_send_it() -> None:
    """Keys move the cursor by one, a page or to the ends, and say why they cannot."""
    app = WordApp([f"word {n}" for n in range(100)])
    async with app.run_test(size=(60, 20)) as pilot:
        for key, place in (("j", 1), ("k", 0), ("k", 0), ("G", 99), ("j", 99), ("g", 0), ("pagedown", 15)):
            await pilot.press(key)
            assert app.words.place == place
        await pilot.press("g", "k")
        assert app.words._status.says == "this is the first row"


async def test_an_empty_list_says_so() -> None:
    """What cannot be done without an item is said, and nothing fails."""
    app = WordApp([])
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("j", "slash")
        assert app.words._status.says == "the list is empty"
        assert not app.words.prompt.is_open


async def test_a_line_is_asked_for_and_answered() -> None:
    """Keys go to the line while it is open; enter hands it over, escape does not."""
    app = WordApp(["one"])
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("slash", "j", "j", "enter")
        assert app.words.typed == ["a", "aj", "ajj", "ajj"]
        await pilot.press("slash", "x", "escape", "j")
        assert app.words.typed == ["a", "aj", "ajj", "ajj", "a", "ax"]
        assert not app.words.prompt.is_open


async def test_hostile_text_cannot_leave_the_line() -> None:
    """What is asked about and pasted reaches the terminal as visible signs, and comes back as it was."""
    app = WordApp(["one"])
    async with app.run_test(size=(120, 20)) as pilot:
        app.words.prompt.ask(HOSTILE, HOSTILE, app.words.typed.append)
        await pilot.pause()
        sent = codes(app)
        assert "\x1b]52" not in sent
        assert "\x9b" not in sent
        assert app.words.prompt.text == HOSTILE
