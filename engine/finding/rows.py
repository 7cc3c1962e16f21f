"""Each image's place in the arrays of the index, and what its entry and its path say."""

from __future__ import annotations

import os
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from engine.finding.columns import Column
from engine.finding.language.sorting import digest, natural
from engine.finding.pages import Pages, folded
from engine.review.states import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.finding.patience import Patience
    from engine.review.records import ImageId

NO_IMAGE = -1
ABSENT = Entry(NO_IMAGE, b"", 0, -1)
"""Stands where no image is."""
AT_ONCE = 1_000
"""Images looked at between two looks whether anybody still waits."""

_key, _mtime = attrgetter("key"), attrgetter("mtime_ns")


class Rows:
    """A slot for each path that had an image since the start; an image that vanished keeps its own, one moved does not."""

    def __init__(self) -> None:
        """Start with no images."""
        self.ids: Column[np.int64] = Column(np.int64)
        """(slots,) the image of each; `NO_IMAGE` where it was moved away."""
        self.slots: dict[ImageId, int] = {}
        self.keys: list[bytes] = []
        """By slot."""
        self._images: list[ImageId] = []
        self.entries: list[Entry] = []
        """By slot, as of the last `follow`; `ABSENT` for those that vanished."""
        self.mtimes: Column[np.int64] = Column(np.int64)
        """(slots,) of the picture's file, ns."""
        self.present: NDArray[np.bool_] = np.empty(0, np.bool_)
        """(slots,)"""
        self.paths = Pages()
        """Folded keys."""
        self._names_at: Column[np.int32] = Column(np.int32)
        self._folders: dict[bytes, int] = {}
        self._folder_of: Column[np.int32] = Column(np.int32)
        self._pathed = 0
        self._ranks: dict[str, NDArray[np.int32]] = {}
        self._digests: Column[np.uint64] = Column(np.uint64)

    def __len__(self) -> int:
        return len(self.keys)

    def follow(self, images: Mapping[ImageId, Entry]) -> NDArray[np.int64]:
        """Bring it up to the images that are there; return the slots of those that are new or whose file changed."""
        present = dict(images)
        now, has_moved = self._look(present)
        if has_moved:
            self._let_go(now)
        if len(self.keys) - self.entries.count(ABSENT) != len(present):
            new = [present[image] for image in sorted(present.keys() - self.slots.keys())]
            self.slots.update((entry.id, slot) for slot, entry in enumerate(new, len(self.keys)))
            self.keys += [entry.key for entry in new]
            self._images += [entry.id for entry in new]
            self.entries += new
            self.ids.put(np.array(self._images, np.int64))
            now = np.append(now, np.array([entry.mtime_ns for entry in new], np.int64))
        self.mtimes.grow(len(now))
        changed: NDArray[np.int64] = np.flatnonzero(self.mtimes.all != now)
        self.mtimes.all[changed] = now[changed]
        self.present = now != ABSENT.mtime_ns
        there: NDArray[np.int64] = changed[self.present[changed]]
        return there

    def _look(self, present: dict[ImageId, Entry]) -> tuple[NDArray[np.int64], bool]:
        """Take in the entries of known images; return their times, and whether any has another path than before."""
        entries: list[Entry] = []
        times, has_moved = np.empty(len(self.keys), np.int64), False
        for start in range(0, len(self.keys), AT_ONCE):  # each line here holds the interpreter until it is done
            some = [*map(present.get, self._images[start : start + AT_ONCE], repeat(ABSENT))]
            has_moved |= [*map(_key, some)] != self.keys[start : start + AT_ONCE]
            times[start : start + AT_ONCE] = [*map(_mtime, some)]
            entries += some
        self.entries = entries
        return times, has_moved

    def _let_go(self, times: NDArray[np.int64]) -> None:
        """Take their slots from images whose file was moved."""
        for slot, (entry, key) in enumerate(zip(self.entries, self.keys, strict=True)):
            if entry is not ABSENT and entry.key != key:
                del self.slots[entry.id]
                self.entries[slot], self._images[slot], times[slot] = ABSENT, NO_IMAGE, ABSENT.mtime_ns

    def slots_of(self, images: Sequence[ImageId]) -> list[int]:
        """Return the slots of images, without those that are not known."""
        return [slot for image in images if (slot := self.slots.get(image)) is not None]

    # --- paths ------------------------------------------------------------------------------------------------

    def follow_paths(self, patience: Patience) -> None:
        """Take in the paths of new images."""
        for slots in patience.batches(range(self._pathed, len(self)), AT_ONCE):
            paths, names_at, folders = {}, [], []
            for slot in slots:
                key = self.keys[slot]
                paths[slot] = folded(os.fsdecode(key))
                folder = key[: key.rfind(b"/") + 1]
                names_at.append(len(folded(os.fsdecode(folder))))
                folders.append(self._folders.setdefault(folder, len(self._folders)))
            self.paths.set(paths)
            self._names_at.append(names_at)
            self._folder_of.append(folders)
            self._pathed = slots[-1] + 1

    @property
    def names_at(self) -> NDArray[np.int32]:
        """(slots,) where in the folded path the file's name begins, in bytes."""
        return self._names_at.all

    @property
    def folders(self) -> list[str]:
        """Every folder with an image, without its last slash; empty for the dataset's own."""
        return [os.fsdecode(folder)[:-1] for folder in list(self._folders)]

    def in_folders(self, fits: Sequence[bool]) -> NDArray[np.bool_]:
        """Say of each slot whether it lies in one of some folders.

        Args:
            fits: One for each of `folders`, same order.
        """
        return np.array([*fits, False], np.bool_)[self._folder_of.all]

    # --- orders -----------------------------------------------------------------------------------------------

    def path_rank(self, patience: Patience) -> NDArray[np.int32]:
        """Return the place of each slot among all by path."""
        return self._rank("path", self.keys, patience)

    def name_rank(self, patience: Patience) -> NDArray[np.int32]:
        """Return the place of each slot among all by name, numbers in it as numbers."""
        if "name" not in self._ranks or len(self._ranks["name"]) != len(self):
            made = [b"\0".join(natural(key)) for keys in patience.batches(self.keys, AT_ONCE) for key in keys]
            return self._rank("name", made, patience)
        return self._ranks["name"]

    def digests(self, patience: Patience) -> NDArray[np.uint64]:
        """Return a number for each slot that its key alone decides."""
        for keys in patience.batches(self.keys[len(self._digests) :], AT_ONCE):
            self._digests.append(np.array([*map(digest, keys)], np.uint64))
        return self._digests.all

    def _rank(self, name: str, keys: Sequence[bytes], patience: Patience) -> NDArray[np.int32]:
        if name not in self._ranks or len(self._ranks[name]) != len(keys):
            ranks = np.empty(len(keys), np.int32)
            ranks[[*patience.sorted_places(keys)]] = np.arange(len(keys), dtype=np.int32)
            self._ranks[name] = ranks
        return self._ranks[name]
