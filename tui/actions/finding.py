"""Actions that say which images the queue holds, in which order, and how many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.action import Command, no_image
from tui.actions.listing import ListCommand, no_item

if TYPE_CHECKING:
    from tui.actions.action import Situation


def _nothing_selected(now: Situation) -> str:
    return "" if len(now.selection) else now.keys.text("nothing is selected; {select} selects this image")


class Filter(Command):
    """Filter the queue."""

    name, group, keys, hint = "filter", "Find", ("slash",), "filter"
    hands_over = True
    help = (
        "Only images that fit, such as tag:cat -flagged or @name; tab completes, ctrl+s keeps it, an empty line ends it"
    )


class Sort(Command):
    """Order the queue."""

    name, group, keys = "order", "Find", ("o",)
    hands_over = True
    help = "Choose in which order images come: by doubt, by tokens, newest, random"


class Limit(Command):
    """Limit the session."""

    name, group, keys = "limit", "Find", ("B",)
    hands_over = True
    help = "Make a session of the next so many images that wait; an empty line brings all back"


class OnlySelected(Command):
    """Show what is selected."""

    name, group, keys = "only_selected", "Find", ("O",)
    hands_over = True
    help = "Only the images that are selected, and all others again"
    why_not = staticmethod(_nothing_selected)


class NextWaiting(Command):
    """Go to the next image that waits."""

    name, group, keys = "next_waiting", "Move", ("w",)
    help = "Go to the next image that waits for a decision"
    why_not = staticmethod(no_image)


class PreviousWaiting(Command):
    """Go to the image before that waits."""

    name, group, keys = "previous_waiting", "Move", ("W",)
    help = "Go to the image before this one that waits for a decision"
    why_not = staticmethod(no_image)


class ChooseOrder(ListCommand):
    """Take the order under the cursor."""

    name, group, keys, hint = "choose_order", "Orders", ("enter", "o"), "choose"
    help = "Put the images in this order; random once more shuffles them anew"
    why_not = staticmethod(no_item)


class ReverseOrder(ListCommand):
    """Turn the order under the cursor round."""

    name, group, keys, hint = "reverse_order", "Orders", ("r", "minus"), "turn round"
    help = "The same order, the last one first"
    why_not = staticmethod(no_item)


ORDERS: tuple[type[ListCommand], ...] = (ChooseOrder, ReverseOrder)
"""What the list of orders understands besides what every list does."""
