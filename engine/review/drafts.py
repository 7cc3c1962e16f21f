"""Drafts: captions that somebody typed and did not write; they stand in the store, so that nothing ends them but a decision."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from engine.errors import Refused

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from engine.review.records import ImageId
    from engine.review.store import Store


class KeptElsewhere(Refused):
    """Look at both: the store holds a draft that another screen typed."""

    def __init__(self, found: str) -> None:
        """Hold that draft's text."""
        super().__init__("another screen keeps a draft of this caption")
        self.found = found


class Unwritten(msgspec.Struct, frozen=True):
    """What was typed for one image."""

    text: str
    """The whole caption as it stands in the editor."""
    before: bytes | None
    """The caption file when it was begun; None where there was none."""


def load(db: sqlite3.Connection) -> dict[ImageId, Unwritten]:
    """Return all drafts, also those of images that are gone."""
    rows = db.execute("SELECT image, text, before FROM drafts")
    return {image: Unwritten(text.decode("utf-8", "surrogatepass"), before) for image, text, before in rows}


def images(db: sqlite3.Connection) -> list[ImageId]:
    """Return the images that have one, also those that are gone."""
    return [image for (image,) in db.execute("SELECT image FROM drafts")]


def keep(store: Store, image: ImageId, draft: Unwritten, over: Collection[str] | None = None) -> None:
    """Keep a draft in place of the one there may be.

    Args:
        store: Where.
        image: Whose caption it would be.
        draft: What was typed.
        over: The texts that it may replace; None for any.

    Raises:
        KeptElsewhere: Another text is there; it stays.
    """
    text = draft.text.encode("utf-8", "surrogatepass")
    with store.transaction() as db:
        found = _text(db, image)
        if found is not None and over is not None and found not in (draft.text, *over):
            raise KeptElsewhere(found)
        db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", (image, text, draft.before, time.time()))


def drop(store: Store, image: ImageId, over: Collection[str] | None = None) -> None:
    """Drop the draft of an image, if there is one, and it is one of these; None for any."""
    with store.transaction() as db:
        if over is None or _text(db, image) in over:
            db.execute("DELETE FROM drafts WHERE image = ?", (image,))


def _text(db: sqlite3.Connection, image: ImageId) -> str | None:
    row = db.execute("SELECT text FROM drafts WHERE image = ?", (image,)).fetchone()
    return None if row is None else str(row[0], "utf-8", "surrogatepass")
