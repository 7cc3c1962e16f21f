"""A screen that is one list: headline, items, a line to type in, status and keys. Tags, history, dry runs are such."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.screen import Screen

from tui.actions.listing import EVERYWHERE
from tui.keys.keymap import in_force
from tui.screens.help import HelpScreen
from tui.widgets.bars import StatusBar
from tui.widgets.headline import Headline, Words
from tui.widgets.key_hints import KeyHints
from tui.widgets.prompt import KEYS, Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.await_complete import AwaitComplete

    from tui.actions.listing import ListCommand
    from tui.messages import ItemPicked
    from tui.stage import Tone
    from tui.widgets.item_list import ItemList

T = TypeVar("T")
R = TypeVar("R")


class ListScreen(Screen[R], Generic[T, R]):
    """Turns keys into handlers by their actions' names; a subclass names its actions and says what its items are."""

    CSS_PATH = Path(__file__).parents[1] / "styles" / "list_screen.tcss"  # whole: it is looked for beside the subclass
    AUTO_FOCUS = ""
    ACTIONS: ClassVar[tuple[type[ListCommand], ...]] = ()
    """The screen's own actions; those of every list come after them."""

    def __init__(self, heading: str, items: ItemList[T], empty: str) -> None:
        """Prepare with an empty list.

        Args:
            heading: What the list is of, raw text.
            items: The widget that draws it.
            empty: What is read while there are no items, raw text.
        """
        super().__init__()
        self._heading = heading
        self._items_shown: Sequence[T] = ()
        self._place = 0
        self._said = False
        self._meanwhile = ""
        """What was said while something is under way, and holds no longer than that."""
        self._title, self.list, self.prompt = Headline(id="title"), items, Prompt(id="prompt")
        self.list.empty_text = empty
        self._actions: tuple[type[ListCommand], ...] = (*self.ACTIONS, *EVERYWHERE)
        self._footer = footer = tuple(action for action in self._actions if action.hint)
        self._status, self._keys = StatusBar(shows_engine=False, id="status"), KeyHints(footer, id="keys")
        self.keys = in_force(self).keys(self._actions)
        self.keys.bind(self._bindings, "press")

    def compose(self) -> ComposeResult:
        """Lay out bars and list."""
        yield self._title
        yield self.list
        yield self._status
        yield self.prompt
        yield self._keys

    def on_mount(self) -> None:
        """Show what is known."""
        self.renew()

    def on_descendant_focus(self) -> None:
        """Show that keys go to the line."""
        self.renew()

    def on_descendant_blur(self) -> None:
        """Show that keys come here again."""
        self.renew()

    # --- what an action can depend on -----------------------------------------------------------------------------

    @property
    def place(self) -> int:
        """Where the cursor stands, from 0."""
        return self._place

    @property
    def length(self) -> int:
        """How many items the list has."""
        return len(self._items_shown)

    @property
    def why_empty(self) -> str:
        """Why nothing can be done with its items while it has none."""
        return "the list is empty"

    @property
    def item(self) -> T | None:
        """The item under the cursor; None where the list is empty."""
        return self._items_shown[self._place] if self._items_shown else None

    # --- keys -----------------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each of the screen's own actions."""
        return {}

    def action_press(self, name: str) -> None:
        """Do what a key asks for, or say why it does nothing."""
        action = next(action for action in self._actions if action.name == name)
        self._said = False
        if reason := action.why_not(self):
            self.say(reason, "warning")
        else:
            page = max(1, self.list.size.height - 1)
            moves = {
                "next": self._place + 1,
                "previous": self._place - 1,
                "page_down": self._place + page,
                "page_up": self._place - page,
                "first": 0,
                "last": self.length - 1,
            }
            if name in moves:
                self.go(moves[name])
            else:
                {"help": self._show_help, "back": self.back, **self.handlers}[name]()
        if not self._said:
            self.say("")
        self.renew()

    def back(self) -> None:
        """Leave without a result."""
        self.dismiss(None)

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """End with a result, and with it what lies over this screen: work may end while help covers it."""
        while self.app.screen is not self:
            self.app.screen.dismiss()
        return super().dismiss(result)

    def _show_help(self) -> None:
        self.app.push_screen(HelpScreen())

    # --- showing --------------------------------------------------------------------------------------------------

    def show_items(self, items: Sequence[T], place: int | None = None) -> None:
        """Show other items.

        Args:
            items: All of them; not copied.
            place: Of the cursor, from 0; None leaves it where it is, or at the end.
        """
        self._items_shown = items
        self.go(self._place if place is None else place)
        self.renew()

    def go(self, place: int) -> None:
        """Move the cursor, at most to the ends."""
        self._place = max(0, min(place, self.length - 1))

    def renew(self) -> None:
        """Show headline, list and keys as they are now."""
        if not self.list.is_attached:  # before it is composed; `is_mounted` comes only after `on_mount`
            return
        self.list.show_items(self._items_shown, self._place, active=not self.prompt.is_open)
        self.renew_bars()

    def renew_bars(self) -> None:
        """Show headline and keys as they are now."""
        self._title.tell(Words("cutline", "accent"), Words(self._heading, "name"), *self.told(), right=self.counted())
        self._keys.show_keys(self.typing_keys if self.prompt.is_open else ())
        self._keys.show_dead(frozenset(action.name for action in self._footer if action.why_not(self)))

    @property
    def typing_keys(self) -> tuple[tuple[str, str], ...]:
        """What the keys do while the line is open, as a person reads them."""
        return KEYS

    def told(self) -> tuple[Words, ...]:
        """Return what else the headline says."""
        return ()

    def counted(self) -> Words:
        """Return what stands at the headline's right edge."""
        return Words(f"{self._place + 1:,}/{self.length:,}" if self.length else "")

    def say_meanwhile(self, text: str) -> None:
        """Say one raw line as long as something is under way."""
        self._meanwhile = text
        self.say(text)

    def renew_meanwhile(self, text: str) -> None:
        """Say how far it is, or nothing once it is over; what else stands there, as why a key did nothing, stays."""
        if self._status.says in ("", self._meanwhile):
            self.say_meanwhile(text)

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line in the status bar."""
        self._said = True
        self._status.say(text, tone)

    def say_also(self, text: str) -> None:
        """Say one more raw line behind the one that stands there."""
        self.say("; ".join(filter(None, (self._status.says, text))), "warning")

    def on_item_picked(self, message: ItemPicked) -> None:
        """Go to the item that was clicked."""
        self.go(message.place)
        self.renew()
