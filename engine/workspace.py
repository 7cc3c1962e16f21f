"""One dataset opened for review: start reading here.

A `Workspace` ties the three things together that a review is made of: the folder (`engine.dataset`: which images
there are, and the guarded writer of captions), the store (`engine.review`: what was proposed and decided), and the
text (`engine.captions`: diffs and views). It runs without the engine process; `engine.tagging` adds that. Here are the
folder and its images; what is decided about them, undone, and looked through is inherited from files of its own.

Calls block on the disk for a moment: a screen makes them in a worker thread. Any thread may call.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.dataset import images as scanner
from engine.dataset.caption_files import CaptionFiles
from engine.errors import CutlineError, WrongUsage
from engine.review import aside, drafts, extension, image_rows
from engine.review.decisions import Decisions
from engine.review.frames import Frame, FrameReader, image_row
from engine.review.place import dataset_of, has_store, place_of
from engine.review.proposals import ProposalReader
from engine.review.repair import repair_all
from engine.review.roster import Roster
from engine.review.steps_taken import StepsTaken
from engine.review.store import Store
from engine.review.views_in_force import ViewsInForce

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from engine.captions.viewing.view import View
    from engine.review.decide import Step
    from engine.review.place import Dataset
    from engine.review.records import Counts, Image, ImageId, JournalRow
    from engine.review.states import Entry
    from engine.settings import Settings


class Workspace(ViewsInForce, Decisions, StepsTaken):
    """One dataset folder with its review store."""

    def __init__(self, dataset: Dataset, store: Store, files: CaptionFiles, separator: str, notices: list[str]) -> None:
        """Use `Workspace.open`."""
        self.root, self.below = dataset
        super().__init__(store, files)
        self.separator = separator
        """Between tags, from the settings."""
        self.notices = notices
        """What the person should know, one raw line each."""
        self.roster = Roster(self.root, store, self.below)
        self._frames = FrameReader(self.files, ProposalReader(), separator, self.view_of)

    @classmethod
    def open(cls, folder: Path, settings: Settings, *, load: bool = True) -> Workspace:
        """Open a dataset: find or make its store, finish what a crash left, load what is known of its images.

        Nothing is scanned yet; call `scan`.

        Args:
            folder: The dataset's folder, or one below it: then only the images in that are dealt with.
            settings: Those in force.
            load: False leaves the loading to the caller, who can show `first_in_queue` before it calls `load`.

        Raises:
            WrongUsage: The folder is missing or holds no images.
            Unsafe: The store leads outside the folder or holds foreign code.
            TooNew: A newer cutline wrote the store.
        """
        dataset = dataset_of(folder)
        first = None if has_store(dataset.root) else scanner.first_images(dataset.root)
        place = place_of(dataset.root)
        store = Store(place)
        try:
            if dataset.below and not image_rows.any_within(store.db, dataset.below):
                scanner.first_images(dataset.root, dataset.below)
            files = CaptionFiles(dataset.root, (*settings.captions.extra_extensions, settings.captions.extension))
            notices = list(place.notices)
            if first is not None:
                notices += extension.begin(store, files, (found.key for found in first), settings.captions.extension)
            if store.copied:
                notices.append("this dataset was copied here: jobs it remembers are only read, never accepted")
            notices += repair_all(store, files) + aside.repair_moves(store, files)
            workspace = cls(dataset, store, files, settings.captions.separator, notices)
            if load:
                workspace.load()
        except BaseException:
            store.close()
            raise
        return workspace

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    # --- images ---------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Load what the store knows of the images; a second call waits for the first and does nothing."""
        with self.store.explained():
            self.roster.load()

    def first_in_queue(self) -> ImageId | None:
        """Return the image a review begins with, and load only that; None where it takes all of them to tell."""
        with self.store.explained():
            return self.roster.first_in_queue()

    def image_at(self, key: bytes) -> Entry | None:
        """Return the image with a key, and load only that; None when there is none."""
        with self.store.explained():
            return self.roster.image_at(key)

    @property
    def title(self) -> str:
        """The name of what is open: the dataset's folder, and the one below it where only that is."""
        return "/".join([self.root.name or str(self.root), *filter(None, os.fsdecode(self.below).split("/"))])

    def concerns(self, step: JournalRow) -> bool:
        """Say whether a step is about an image in the folder that is open; where that is all, about anything."""
        return not self.below or (step.image_key or b"").startswith(self.below)

    @property
    def entries(self) -> dict[ImageId, Entry]:
        """The images that are there, by id; states as of the last refresh or decision."""
        return self.roster.entries

    def scan(self, on_batch: Callable[[list[ImageId]], None] | None = None) -> None:
        """Compare the folder with the store: new, changed and vanished images.

        Args:
            on_batch: Called after each batch with the images that are new, changed or gone.
        """
        with self.store.explained():
            found = self.roster.scan(on_batch)
        self.notices += [notice for notice in found if notice not in self.notices]

    def refresh(self) -> set[ImageId]:
        """Take in what other processes and threads did to the store; return the images concerned."""
        with self.store.explained():
            touched = self.roster.refresh()
        self._load_views()
        return touched

    def counts(self) -> Counts:
        """Say how many images are where, at once; `captioned` and `stale` stay 0."""
        return self.roster.counts()

    def entry_of(self, key: bytes) -> Entry:
        """Return the entry of an image by its key.

        Raises:
            WrongUsage: There is no such image in the dataset.
        """
        entry = self.roster.by_key(key)
        if entry is None:
            name = key.decode(errors="surrogateescape")
            raise WrongUsage(f"{name} is no image of {self.root}", "name it relative to the dataset's folder")
        return entry

    def frame(self, image: ImageId, views: Mapping[str, View] = MappingProxyType({})) -> Frame:
        """Read one image's caption and candidates as they are now.

        A picture that changed, or was never read, is hashed when there is a proposal to compare it with.

        Args:
            image: Which.
            views: By source: what is looked through in place of the view in force, as while a threshold moves.
        """
        with self.store.explained():
            return self._frames.read(self.store.db, self.look_again(image), self.extension, views)

    def row(self, image: ImageId) -> Image:
        """Return what the store knows of an image, also of one that is gone by now."""
        with self.store.explained():
            return image_row(self.store.db, image)

    def look_again(self, image: ImageId) -> Image:
        """Bring one image's row up to its file: size, time, and the digest where a proposal needs it."""
        with self.store.explained():
            row = image_row(self.store.db, image)
            now = scanner.stat_image(self.root, row.key)
            if now is not None and (row.size, row.mtime_ns) != (now.size, now.mtime_ns):
                self.roster.take_in([now])
                row = image_row(self.store.db, image)
            asked = self.store.db.execute("SELECT 1 FROM proposals WHERE image = ? LIMIT 1", (image,)).fetchone()
            if now is None or row.digest is not None or asked is None:
                return row
            digest, size, mtime_ns = scanner.read_digest(self.root, row.key)
            with self.store.transaction() as db:
                image_rows.store_digest(db, image, digest, size, mtime_ns)
            return image_row(self.store.db, image)

    def unchanged_on_disk(self, image: ImageId) -> scanner.Found | None:
        """Return what the folder says of an image now, if that is what its row says; None when it is not."""
        entry = self.entries.get(image)
        found = scanner.stat_image(self.root, entry.key) if entry is not None else None
        if entry is None or found is None or (found.size, found.mtime_ns) != (entry.size, entry.mtime_ns):
            return None
        return found

    def note_unreadable(self, damages: Mapping[ImageId, str]) -> bool:
        """Keep of pictures that somebody opened why they cannot be read; where that cannot be kept, nobody is told.

        Args:
            damages: By image what is wrong with its file.

        Returns:
            Whether any of it was news: else nothing is written.
        """
        entries = self.entries
        news = {
            image: reason
            for image, reason in damages.items()
            if image in entries and not entries[image].unreadable and self.unchanged_on_disk(image) is not None
        }
        if not news:
            return False
        try:
            with self.store.transaction() as db:
                for image, reason in news.items():
                    image_rows.store_unreadable(db, image, reason)
        except CutlineError:
            return False
        for image, reason in news.items():
            self.roster.set_unreadable(image, reason)
        return True

    def proposals(self, image: ImageId) -> FrameReader:
        """Return the reader of this dataset's proposals, for commands that show all of them."""
        self.row(image)
        return self._frames

    def set_aside(self, image: ImageId, group: int | None = None) -> Step:
        """Move an image out of the dataset, with its caption unless another image uses that; undo brings both back.

        Raises:
            Unreadable: It is not there any more.
            ChangedOutside: Somebody else moved it or set it aside.
            NotWritable: The system refuses; both files are where they were.
        """
        with self.store.explained():
            step = aside.set_aside(self.store, self.files, image_row(self.store.db, image), self.extension, group=group)
            self.roster.renew([image])
        return step

    def new_group(self, told: str = "") -> int:
        """Give out the number of a new bulk step.

        Args:
            told: What it does, in the words it was asked in: one edit a line; empty for none.
        """
        with self.store.transaction() as db:
            return self.store.new_group(db, told)

    # --- drafts -----------------------------------------------------------------------------------------------

    def drafts_kept(self) -> dict[ImageId, drafts.Unwritten]:
        """Return what was typed and not written, by image."""
        with self.store.explained():
            return drafts.load(self.store.db)

    def keep_draft(self, image: ImageId, draft: drafts.Unwritten | None, over: Collection[str] | None = None) -> None:
        """Keep what was typed for an image, None drops it; `over` are the texts it may take the place of, None for any."""
        if draft is None:
            drafts.drop(self.store, image, over)
        else:
            drafts.keep(self.store, image, draft, over)
