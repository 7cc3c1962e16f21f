"""Drafts: captions that somebody typed and did not write; they stand in the store, so that nothing ends them but a decision."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import sqlite3

    from engine.review.records import ImageId
    from engine.review.store import Store


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


def keep(store: Store, image: ImageId, draft: Unwritten) -> None:
    """Keep a draft in place of the one there may be."""
    text = draft.text.encode("utf-8", "surrogatepass")
    with store.transaction() as db:
        db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", (image, text, draft.before, time.time()))


def drop(store: Store, image: ImageId) -> None:
    """Drop the draft of an image, if there is one."""
    with store.transaction() as db:
        db.execute("DELETE FROM drafts WHERE image = ?", (image,))
