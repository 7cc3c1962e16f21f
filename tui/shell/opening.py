"""Opening a dataset for a command: settings, store, scan, and what the person should know about it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine import settings
from engine.errors import WrongUsage
from engine.review.frames import image_row
from engine.wire.protocol import to_name
from engine.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.review.records import ImageId
    from engine.review.states import Entry
    from engine.settings import Settings
    from engine.wire.protocol import Name
    from tui.shell.output import Output


@contextmanager
def opened(
    folder: str, out: Output, *, scan: bool = True, with_settings: Settings | None = None
) -> Iterator[Workspace]:
    """Open a dataset and say on stderr what is odd about it.

    Args:
        folder: As the person named it.
        out: Where to say it.
        scan: Whether the command needs to know which images there are now.
        with_settings: Those in force, where the command has read them already.
    """
    workspace = Workspace.open(reached(folder), with_settings or settings.load())
    try:
        if scan:
            workspace.scan()
        for notice in workspace.notices:
            out.note(notice)
        yield workspace
    finally:
        workspace.close()


def reached(folder: str) -> Path:
    """Return the path of a folder that a person named.

    Raises:
        WrongUsage: It is relative to the folder one is in, and that one was deleted.
    """
    path = Path(folder)
    if not path.is_absolute():
        try:
            Path.cwd()
        except OSError as error:
            raise WrongUsage(
                "the folder you are in was deleted", "change to another one, or name the whole path"
            ) from error
    return path


def key_of(workspace: Workspace, image: ImageId) -> bytes:
    """Return an image's key, also of one that vanished meanwhile."""
    return image_row(workspace.store.db, image).key


def name_of(workspace: Workspace, image: ImageId) -> Name:
    """Return an image's name as JSON can hold it."""
    return to_name(key_of(workspace, image))


def entry_named(workspace: Workspace, argument: str) -> Entry:
    """Return the image that an argument names: by its path below the folder that is open, else below the dataset's.

    Raises:
        WrongUsage: There is no such image.
    """
    key = os.path.normpath(os.fsencode(argument))
    return workspace.roster.by_key(workspace.below + key) or workspace.entry_of(key)
