"""Actions that go to another image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.action import Command, no_image

if TYPE_CHECKING:
    from tui.actions.action import Situation


class Next(Command):
    """Go to the next image."""

    name, group, keys = "next", "Move", ("j", "down")
    help = "Go to the next image"

    @staticmethod
    def why_not(now: Situation) -> str:
        """There is one but for the last."""
        return no_image(now) or ("this is the last image" if now.place >= now.length - 1 else "")


class Previous(Command):
    """Go to the previous image."""

    name, group, keys = "previous", "Move", ("k", "up")
    help = "Go to the previous image"

    @staticmethod
    def why_not(now: Situation) -> str:
        """There is one but for the first."""
        return no_image(now) or ("this is the first image" if now.place <= 0 else "")


class First(Command):
    """Go to the first image."""

    name, group, keys = "first", "Move", ("g", "home")
    help = "Go to the first image"
    why_not = staticmethod(no_image)


class Last(Command):
    """Go to the last image."""

    name, group, keys = "last", "Move", ("G", "end")
    help = "Go to the last image"
    why_not = staticmethod(no_image)


class ScrollDown(Command):
    """Read on in a long caption."""

    name, group, keys = "scroll_down", "Move", ("pagedown", "ctrl+f")
    help = "Read on in a caption and a result that do not fit"
    why_not = staticmethod(no_image)


class ScrollUp(Command):
    """Read back in a long caption."""

    name, group, keys = "scroll_up", "Move", ("pageup", "ctrl+b")
    help = "Read back in a caption and a result that do not fit"
    why_not = staticmethod(no_image)
