"""The list of orders over the review screen: what each puts first, the one in force marked."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.screen import ModalScreen

from engine.finding.language import Order
from engine.finding.language.sorting import ORDERS
from tui.actions.finding import ORDERS as OWN
from tui.actions.listing import EVERYWHERE
from tui.keys.keymap import in_force
from tui.screens.help import HelpScreen
from tui.widgets.item_list import ItemList
from tui.widgets.key_hints import KeyHints
from tui.widgets.paint import Line, Span, clip, width_of

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.messages import ItemPicked

ACTIONS = (*OWN, *EVERYWHERE)
NAME_CELLS = 15
SEEDS = 10_000


class OrderList(ItemList[Order]):
    """Draws an order in one line: its name, and what comes first."""

    def __init__(self, now: Order, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty.

        Args:
            now: The order in force, which is marked.
            id: The widget's.
        """
        super().__init__(id=id)
        self._now = now

    def height_of(self, item: Order, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: Order, width: int, *, in_view: bool) -> list[Line]:
        """Paint one order."""
        is_now = item.name == self._now.name
        head = Span("● " if is_now else "  ", self.ink("accent"))
        name = Span(f"{item.text:<{NAME_CELLS}} ", self.ink("name" if in_view or is_now else "text"))
        means = ORDERS[item.name].means
        told = f"turned round: {means}" if item.is_reversed else means
        return [[head, name, Span(clip(told, width - width_of([head, name])), self.ink("muted"))]]


class OrderScreen(ModalScreen["Order | None"]):
    """Asks for an order; None where it was left."""

    CSS_PATH = "../styles/orders.tcss"
    AUTO_FOCUS = ""

    def __init__(self, now: Order) -> None:
        """Prepare.

        Args:
            now: The order in force.
        """
        super().__init__()
        self._now = now
        self._orders = [now if name == now.name else Order(name) for name in ORDERS]
        self._place = [order.name for order in self._orders].index(now.name)
        self._list = OrderList(now, id="orders")
        self._hints = KeyHints(tuple(action for action in ACTIONS if action.hint), id="keys")
        self.keys = in_force(self).keys(ACTIONS)
        self.keys.bind(self._bindings, "press")

    def compose(self) -> ComposeResult:
        """Set the keys under the list."""
        with Vertical(id="order"):
            yield self._list
            yield self._hints

    def on_mount(self) -> None:
        """Show the orders."""
        self._show()

    def action_press(self, name: str) -> None:
        """Do what a key asks for."""
        page, last = max(1, self._list.size.height - 1), len(self._orders) - 1
        moves = {"next": 1, "previous": -1, "page_down": page, "page_up": -page, "first": -last, "last": last}
        if name in moves:
            self._place = max(0, min(self._place + moves[name], last))
            self._show()
        elif name == "reverse_order":
            self._reverse()
        elif name == "choose_order":
            self._choose()
        elif name == "help":
            self.app.push_screen(HelpScreen())
        else:
            self.dismiss(None)

    def _show(self) -> None:
        self._list.show_items(self._orders, self._place, active=True)

    def _reverse(self) -> None:
        order = self._orders[self._place]
        self._orders[self._place] = Order(order.name, not order.is_reversed, order.seed)
        self._show()

    def _choose(self) -> None:
        order = self._orders[self._place]
        if order.name == "random" and (order == self._now or not order.seed):
            # Small enough to be typed again: --sort random:4711.
            order = Order(order.name, order.is_reversed, str(secrets.randbelow(SEEDS)))
        self.dismiss(order)

    def on_item_picked(self, message: ItemPicked) -> None:
        """Choose the order that was clicked."""
        self._place = message.place
        self._choose()
