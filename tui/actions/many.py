"""Actions that put images together, and do something to many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.action import Command, no_image

if TYPE_CHECKING:
    from tui.actions.action import Situation


def no_queue(now: Situation) -> str:
    """Say why nothing can be done to images; empty where there are some."""
    return "" if now.length else "there is no image here"


def _no_anchor(now: Situation) -> str:
    if problem := no_image(now):
        return problem
    return "" if now.selection.anchor is not None else now.keys.text("a range begins where {select} was pressed last")


def _nothing_selected(now: Situation) -> str:
    return "" if len(now.selection) else now.keys.text("nothing is selected; {select} selects this image")


class Select(Command):
    """Select an image."""

    name, group, keys = "select", "Many", ("v",)
    help = "Select this image, or let it go again, and go to the next one"
    why_not = staticmethod(no_image)


class SelectRange(Command):
    """Select a range."""

    name, group, keys = "select_range", "Many", ("V",)
    help = "Select all images from the one selected last to this one"
    why_not = staticmethod(_no_anchor)


class SelectAll(Command):
    """Select all."""

    name, group, keys = "select_all", "Many", ("ctrl+a",)
    help = "Select every image of the queue: with a filter all that fit it"
    why_not = staticmethod(no_queue)


class InvertSelection(Command):
    """Invert the selection."""

    name, group, keys = "invert_selection", "Many", ("I",)
    help = "Of the queue's images, select those that are not, and let go of those that are"
    why_not = staticmethod(no_queue)


class ClearSelection(Command):
    """Let go of all selected."""

    name, group, keys = "clear_selection", "Many", ("L",)
    help = "Let go of all that is selected"
    why_not = staticmethod(_nothing_selected)


class BulkEdit(Command):
    """Edit many captions."""

    name, group, keys = "bulk_edit", "Many", ("b",)
    hands_over = True
    help = "The same edit for this image, those selected, those filtered or all: first shown, then made, undone as one"
    why_not = staticmethod(no_queue)


class Tags(Command):
    """Show all tags."""

    name, group, keys = "tags", "Many", ("T",)
    hands_over = True
    help = "List the tags of all captions with their counts: rename, merge, drop, add, filter by one"
    why_not = staticmethod(no_queue)
