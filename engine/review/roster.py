"""The images of a dataset in memory: which there are and how each stands, kept up with the folder and the store.

Lists, filters and counts live on this; a hundred thousand images are some tens of megabytes. Any thread may call, also
inside a transaction: so no transaction begins while the guard is held.
"""

from __future__ import annotations

import threading
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING

from engine.dataset import images as scanner
from engine.review import beginning, image_rows, moved
from engine.review.aside import aside_among
from engine.review.frames import image_row
from engine.review.news import mark_now, moved_since, touched_since
from engine.review.records import Counts
from engine.review.states import MARKS, Entry, derive, read_entries

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from engine.review.records import ImageId
    from engine.review.store import Store


class Roster:
    """One entry for each image that is there."""

    def __init__(self, root: Path, store: Store, below: bytes = b"") -> None:
        """Start empty; `load` brings in what the store knows, `scan` what the folder shows.

        Args:
            root: The dataset's folder.
            store: Its store.
            below: Only the images in this folder of it, `sub/`; empty for all.
        """
        self.entries: dict[ImageId, Entry] = {}
        """By id; states as of the last refresh or decision."""
        self._root, self._store, self._below = root, store, below
        self._by_key: dict[bytes, Entry] = {}
        self._numbers: Counter[str] = Counter()
        self._untold: set[ImageId] = set()
        """What was taken in on the way and no refresh told of yet."""
        self._odd: _Odd = {}
        self._aside: set[ImageId] = set()
        self._versions: dict[sqlite3.Connection, int] = {}
        self._guard = threading.RLock()
        self._mark = mark_now(self._store.db)
        self._loaded = False

    def load(self) -> None:
        """Load what the store knows of the images; a second call waits for the first and does nothing."""
        with self._guard:
            if self._loaded:
                return
            for entry in read_entries(self._store.db, below=self._below):
                self._keep(entry)
            derive(self._store.db, self.entries, self._store.session)
            self._odd = self._odd_now()
            self._aside = self._aside_among([image for image, (gone, _) in self._odd.items() if gone])
            self._count_all()
            self._loaded = True

    def first_in_queue(self) -> ImageId | None:
        """Return the image a review begins with, and load only that; None where it takes all of them to tell."""
        with self._guard:
            if (entry := beginning.first_in_queue(self._store.db, self._store.session, self._below)) is None:
                return None
            self._keep(entry, counted=True)
            return entry.id

    def image_at(self, key: bytes) -> Entry | None:
        """Return the image with a key, and load only that; None when there is none."""
        with self._guard:
            if (entry := beginning.image_at(self._store.db, key, self._store.session, self._below)) is not None:
                self._keep(entry, counted=True)
            return entry

    def by_key(self, key: bytes) -> Entry | None:
        """Return the image with a key; None when there is none."""
        return self._by_key.get(key)

    def counts(self) -> Counts:
        """Say how many images are where, at once; `captioned` and `stale` stay 0."""
        numbers = {name: self._numbers[name] for name in _COUNTED}
        return Counts(images=len(self.entries), aside=len(self._aside), **numbers)

    # --- the folder -----------------------------------------------------------------------------------------

    def scan(self, on_batch: Callable[[list[ImageId]], None] | None) -> list[str]:
        """Compare the folder with the store: new, changed, moved and vanished images.

        Args:
            on_batch: Called after each batch with the images that are new, changed, moved or gone.

        Returns:
            What the person should know, one raw line each.
        """
        self.load()
        with self._guard:
            self._untold |= (
                self._take_in_others()
            )  # what another process found, and is gone again by now, is missed too
        notices: list[str] = []
        missing = dict(self._by_key)
        sizes: frozenset[int] | None = None
        perhaps_moved: list[scanner.Found] = []  # which only the end of the scan can tell
        for batch in scanner.scan(self._root, notices, self._below):
            news: list[scanner.Found] = []
            for found in batch:
                known = missing.pop(found.key, None)
                if known is None:
                    sizes = moved.sizes_known(self._store.db) if sizes is None else sizes
                    (perhaps_moved if found.size in sizes else news).append(found)
                elif (known.size, known.mtime_ns) != (found.size, found.mtime_ns):
                    news.append(found)
            ids = self.take_in(news)
            if on_batch is not None and ids:
                on_batch(ids)
        # What was set aside while the scan went on, and perhaps brought back, has another entry, or none.
        vanished = [entry for entry in missing.values() if self.entries.get(entry.id) is entry]
        found_again = self._follow(perhaps_moved, vanished)
        vanished = [entry for entry in vanished if self.entries.get(entry.id) is entry]
        self._strike(vanished)
        ids = [*found_again, *(entry.id for entry in vanished)]
        if on_batch is not None and ids:
            on_batch(ids)
        return notices

    def _follow(self, new: list[scanner.Found], vanished: list[Entry]) -> list[ImageId]:
        """Take in new files: as the vanished images that they are, or as images nobody knows; return the images."""
        gone = {entry.id for entry in vanished}
        moves = moved.take_over(self._store, moved.find_moves(self._store, self._root, gone, new, self._below))
        followed = [move.image for move in moves]
        self.renew(followed)
        keys = {move.found.key for move in moves}
        return followed + self.take_in([found for found in new if found.key not in keys])

    def take_in(self, found: list[scanner.Found]) -> list[ImageId]:
        """Bring rows and entries up to what the folder shows; return the images, same order."""
        if not found:
            return []
        with self._store.transaction() as db:
            (newest,) = db.execute("SELECT coalesce(max(id), 0) FROM images").fetchone()
            ids = image_rows.store_found(db, found)
        with self._guard:
            # A new row has no past to derive from, unless another thread has come between and knows it by now.
            old = [image for image in ids if image <= newest or image in self.entries]
            for image, (key, size, mtime_ns) in zip(ids, found, strict=True):
                self._keep(Entry(image, key, size, mtime_ns), counted=True)
                self._odd.pop(image, None)
            self.derive(old)
        return ids

    def set_unreadable(self, image: ImageId, reason: str) -> None:
        """Say why a picture could not be read; empty when it could."""
        with self._guard:
            if (entry := self.entries.get(image)) is not None:
                self._count(entry, -1)
                entry.unreadable = reason
                self._count(entry, 1)

    # --- the store ------------------------------------------------------------------------------------------

    def refresh(self) -> set[ImageId]:
        """Take in what other processes and threads did to the store; return the images concerned."""
        with self._guard:
            told, self._untold = self._take_in_others() | self._untold, set()
            return told

    def _take_in_others(self) -> set[ImageId]:
        """Do it; the caller holds the guard."""
        mark, odd, since = mark_now(self._store.db), self._odd_now(), self._mark
        if (mark, odd) == (since, self._odd):
            return set()
        turned = {image for image, _ in odd.items() ^ self._odd.items()}
        touched = touched_since(self._store.db, since, mark) | turned
        self._mark, self._odd = mark, odd
        for image in turned & self.entries.keys():
            gone, reason = odd.get(image, (False, ""))
            if gone:
                self._forget([image])
            else:
                self.set_unreadable(image, reason)
        self.renew(moved_since(self._store.db, since))
        self.derive(touched)
        return touched

    def renew(self, images: Iterable[ImageId]) -> None:
        """Read the rows of some images again: they got another key, or were set aside or brought back."""
        with self._guard:
            touched = list(images)
            self._look_for(touched)
            self._derive(touched)

    def derive(self, images: Iterable[ImageId]) -> None:
        """Bring the states of some images up to the store; one that is not there is looked for again."""
        with self._guard:
            asked = list(images)
            self._look_for([image for image in asked if image not in self.entries])
            self._derive(asked)

    def _derive(self, images: Iterable[ImageId]) -> None:
        known = [image for image in dict.fromkeys(images) if image in self.entries]  # counted once, however often named
        for image in known:
            self._count(self.entries[image], -1)
        derive(self._store.db, self.entries, self._store.session, known)
        for image in known:
            self._count(self.entries[image], 1)

    def _odd_now(self) -> _Odd:
        """Return the images that vanished or could not be read; looked for only where others wrote since."""
        db = self._store.db
        (version,) = db.execute("PRAGMA data_version").fetchone()
        if self._versions.get(db) == version:
            return self._odd
        self._versions[db] = version
        rows = db.execute("SELECT id, gone, unreadable FROM images WHERE gone OR unreadable <> ''")
        return {image: (bool(gone), reason) for image, gone, reason in rows}

    # --- memory ---------------------------------------------------------------------------------------------

    def _keep(self, entry: Entry, *, counted: bool = False) -> None:
        """Put an entry in, in place of an older one of the same image."""
        if counted:
            if (old := self.entries.get(entry.id)) is not None:
                self._count(old, -1)
                self._release_key(old)
            self._count(entry, 1)
        self.entries[entry.id] = entry
        self._by_key[entry.key] = entry

    def _strike(self, vanished: Iterable[Entry]) -> None:
        """Take vanished images out; their rows stay, uncounted."""
        struck = list(vanished)
        if struck:
            with self._store.transaction() as db:
                for entry in struck:
                    image_rows.set_gone(db, entry.id, entry.key, gone=True)
            self.renew([entry.id for entry in struck])  # another process may have found one at another place

    def _forget(self, images: Iterable[ImageId]) -> None:
        with self._guard:
            for image in images:
                if (entry := self.entries.pop(image, None)) is not None:
                    self._count(entry, -1)
                    self._release_key(entry)

    def _release_key(self, entry: Entry) -> None:
        if self._by_key.get(entry.key) is entry:
            del self._by_key[entry.key]

    def _look_for(self, images: list[ImageId]) -> None:
        """Read rows: put in what is there, take out what is not, and find out which of those were set aside."""
        away = []
        for image in images:
            self._aside.discard(image)
            entry = next(read_entries(self._store.db, image, self._below), None)
            if entry is not None:
                self._keep(entry, counted=True)
            else:
                self._forget([image])
                away.append(image)
            self._note(image, entry)
        self._aside |= self._aside_among(away)

    def _note(self, image: ImageId, entry: Entry | None) -> None:
        """Keep how an image is known here by now: what turns back later must not look like no news to `refresh`."""
        self._odd.pop(image, None)
        if entry is None or entry.unreadable:
            self._odd[image] = (entry is None, entry.unreadable if entry is not None else "")

    def _aside_among(self, images: Iterable[ImageId]) -> set[ImageId]:
        found = aside_among(self._store.db, images)
        return {image for image in found if image_row(self._store.db, image).key.startswith(self._below)}

    def _count_all(self) -> None:
        """Count from the start; a hundred thousand times `_count` would be felt."""
        entries = self.entries.values()
        self._numbers = Counter(map(attrgetter("state"), entries))
        for name in MARKS:
            self._numbers[name] = sum(map(bool, map(attrgetter(name), entries)))

    def _count(self, entry: Entry, by: int) -> None:
        for name in (entry.state, *entry.marks()):
            self._numbers[name] += by


_Odd = dict["ImageId", tuple[bool, str]]
"""By image: whether it vanished, and why it could not be read. Few, and no row of a journal tells of them."""

_COUNTED = ("pending", "accepted", "rejected", "untouched", *MARKS)
