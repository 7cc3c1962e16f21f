"""The scores of a source's open candidates in a few arrays: what a question about all of them is answered from.

It is read once and then follows the store: after a decision only the images concerned are read again.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from engine.captions.viewing.scores import FULL_SCALE, LabelTable, Sections, TagScore, sections
from engine.errors import Unreadable
from engine.review.candidates import open_scores
from engine.review.news import mark_now, touched_since

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from engine.review.candidates import Scores
    from engine.review.news import Mark
    from engine.review.records import ImageId

FEW_TOUCHED = 400
"""Where more images changed than this, all are read anew."""
READ_AT_ONCE = 2_048
"""Candidates."""


class _Part(NamedTuple):
    """Some candidates, as `ScoreIndex` keeps all of them."""

    images: NDArray[np.int64]
    sizes: NDArray[np.int64]
    floors: NDArray[np.uint16]
    labels: NDArray[np.int32]
    scores: NDArray[np.uint16]


class ScoreIndex:
    """All scores of the open candidates of one source, of images that are there; for one thread at a time."""

    def __init__(self, source: str, below: bytes = b"") -> None:
        """Start empty; `follow` reads the store.

        Args:
            source: Whose candidates.
            below: Only of images in this folder, `sub/`; empty for all.
        """
        self._source, self._below = source, below
        self._mark: Mark | None = None
        """How far the store was followed."""
        self._gone: set[ImageId] = set()
        self._offsets: dict[int, int] = {}
        self.tables: list[LabelTable] = []
        """The label tables met; places in `labels` count through all of them."""
        self._names: list[str] = []
        self._categories: list[str] = []
        self._by_name: NDArray[np.int64] = np.empty(0, np.int64)
        """(labels,) the place of each among all, ordered by name."""
        self._clear()

    @property
    def floor(self) -> float:
        """The score below which not every candidate of the source has kept its tags, wherever its image is, 0 to 1."""
        return float(self._floors.max(initial=self._floor_elsewhere)) / FULL_SCALE

    def slots(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return, for places of scores (n,), the places in `images` of their images (n,)."""
        return np.searchsorted(np.cumsum(self.sizes), entries, side="right")

    def tag_scores(self, slots: Iterable[int]) -> Iterator[list[TagScore]]:
        """Yield the scores of some images as `view` takes them, by their places in `images`."""
        ends = np.cumsum(self.sizes)
        for slot in slots:
            entries = slice(int(ends[slot] - self.sizes[slot]), int(ends[slot]))
            pairs = zip(self.labels[entries].tolist(), self.scores[entries].tolist(), strict=True)
            yield [TagScore(self._names[at], score / FULL_SCALE, self._categories[at]) for at, score in pairs]

    def follow(self, db: sqlite3.Connection) -> None:
        """Bring it up to the store: all of it the first time, then what was touched since.

        Raises:
            Unreadable: Stored scores are broken.
        """
        mark, since = mark_now(db), self._mark
        gone = {image for (image,) in db.execute("SELECT id FROM images WHERE gone")}
        if (mark, gone) == (since, self._gone):
            return
        touched = set() if since is None else touched_since(db, since, mark) | (gone ^ self._gone)
        if since is None or len(touched) > FEW_TOUCHED:
            self._mark = None  # until it is whole
            self._clear()
            self._take(db, open_scores(db, self._source))
        elif touched:
            self._drop(touched)
            self._take(db, open_scores(db, self._source, touched))
        self._mark, self._gone = mark, gone

    def _clear(self) -> None:
        self.images: NDArray[np.int64] = np.empty(0, np.int64)
        """(images,) ids, in no order."""
        self.sizes: NDArray[np.int64] = np.empty(0, np.int64)
        """(images,) how many scores each has; they lie one image after the other, best first, equal ones by name."""
        self.labels: NDArray[np.int32] = np.empty(0, np.int32)
        """(scores,) places in the label tables, one table after the other."""
        self.scores: NDArray[np.uint16] = np.empty(0, np.uint16)
        """(scores,) as they are stored."""
        self._floors: NDArray[np.uint16] = np.empty(0, np.uint16)
        """(images,) as they are stored."""
        self._floor_elsewhere = 0
        """The highest among images that are not below, as it is stored: a threshold is theirs, too."""

    def _drop(self, images: set[ImageId]) -> None:
        kept = ~np.isin(self.images, np.fromiter(images, np.int64, len(images)))
        entries = np.repeat(kept, self.sizes)
        self.images, self.sizes, self._floors = self.images[kept], self.sizes[kept], self._floors[kept]
        self.labels, self.scores = self.labels[entries], self.scores[entries]

    def _take(self, db: sqlite3.Connection, found: Iterable[Scores]) -> None:
        """Add candidates, some at a time: what is between the store and the arrays takes ten times their memory."""
        parts, stored = [_Part(self.images, self.sizes, self._floors, self.labels, self.scores)], iter(found)
        while some := list(islice(stored, READ_AT_ONCE)):
            batches: dict[tuple[int, int], list[tuple[ImageId, Sections]]] = {}
            for image, table, blob, key in some:
                read = sections(blob)
                if not key.startswith(self._below):
                    self._floor_elsewhere = max(self._floor_elsewhere, read.floor)
                    continue
                batches.setdefault((table, read.width), []).append((image, read))
            parts += [self._part(db, table, width, batch) for (table, width), batch in batches.items()]
        columns = [list(column) for column in zip(*parts, strict=True)]
        del parts  # each of them is twice in memory only while it is put together
        self.scores = np.concatenate(columns.pop())
        self.labels = np.concatenate(columns.pop())
        self._floors = np.concatenate(columns.pop())
        self.sizes = np.concatenate(columns.pop())
        self.images = np.concatenate(columns.pop())

    def _part(self, db: sqlite3.Connection, table: int, width: int, batch: list[tuple[ImageId, Sections]]) -> _Part:
        """Return the arrays of candidates of one label table whose indices have the same width, in bytes."""
        indices = b"".join(read.indices for _, read in batch)
        places = np.frombuffer(indices, f"<u{width}").astype(np.int32) + np.int32(self._offset(db, table))
        if places.size and int(places.max()) >= len(self._names):
            raise Unreadable("stored tag scores name labels that are not there", "tag the images with --again")
        scores = np.frombuffer(b"".join(read.scores for _, read in batch), "<u2").astype(np.uint16)
        sizes = np.array([len(read.scores) // 2 for _, read in batch], np.int64)
        order = self._best_first(sizes, places, scores)
        images = np.array([image for image, _ in batch], np.int64)
        return _Part(
            images, sizes, np.array([read.floor for _, read in batch], np.uint16), places[order], scores[order]
        )

    def _best_first(
        self, sizes: NDArray[np.int64], labels: NDArray[np.int32], scores: NDArray[np.uint16]
    ) -> NDArray[np.int64]:
        """Return the order that puts the scores of each image best first, equal ones by name."""
        falling = np.repeat(np.arange(1, len(sizes) + 1) << 16, sizes) - scores  # image by image
        # Stable, because that is quick where all but equal scores lie in order, as they do in the store.
        return np.argsort(falling * len(self._names) + self._by_name[labels], kind="stable")

    def _offset(self, db: sqlite3.Connection, row: int) -> int:
        """Return where a label table begins among all."""
        if row not in self._offsets:
            (body,) = db.execute("SELECT body FROM labels WHERE id = ?", (row,)).fetchone()
            table = msgspec.json.decode(body, type=LabelTable)
            self._offsets[row] = len(self._names)
            self.tables.append(table)
            self._names += table.names
            self._categories += table.categories
            self._by_name = np.argsort(sorted(range(len(self._names)), key=self._names.__getitem__))
        return self._offsets[row]
