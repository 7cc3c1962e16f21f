"""What a dataset's caption files end in: a journalled property of the dataset, found out where it is new."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from engine.dataset.images import caption_key
from engine.errors import Unsafe, WrongUsage
from engine.review import journal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store

DEFAULT = ".txt"
"""Of a dataset whose journal says nothing."""
KIND = "extension"

FOUND = "found beside the images"
WANTED = "from the settings"


def in_force(db: sqlite3.Connection) -> str:
    """Return what caption files end in, with its dot."""
    kept = [step.id for step in journal.in_force(journal.steps_without_image(db)) if step.kind == KIND]
    if not kept:
        return DEFAULT
    (data,) = db.execute("SELECT data FROM journal WHERE id = ?", (kept[0],)).fetchone()
    return os.fsdecode(data or b"")


def checked(files: CaptionFiles, extension: str) -> str:
    """Return an extension that the store names, if captions may have it.

    Raises:
        Unsafe: The store alone names it: it may be somebody else's.
    """
    if extension not in files.extensions:
        raise Unsafe(
            f"captions of this dataset end in {extension!r}, which your settings do not allow",
            "if that is right, add it to captions.extra_extensions in cutline.toml",
        )
    return extension


def change(store: Store, files: CaptionFiles, extension: str) -> bool:
    """Put another extension in force, as one step; say whether that was a change.

    Raises:
        WrongUsage: Captions may not end so.
    """
    if extension not in files.extensions:
        raise WrongUsage(
            f"captions cannot end in {extension!r}",
            f"one of {' '.join(files.extensions)}; others come from captions.extra_extensions in cutline.toml",
        )
    with store.transaction() as db:
        if in_force(db) == extension:
            return False
        journal.append(db, KIND, session=store.session, data=os.fsencode(extension))
    return True


def begin(store: Store, files: CaptionFiles, images: Iterable[bytes], wanted: str) -> list[str]:
    """Find out what captions end in where a dataset is opened for the first time.

    Args:
        store: The dataset's store, new.
        files: The dataset's caption files.
        images: Keys of some of its images.
        wanted: What the settings say; it gives way where no image has such a file and all files end otherwise.

    Returns:
        What the person should know, one raw line each.
    """
    found = Counter(
        extension for key in images for extension in files.extensions if files.exists(caption_key(key, extension))
    )
    others = [extension for extension in found if extension != wanted]
    extension, why, notices = wanted, WANTED, []
    if len(others) == 1 and not found[wanted]:
        extension, why = others[0], FOUND
        notices.append(f"captions here end in {extension}, so that is what is read and written")
    elif others:
        named = " and ".join(sorted(others))
        notices.append(f"there are files in {named} beside images: not read, because captions here end in {wanted}")
    with store.transaction() as db:
        if extension != DEFAULT and db.execute("SELECT 1 FROM journal LIMIT 1").fetchone() is None:
            journal.append(db, KIND, session=store.session, source=why, data=os.fsencode(extension))
    return notices
