"""The bookmark: where a person was in a dataset, so that the next sitting begins there. Nothing of worth is in it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from engine import paths
from engine.errors import CutlineError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "bookmark.json"


class Bookmark(msgspec.Struct, frozen=True):
    """What is found again."""

    image: bytes = b""
    """Key of the image in view; empty for none."""
    query: str = ""
    """The filter in force."""
    order: str = ""
    """How the queue is ordered; empty for the usual way."""
    selected: tuple[bytes, ...] = ()
    """Keys of the images selected."""
    trigger: str = ""
    """The trigger word that was last put on captions."""


def load(root: Path) -> Bookmark:
    """Return the bookmark of a dataset; an empty one where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(_place(root).read_bytes(), type=Bookmark)
    except (OSError, msgspec.MsgspecError):
        return Bookmark()


def save(root: Path, bookmark: Bookmark) -> None:
    """Keep the bookmark of a dataset; where it cannot be kept, the next sitting begins at the usual place."""
    with suppress(CutlineError, OSError):
        place = _place(root)
        paths.ensure(place.parent)
        half = place.with_suffix(f".{os.getpid()}")
        half.write_bytes(msgspec.json.encode(bookmark))
        half.replace(place)


def _place(root: Path) -> Path:
    return paths.dataset_state_dir(root) / FILE_NAME
