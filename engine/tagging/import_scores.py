"""Scores on their way in: what a file says about the images becomes answers and proposals, as if a tagger had said it.

An answer belongs to what the file says of that one image (its fingerprint), and to the picture as it is now. So the
same file again changes nothing, a changed one only those images of which it says something else, and what a person
decided stays decided where the content is the same. What the file does not hold cannot be told: scores count as kept
down to the lowest in it, or to the floor that taggers have where that is lower.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.captions.viewing.scores import FULL_SCALE, LabelTable, pack, to_u16
from engine.captions.viewing.view import View
from engine.dataset.images import Found, read_digest
from engine.errors import CutlineError
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, find_answer, label_row, store_answer, store_proposal
from engine.review.records import ImageId, Merge

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from engine.dataset.formats.scores_csv import ScoreRow
    from engine.review.states import Entry
    from engine.workspace import Workspace

STEP = "scores"
USUAL_FLOOR = 0.05
"""Taggers keep scores from here on; a file whose lowest score is higher counts as complete down to here, too."""
BATCH = 500
"""Images stored in one transaction, so that nobody else waits long for the store."""
_SCORE_BITS = 16


class Gathered(msgspec.Struct):
    """What a file says about the images of a dataset, kept small: eight bytes a line."""

    labels: dict[tuple[str, str], int] = {}
    """Tag and category → a number, in the order of the file."""
    said: dict[ImageId, array[int]] = {}
    """Image → its lines: label number and u16 score in one number each."""
    unknown: dict[bytes, None] = {}
    """Names of images that are not in the dataset, in the order of the file."""
    lowest: int = FULL_SCALE
    """The lowest u16 score in the file."""


class Terms(msgspec.Struct, frozen=True):
    """As what the scores come in."""

    source: str
    merge: Merge
    threshold: float | None = None
    """Of the view, 0 to 1; None leaves the one in force, or takes a view's own default where there is none."""


class Taken(msgspec.Struct):
    """What came of it so far."""

    proposed: int = 0
    """Images with a new proposal."""
    unchanged: int = 0
    """Images of which the store knew the same."""
    repeated: int = 0
    """Lines that say a tag of an image once more; the highest score counts."""
    refused: list[tuple[bytes, str]] = []
    """Keys of images whose picture cannot be read, and why."""
    view_changed: bool = False
    """Whether there was another view, through which what the source proposed before was seen."""

    @property
    def images(self) -> int:
        """How many were dealt with."""
        return self.proposed + self.unchanged + len(self.refused)

    def add(self, more: Taken) -> None:
        """Count what a further transaction stored."""
        self.proposed += more.proposed
        self.unchanged += more.unchanged
        self.repeated += more.repeated
        self.refused += more.refused
        self.view_changed |= more.view_changed


def gather(workspace: Workspace, rows: Iterable[ScoreRow], on_image: Callable[[], None]) -> Gathered:
    """Read all rows; nothing is stored.

    Args:
        workspace: The dataset, scanned.
        rows: In any order; images are named relative to its folder, or by a whole path below it.
        on_image: Called for each image of the dataset that comes up for the first time.
    """
    found = Gathered()
    places: dict[bytes, array[int] | None] = {}
    for name, tag, category, score in rows:
        if name not in places:
            entry = _entry(workspace, name)
            if entry is None:
                found.unknown[name] = None
            elif entry.id not in found.said:
                on_image()
            places[name] = None if entry is None else found.said.setdefault(entry.id, array("Q"))
        if (place := places[name]) is not None:
            stored = to_u16(score)
            label = found.labels.setdefault((tag, category), len(found.labels))
            place.append(label << _SCORE_BITS | stored)
            found.lowest = min(found.lowest, stored)
    return found


def _entry(workspace: Workspace, name: bytes) -> Entry | None:
    """Find the image that a file names: as a key, as `./key`, or as a whole path, whatever links lead there."""
    by_key = workspace.roster.by_key
    if (entry := by_key(name)) is not None:
        return entry
    if not name.startswith(b"/"):
        return by_key(os.path.normpath(name))
    folder, file = os.path.split(name)  # the image itself may be a link that leads elsewhere
    root, place = os.fsencode(workspace.root) + b"/", os.path.realpath(folder) + b"/" + file
    return by_key(place[len(root) :]) if place.startswith(root) else None


def take_in(workspace: Workspace, found: Gathered, terms: Terms, taken: Taken, on_image: Callable[[], None]) -> None:
    """Store what was gathered, some hundred images at a time; interrupted, it can be asked again and goes on.

    Args:
        workspace: The dataset.
        found: What the file says.
        terms: As what it comes in.
        taken: Counted up after each transaction.
        on_image: Called for each image once its picture was looked at.
    """
    taking = _Taking(workspace, found, terms)
    entries = sorted((workspace.entries[image] for image in found.said), key=attrgetter("key"))
    for start in range(0, len(entries), BATCH):
        taken.add(taking.take(entries[start : start + BATCH], on_image))
        workspace.refresh()


class _Picture(NamedTuple):
    """An image and what is in its file."""

    entry: Entry
    digest: bytes
    read: Found | None
    """The file as it was just read; None where its row knew the digest."""


class _Taking:
    def __init__(self, workspace: Workspace, found: Gathered, terms: Terms) -> None:
        self._workspace, self._found = workspace, found
        ordered = sorted(found.labels)
        self._table = LabelTable(tuple(tag for tag, _ in ordered), tuple(category for _, category in ordered))
        # Numbered by name, so that the order of the lines makes no difference.
        self._ranks = dict(zip((found.labels[label] for label in ordered), range(len(ordered)), strict=True))
        self._floor = min(found.lowest, to_u16(USUAL_FLOOR))
        self._labels: int | None = None

        known = workspace.has_view(terms.source)
        view = workspace.view_of(terms.source) if known else View()
        threshold = view.threshold if terms.threshold is None else terms.threshold
        self._view = msgspec.structs.replace(view, threshold=threshold)
        self._view_changed = known and self._view != view
        self._origin = Origin(terms.source, terms.merge, STEP, view=msgspec.json.encode(self._view))

    def take(self, batch: list[Entry], on_image: Callable[[], None]) -> Taken:
        done, pictures = Taken(view_changed=self._view_changed), []
        for entry in batch:
            try:
                pictures.append(self._picture(entry))
            except CutlineError as refusal:
                done.refused.append((entry.key, str(refusal)))
            on_image()
        with self._workspace.store.transaction() as db:
            self._workspace.set_view(db, self._origin.source, self._view)
            for picture in pictures:
                if self._propose(db, picture, done):
                    done.proposed += 1
                else:
                    done.unchanged += 1
        return done

    def _picture(self, entry: Entry) -> _Picture:
        """Find a picture's digest; the file is read where its row does not know it."""
        unchanged = self._workspace.unchanged_on_disk(entry.id) is not None
        row = image_rows.get(self._workspace.store.db, entry.id)
        if unchanged and row is not None and row.digest is not None:
            return _Picture(entry, row.digest, None)
        digest, size, mtime_ns = read_digest(self._workspace.root, entry.key)
        read = Found(entry.key, size, mtime_ns)
        if not unchanged:
            self._workspace.roster.take_in([read])
        return _Picture(entry, digest, read)

    def _propose(self, db: sqlite3.Connection, picture: _Picture, done: Taken) -> bool:
        """Make a proposal of what the file says of one image; False where that is what the source says already."""
        image = picture.entry.id
        if picture.read is not None:
            image_rows.store_digest(db, image, picture.digest, picture.read.size, picture.read.mtime_ns)
        scored: dict[int, int] = {}
        for packed in self._found.said[image]:
            label, score = self._ranks[packed >> _SCORE_BITS], packed & FULL_SCALE
            done.repeated += label in scored
            scored[label] = max(score, scored.get(label, 0))
        fingerprint = self._fingerprint(scored)
        standing = db.execute(
            "SELECT fingerprint, digest, merge FROM proposals WHERE image = ? AND source = ? ORDER BY id DESC LIMIT 1",
            (image, self._origin.source),
        ).fetchone()
        if standing == (fingerprint, picture.digest, self._origin.merge):
            return False
        answer = find_answer(db, fingerprint, picture.digest)
        if answer is None:
            if self._labels is None:
                digest = hashlib.sha256(msgspec.json.encode(self._table)).hexdigest()
                self._labels = label_row(db, f"scores-csv {digest}", self._table)
            blob = pack(scored.items(), self._floor)
            answer = store_answer(db, RawAnswer(fingerprint, picture.digest, self._labels, blob, None, 0.0))
        store_proposal(db, image, answer, self._origin)
        return True

    def _fingerprint(self, scored: dict[int, int]) -> str:
        """Hash what is said of one image: tags, categories and scores, whatever else is in the file."""
        names, categories = self._table.names, self._table.categories
        said = [(names[label], categories[label], scored[label]) for label in sorted(scored)]
        return hashlib.sha256(msgspec.json.encode(("scores-csv", said))).hexdigest()
