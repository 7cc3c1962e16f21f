"""The images of a dataset in memory: which there are and how each stands, kept up with the folder and the store.

Lists, filters and counts live on this; a hundred thousand images are some tens of megabytes. Any thread may call, also
inside a transaction: so no transaction begins while the guard is held.
"""

from __future__ import annotations

import threading
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from engine.dataset import images as scanner
from engine.review import beginning, image_rows
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

    def __init__(self, root: Path, store: Store) -> None:
        """Start empty; `load` brings in what the store knows, `scan` what the folder shows."""
        self.entries: dict[ImageId, Entry] = {}
        """By id; states as of the last refresh or decision."""
        self._root, self._store = root, store
        self._by_key: dict[bytes, Entry] = {}
        self._numbers: Counter[str] = Counter()
        self._touched: set[ImageId] = set()
        self._odd: _Odd = {}
        self._versions: dict[sqlite3.Connection, int] = {}
        self._guard = threading.RLock()
        self._mark = self._mark_now()
        self._loaded = False

    def load(self) -> None:
        """Load what the store knows of the images; a second call waits for the first and does nothing."""
        with self._guard:
            if self._loaded:
                return
            for entry in read_entries(self._store.db):
                self._keep(entry)
            derive(self._store.db, self.entries, self._store.session)
            self._odd = self._odd_now()
            self._count_all()
            self._loaded = True

    def first_in_queue(self) -> ImageId | None:
        """Return the image a review begins with, and load only that; None where it takes all of them to tell."""
        with self._guard:
            if (entry := beginning.first_in_queue(self._store.db, self._store.session)) is None:
                return None
            self._keep(entry, counted=True)
            return entry.id

    def by_key(self, key: bytes) -> Entry | None:
        """Return the image with a key; None when there is none."""
        return self._by_key.get(key)

    def counts(self) -> Counts:
        """Say how many images are where, at once; `captioned`, `stale` and `aside` stay 0."""
        return Counts(images=len(self.entries), **{name: self._numbers[name] for name in _COUNTED})

    # --- the folder -----------------------------------------------------------------------------------------

    def scan(self, on_batch: Callable[[list[ImageId]], None] | None) -> list[str]:
        """Compare the folder with the store: new, changed and vanished images.

        Args:
            on_batch: Called after each batch with the images that are new, changed or gone.

        Returns:
            What the person should know, one raw line each.
        """
        self.load()
        notices: list[str] = []
        missing = dict(self._by_key)
        for batch in scanner.scan(self._root, notices):
            news = []
            for found in batch:
                known = missing.pop(found.key, None)
                if known is None or (known.size, known.mtime_ns) != (found.size, found.mtime_ns):
                    news.append(found)
            ids = self.take_in(news)
            if on_batch is not None and ids:
                on_batch(ids)
        vanished = [entry.id for entry in missing.values()]
        if vanished:
            self._strike(missing.values())
            if on_batch is not None:
                on_batch(vanished)
        return notices

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
            mark, odd = self._mark_now(), self._odd_now()
            if (mark, odd) == (self._mark, self._odd):
                return set()
            turned = {image for image, _ in odd.items() ^ self._odd.items()}
            touched = self._touched_since(self._mark) | turned
            # A write that was refused changes its row, not the newest row: look again at what was touched last.
            both, self._touched, self._mark, self._odd = touched | self._touched, touched, mark, odd
            for image in turned & self.entries.keys():
                gone, reason = odd.get(image, (False, ""))
                if gone:
                    self._forget([image])
                else:
                    self.set_unreadable(image, reason)
            for image in both - self.entries.keys():
                for entry in read_entries(self._store.db, image):
                    self._keep(entry, counted=True)
            self.derive(both)
            return both

    def derive(self, images: Iterable[ImageId]) -> None:
        """Bring the states of some images up to the store; those that are not there are passed over."""
        with self._guard:
            known = [image for image in images if image in self.entries]
            for image in known:
                self._count(self.entries[image], -1)
            derive(self._store.db, self.entries, self._store.session, known)
            for image in known:
                self._count(self.entries[image], 1)

    def _mark_now(self) -> _Mark:
        row = self._store.db.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM journal), (SELECT coalesce(max(id), 0) FROM proposals),"
            " (SELECT coalesce(max(id), 0) FROM images),"
            " (SELECT cast(total(length(status)) AS INTEGER) FROM writes WHERE status <> 'written')"
        ).fetchone()
        return _Mark(*row)

    def _touched_since(self, mark: _Mark) -> set[ImageId]:
        found = self._store.db.execute(
            "SELECT image FROM journal WHERE id > ? AND image IS NOT NULL"
            " UNION SELECT image FROM proposals WHERE id > ? UNION SELECT id FROM images WHERE id > ? AND NOT gone",
            mark[:3],
        )
        return {image for (image,) in found}

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
            self._count(entry, 1)
        self.entries[entry.id] = entry
        self._by_key[entry.key] = entry

    def _strike(self, vanished: Iterable[Entry]) -> None:
        """Take vanished images out; their rows stay, uncounted."""
        struck = [entry.id for entry in vanished]
        with self._store.transaction() as db:
            for image in struck:
                image_rows.mark_gone(db, image)
        self._forget(struck)

    def _forget(self, images: Iterable[ImageId]) -> None:
        with self._guard:
            for image in images:
                if (entry := self.entries.pop(image, None)) is not None:
                    self._count(entry, -1)
                    del self._by_key[entry.key]

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


class _Mark(NamedTuple):
    """How far memory has followed the store: the newest row of three tables, and what stands about unwritten rows."""

    journal: int
    proposals: int
    images: int
    unfinished: int
