"""The captions of all images in memory: their texts, their tags as numbers, and how long they are.

Captions are read in batches by whoever asks first, and again where an image was touched. What other programs write is
found by comparing times: a look at a hundred thousand files takes a third of a second, so only `look_again` asks for
it, and the next question pays.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from engine.captions.caption import BOM
from engine.dataset.images import caption_key
from engine.finding.columns import EMPTY, Column, Lists
from engine.finding.pages import Pages, folded
from engine.finding.reading import read_caption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.finding.language.words import Need
    from engine.finding.patience import Patience
    from engine.finding.reading import Read
    from engine.finding.rows import Rows
    from engine.workspace import Workspace

AT_ONCE = 256
"""Captions read between two looks whether anybody still waits."""
NOT_COUNTED = -1


class Captions:
    """What the captions say, by slot; for one thread at a time."""

    def __init__(
        self, workspace: Workspace, rows: Rows, names: dict[str, int], count_tokens: Mapping[Need, Callable[[str], int]]
    ) -> None:
        """Start with nothing read.

        Args:
            workspace: Whose captions.
            rows: The slots of its images.
            names: `tag_key` → its number, `EMPTY` being taken; filled with the tags that are met.
            count_tokens: What counts the tokens of a caption, `tokens` and `t5`; none for those nobody can count.
        """
        self._workspace, self._rows, self._count_tokens = workspace, rows, count_tokens
        self.texts = Pages()
        self.names = names
        self.spellings: dict[int, str] = {}
        """By number, how a tag was written where it was first met, if that is not its key."""
        self.tags = Lists()
        """By slot, the numbers of its tags in `names`."""
        self.chars: Column[np.int32] = Column(np.int32)
        self.has_prose: Column[np.bool_] = Column(np.bool_)
        self._tokens: dict[Need, Column[np.int32]] = {need: Column(np.int32, NOT_COUNTED) for need in count_tokens}
        self._times: Column[np.int64] = Column(np.int64, -1)
        self._hashes: Column[np.int64] = Column(np.int64)
        self._files: Column[np.int64] = Column(np.int64)
        self._stale: set[int] = set()
        self._extension = workspace.extension
        self.done = 0
        """Captions read of those that are being read."""
        self.total = 0
        self.changed: set[int] = set()
        """Slots whose text became another one, for those who build on it; they empty it."""

    # --- keeping up -------------------------------------------------------------------------------------------

    def touch(self, slots: Iterable[int]) -> None:
        """Have the captions of some images read again, and those of images that share their file."""
        known = [slot for slot in slots if slot < len(self._files)]
        files = set(self._files.all[known].tolist())
        if len(known) > AT_ONCE:
            shared = np.flatnonzero(np.isin(self._files.all, [*files])).tolist()
        else:
            shared = [int(at) for file in files for at in np.flatnonzero(self._files.all == file)]
        self._stale.update(shared)

    def compare_times(self, patience: Patience) -> None:
        """Have those captions read again whose file changed since."""
        for slots in patience.batches(range(len(self._times)), AT_ONCE):
            times = self._times_of([*map(self._key, slots)])
            self._stale.update(np.flatnonzero(self._times.all[slots[0] : slots[-1] + 1] != times) + slots[0])

    def follow(self, patience: Patience) -> None:
        """Read what is new or was touched.

        Raises:
            GivenUp: Nobody waits; what was read stays.
        """
        if self._extension != self._workspace.extension:
            self._extension = self._workspace.extension
            self._stale.update(range(len(self._times)))
            self._files.put(np.array([hash(self._key(slot)) for slot in range(len(self._files))], np.int64))
        known = len(self._times)
        for slots in patience.batches(range(known, len(self._rows)), 50 * AT_ONCE):
            self._stale.update(slots)
            end = slots[-1] + 1
            for column in (self.tags, self.chars, self.has_prose, self._hashes, self._times):
                column.grow(end)
            for tokens in self._tokens.values():
                tokens.grow(end)
            self._files.append([hash(self._key(slot)) for slot in slots])
        waiting = sorted(self._stale)
        self.done, self.total = 0, len(waiting)
        for slots in patience.batches(waiting, AT_ONCE):
            self._read(slots)
            self._stale.difference_update(slots)
            self.done += len(slots)

    def _read(self, slots: Sequence[int]) -> None:
        keys = [*map(self._key, slots)]
        times = self._times_of(keys)  # before the text: what is written meanwhile has a later one
        texts: dict[int, bytes] = {}
        tags, sizes, chars, prose, prints = list[int](), list[int](), list[int](), list[bool](), list[int]()
        names, separator = self.names, self._workspace.separator
        known = zip(slots, self._hashes.all[slots].tolist(), (self._times.all[slots] >= 0).tolist(), strict=True)
        for (slot, before, is_known), raw in zip(known, self._workspace.files.read_many(keys), strict=True):
            now = hash(raw)
            if is_known and now == before:
                continue
            read = read_caption(raw, separator)
            texts[slot] = folded(read.text)
            met = len(names)
            tags += [names.setdefault(tag, len(names)) for tag in read.tags]
            if len(names) > met:
                self._keep_spellings(read, met)
            sizes.append(len(read.tags))
            chars.append(len(read.text.strip()))
            prose.append(bool(read.prose))
            prints.append(now)
        self._times.all[slots] = times
        if texts:
            changed = np.array([*texts])
            self.tags.replace(changed, np.array(sizes), tags)
            self.chars.all[changed], self.has_prose.all[changed], self._hashes.all[changed] = chars, prose, prints
            for tokens in self._tokens.values():
                tokens.all[changed] = NOT_COUNTED
            self.texts.set(texts)
            self.changed.update(texts)

    def _key(self, slot: int) -> bytes:
        return caption_key(self._rows.keys[slot], self._extension)

    def _keep_spellings(self, read: Read, first: int) -> None:
        """Keep how the tags of a caption are written whose numbers are new, those from `first` on."""
        for key, written in zip(read.tags, read.written, strict=True):
            if written != key and (number := self.names[key]) >= first:
                self.spellings.setdefault(number, written)

    def _times_of(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        root = os.fsencode(self._workspace.root) + b"/"
        return np.array([_time(root + key) for key in keys], np.int64)

    # --- questions --------------------------------------------------------------------------------------------

    def uses(self) -> NDArray[np.int64]:
        """Return how often each tag is used, by its number."""
        counts = np.bincount(self.tags.numbers.all, minlength=len(self.names))
        counts[EMPTY] = 0
        return counts

    def tokens(self, name: Need, patience: Patience) -> NDArray[np.int32]:
        """Return the tokens of each caption; those not counted yet are read from disk again and counted.

        Args:
            name: `tokens` for those of CLIP, or `t5`.
            patience: Says when to give up.

        Returns:
            (slots,); 0 where there is no caption, and all 0 where nobody can count.
        """
        if name not in self._tokens:
            return np.zeros(len(self._times), np.int32)
        tokens, count = self._tokens[name].all, self._count_tokens[name]
        waiting = np.flatnonzero(tokens == NOT_COUNTED).tolist()
        self.done, self.total = 0, len(waiting)
        for slots in patience.batches(waiting, AT_ONCE):
            keys = [*map(self._key, slots)]
            for slot, raw in zip(slots, self._workspace.files.read_many(keys), strict=True):
                tokens[slot] = 0 if raw is None else count(raw.removeprefix(BOM).decode(errors="surrogateescape"))
                if hash(raw) != self._hashes.all[slot]:  # somebody wrote meanwhile: read it like all others
                    self._stale.add(slot)
                patience.look()
            self.done += len(slots)
        return tokens


def _time(path: bytes) -> int:
    """Return when a file changed last, ns; 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  (keys are bytes)
    except OSError:
        return 0
