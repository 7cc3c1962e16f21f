"""Actions of every screen that is one list: moving in it, help, and back to where one came from."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from tui.actions.action import Action


class ListSituation(Protocol):
    """What an action on a list can depend on."""

    @property
    def place(self) -> int:
        """Where the cursor stands, from 0."""

    @property
    def length(self) -> int:
        """How many items the list has."""

    @property
    def why_empty(self) -> str:
        """Why nothing can be done with its items while it has none."""


class ListCommand(Action):
    """One action of a list."""

    group: ClassVar[str] = "In every list"

    @staticmethod
    def why_not(now: Any) -> str:  # noqa: ARG004  (most actions ask; each list has a situation of its own)
        """Say why it does nothing now; empty when it does something."""
        return ""


def no_item(now: ListSituation) -> str:
    """Say that there is nothing under the cursor; empty where there is something."""
    return "" if now.length else now.why_empty


def _no_next(now: ListSituation) -> str:
    return no_item(now) or ("" if now.place < now.length - 1 else "this is the last row")


def _no_previous(now: ListSituation) -> str:
    return no_item(now) or ("" if now.place > 0 else "this is the first row")


class Next(ListCommand):
    """Go down."""

    name, keys = "next", ("j", "down")
    help = "Go to the next row"
    why_not = staticmethod(_no_next)


class Previous(ListCommand):
    """Go up."""

    name, keys = "previous", ("k", "up")
    help = "Go to the previous row"
    why_not = staticmethod(_no_previous)


class PageDown(ListCommand):
    """Go down a page."""

    name, keys = "page_down", ("pagedown", "ctrl+f")
    help = "Go down by a page"
    why_not = staticmethod(_no_next)


class PageUp(ListCommand):
    """Go up a page."""

    name, keys = "page_up", ("pageup", "ctrl+b")
    help = "Go up by a page"
    why_not = staticmethod(_no_previous)


class First(ListCommand):
    """Go to the first row."""

    name, keys = "first", ("g", "home")
    help = "Go to the first row"
    why_not = staticmethod(no_item)


class Last(ListCommand):
    """Go to the last row."""

    name, keys = "last", ("G", "end")
    help = "Go to the last row"
    why_not = staticmethod(no_item)


class Help(ListCommand):
    """Show all keys."""

    name, keys, hint = "help", ("question_mark",), "help"
    help = "Show the list of keys"


class Back(ListCommand):
    """Return to where one came from."""

    name, keys, hint = "back", ("q", "escape"), "back"
    help = "Return to where you came from"


EVERYWHERE: tuple[type[ListCommand], ...] = (Next, Previous, PageDown, PageUp, First, Last, Help, Back)
"""What every list understands; a screen puts its own actions before them."""
