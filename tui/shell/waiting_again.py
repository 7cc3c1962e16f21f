"""Decided images that wait again, because something new was proposed for them: an import says how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.shell.output import count

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.review.records import ImageId
    from engine.workspace import Workspace
    from tui.shell.output import Output


def decided(workspace: Workspace) -> frozenset[ImageId]:
    """Return the images for which a decision is in force and nothing waits."""
    return frozenset(entry.id for entry in workspace.entries.values() if entry.state in ("accepted", "rejected"))


def say_waiting_again(workspace: Workspace, before: Collection[ImageId], out: Output) -> None:
    """Say how many images wait now that were decided before; nothing where there are none.

    Args:
        workspace: The dataset, refreshed since.
        before: Those that were decided.
        out: Where to say it.
    """
    entries = workspace.entries
    again = sum(image in entries and entries[image].state == "pending" for image in before)
    if again:
        out.say(f"{count(again, 'decided image')} wait{'s' if again == 1 else ''} again: new candidates")
