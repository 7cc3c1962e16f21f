"""One dataset opened for review: start reading here.

A `Workspace` ties the three things together that a review is made of: the folder (`engine.dataset`: which images
there are, and the guarded writer of captions), the store (`engine.review`: what was proposed and decided), and the
text (`engine.captions`: diffs and views). It runs without the engine process; `engine.tagging` adds that.

Calls block on the disk for a moment: a screen makes them in a worker thread. Any thread may call.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.captions.caption import with_text
from engine.captions.view import View
from engine.dataset import images as scanner
from engine.dataset.caption_files import CaptionFiles
from engine.errors import ChangedOutside, Refused, WrongUsage
from engine.review import image_rows, journal, undo
from engine.review.decide import Draft, Step, decide
from engine.review.frames import Frame, FrameReader, image_row, text_after, verdicts
from engine.review.journal import answers_in_force
from engine.review.place import STORE_FILE, STORE_FOLDER, dataset_root, place_of
from engine.review.proposals import ProposalReader
from engine.review.records import Counts
from engine.review.repair import repair_all
from engine.review.states import Entry, as_entry, derive
from engine.review.store import Store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from engine.captions.diff import Hunk
    from engine.review.records import Image, ImageId, JournalRow, Verdict
    from engine.settings import Settings

DEFAULT_EXTENSION = ".txt"


class Workspace:
    """One dataset folder with its review store."""

    def __init__(self, root: Path, store: Store, settings: Settings, notices: Sequence[str]) -> None:
        """Use `Workspace.open`."""
        self.root = root
        self.store = store
        self.files = CaptionFiles(root, settings.captions.extra_extensions)
        self.notices: list[str] = list(notices)
        """What the person should know, one raw line each."""
        self.entries: dict[ImageId, Entry] = {}
        """The images that are there, by id; states as of the last refresh or decision."""
        self._by_key: dict[bytes, Entry] = {}
        self._frames = FrameReader(self.files, ProposalReader(), settings.captions.separator, self.view_of)
        self._views: dict[str, View] = {}
        self._mark = _Mark(0, 0, 0, 0)
        self._touched: set[ImageId] = set()
        self._guard = threading.RLock()

    @classmethod
    def open(cls, folder: Path, settings: Settings) -> Workspace:
        """Open a dataset: find or make its store, finish what a crash left, load what is known of its images.

        Nothing is scanned yet; call `scan`.

        Raises:
            WrongUsage: The folder is missing, holds no images, or belongs to another dataset.
            Unsafe: The store leads outside the folder or holds foreign code.
            TooNew: A newer cutline wrote the store.
        """
        root = dataset_root(folder)
        if not (root / STORE_FOLDER / STORE_FILE).is_file() and not any(scanner.scan(root)):
            kinds = " ".join(sorted(scanner.IMAGE_EXTENSIONS))
            raise WrongUsage(f"{folder} holds no images", f"images end in {kinds}")
        place = place_of(root)
        store = Store(place)
        workspace = cls(root, store, settings, place.notices)
        if store.copied:
            workspace.notices.append("this dataset was copied here: jobs it remembers are only read, never accepted")
        workspace.notices += repair_all(store, workspace.files)
        workspace._load()
        return workspace

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    # --- images ---------------------------------------------------------------------------------------------

    def scan(self, on_batch: Callable[[list[ImageId]], None] | None = None) -> None:
        """Compare the folder with the store: new, changed and vanished images.

        Args:
            on_batch: Called after each batch with the images that are new or changed.
        """
        notices: list[str] = []
        missing = dict(self._by_key)
        for batch in scanner.scan(self.root, notices):
            news = []
            for found in batch:
                known = missing.pop(found.key, None)
                if known is None or (known.size, known.mtime_ns) != (found.size, found.mtime_ns):
                    news.append(found)
            ids = self._take_in(news)
            if on_batch is not None and ids:
                on_batch(ids)
        vanished = [entry.id for entry in missing.values()]
        if vanished:
            with self._guard, self.store.transaction() as db:
                image_rows.mark_gone(db, vanished)
                for entry in missing.values():
                    self._forget(entry)
            if on_batch is not None:
                on_batch(vanished)
        self.notices += [notice for notice in notices if notice not in self.notices]

    def refresh(self) -> set[ImageId]:
        """Take in what other processes and threads did to the store; return the images concerned."""
        with self._guard:
            mark = self._mark_now()
            if mark == self._mark:
                return set()
            touched = self._touched_since(self._mark)
            # A write that was refused changes its row, not the newest row: look again at what was touched last.
            both, self._touched, self._mark = touched | self._touched, touched, mark
            self._load_views()
            for image in both - self.entries.keys():
                row = image_rows.get(self.store.db, image)
                if row is not None:
                    self._keep(as_entry(row))
            self._derive(list(both))
            return both

    def entry_of(self, key: bytes) -> Entry:
        """Return the entry of an image by its key.

        Raises:
            WrongUsage: There is no such image in the dataset.
        """
        entry = self._by_key.get(key)
        if entry is None:
            name = key.decode(errors="surrogateescape")
            raise WrongUsage(f"{name} is no image of {self.root}", "name it relative to the dataset's folder")
        return entry

    def frame(self, image: ImageId) -> Frame:
        """Read one image's caption and candidates as they are now.

        A picture that changed, or was never read, is hashed when there is a proposal to compare it with.
        """
        return self._frames.read(self.store.db, self.look_again(image), self.extension)

    def look_again(self, image: ImageId) -> Image:
        """Bring one image's row up to its file: size, time, and the digest where a proposal needs it."""
        row = image_row(self.store.db, image)
        now = scanner.stat_image(self.root, row.key)
        if now is not None and (row.size, row.mtime_ns) != (now.size, now.mtime_ns):
            self._take_in([now])
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

    def proposals(self, image: ImageId) -> FrameReader:
        """Return the reader of this dataset's proposals, for commands that show all of them."""
        image_row(self.store.db, image)
        return self._frames

    @property
    def extension(self) -> str:
        """What a caption file ends in."""
        return DEFAULT_EXTENSION

    # --- decisions ------------------------------------------------------------------------------------------

    def accept(
        self,
        frame: Frame,
        chosen: Mapping[int, Sequence[Hunk]],
        only: Collection[int] | None = None,
        group: int | None = None,
    ) -> Step:
        """Write the chosen hunks and answer the open candidates; with none, approve the caption as it stands.

        Args:
            frame: What the person saw.
            chosen: Hunks taken, by proposal id; a candidate that is not named is left.
            only: Answer just these proposals and take only their hunks; None answers all open ones.
            group: The bulk step this belongs to.

        Raises:
            ChangedOutside: The caption is not what the frame shows, or somebody else answered meanwhile.
        """
        asked = [s for s in frame.candidates if (s.answer is None if only is None else s.proposal.id in only)]
        taken = {s.proposal.id: tuple(chosen.get(s.proposal.id, ())) for s in asked}
        kind = "accept" if asked else "approve"
        said = verdicts(asked, taken, self.view_json)
        return self._decide(frame, kind, text_after(frame, taken), said, group)

    def reject(self, frame: Frame, only: Collection[int] | None = None, group: int | None = None) -> Step:
        """Leave every open candidate of the frame, or only some; the caption stays.

        Raises:
            Refused: There is nothing to reject.
        """
        asked = [s for s in frame.open if only is None or s.proposal.id in only]
        if not asked:
            raise Refused("there is nothing to reject here", "no candidate is open")
        return self._decide(frame, "reject", frame.raw, verdicts(asked, {}, self.view_json), group)

    def edit(self, frame: Frame, text: str, group: int | None = None) -> Step:
        r"""Write a caption by hand; candidates stay open and are compared with the new text.

        Args:
            frame: What the person saw.
            text: The caption with newlines as `\n`; the file's newline style and BOM are kept.
            group: The bulk step this belongs to.
        """
        return self.write(frame, with_text(frame.caption, text), group)

    def write(self, frame: Frame, after: bytes | None, group: int | None = None) -> Step:
        """Write a caption's bytes as a hand edit."""
        return self._decide(frame, "edit", after, (), group)

    def _decide(
        self, frame: Frame, kind: str, after: bytes | None, said: tuple[Verdict, ...], group: int | None
    ) -> Step:
        if after != frame.raw and b"\0" in (frame.raw or b""):
            name = frame.caption_key.decode(errors="surrogateescape")
            raise Refused(f"{name} is not text that can be added to (UTF-16?)", "save it as UTF-8 first")
        still_open = {shown.proposal.id for shown in frame.open} & {verdict.proposal for verdict in said}

        def still_right(db: sqlite3.Connection) -> None:
            if answers_in_force(db, frame.image.id).keys() & still_open:
                raise ChangedOutside("somebody else decided this image meanwhile", "look at it as it is now")

        draft = Draft(kind, frame.image.id, frame.caption_key, frame.raw, after, said, group)
        step = decide(self.store, self.files, draft, still_right=still_right)
        self._derive([frame.image.id])
        return step

    # --- marks, views, undo ---------------------------------------------------------------------------------

    def mark(self, image: ImageId, kind: str) -> None:
        """Put a mark on an image, as a journal row: flag, unflag, or skip (to the end of this session)."""
        with self.store.transaction() as db:
            journal.append(db, kind, session=self.store.session, image=image)
        self._derive([image])

    def view_of(self, source: str) -> View:
        """Return the view in force of a source; the default one where nobody set any."""
        return self._views.get(source) or View()

    def view_json(self, source: str) -> bytes:
        """Return the view in force as a decision stores it."""
        return msgspec.json.encode(self.view_of(source))

    def has_view(self, source: str) -> bool:
        """Say whether anybody set a view for a source."""
        return source in self._views

    def set_view(self, db: sqlite3.Connection, source: str, settings: View) -> None:
        """Put a view in force, inside the caller's transaction; the same one again adds no row."""
        if self._views.get(source) != settings:
            data = msgspec.json.encode(settings)
            journal.append(db, "view", session=self.store.session, source=source, data=data)
            self._views[source] = settings

    def new_group(self) -> int:
        """Give out the number of a new bulk step."""
        with self.store.transaction() as db:
            return self.store.new_group(db)

    def undo_last(self) -> undo.Undone | None:
        """Take back this session's newest step; None when there is none."""
        rows = undo.last_step(self.store.db, self.store.session)
        return self.undo(rows) if rows else None

    def undo(self, rows: Sequence[int]) -> undo.Undone:
        """Take back journal rows; see `engine.review.undo` for choosing them."""
        done = undo.undo_steps(self.store, self.files, rows)
        self._derive(done.images)
        return done

    def history(self, image: ImageId | None = None) -> Iterator[JournalRow]:
        """Yield the journal, oldest first."""
        return journal.history(self.store.db, image)

    # --- counting -------------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """Count from memory, without reading captions: `captioned`, `stale` and `aside` stay 0."""
        states = {"pending": 0, "accepted": 0, "rejected": 0, "untouched": 0}
        skipped = flagged = unreadable = 0
        for entry in list(self.entries.values()):
            states[entry.state] += 1
            skipped += entry.skipped
            flagged += entry.flagged
            unreadable += bool(entry.unreadable)
        return Counts(images=len(self.entries), skipped=skipped, flagged=flagged, unreadable=unreadable, **states)

    # --- keeping memory and store together --------------------------------------------------------------------

    def _load(self) -> None:
        with self._guard:
            self._mark = self._mark_now()
            for row in image_rows.present(self.store.db):
                self._keep(as_entry(row))
            derive(self.store.db, self.entries, self.store.session)
            self._load_views()

    def _load_views(self) -> None:
        self._views = {s: msgspec.json.decode(v, type=View) for s, v in journal.views(self.store.db).items()}

    def _take_in(self, found: list[scanner.Found]) -> list[ImageId]:
        if not found:
            return []
        with self._guard:
            (newest,) = self.store.db.execute("SELECT coalesce(max(id), 0) FROM images").fetchone()
            with self.store.transaction() as db:
                ids = image_rows.store_found(db, found)
            for image, (key, size, mtime_ns) in zip(ids, found, strict=True):
                self._keep(Entry(image, key, size, mtime_ns))
            self._derive([image for image in ids if image <= newest])  # a new row has no past to derive from
            return ids

    def _keep(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        self._by_key[entry.key] = entry

    def _forget(self, entry: Entry) -> None:
        del self.entries[entry.id], self._by_key[entry.key]

    def _derive(self, images: Sequence[ImageId]) -> None:
        with self._guard:
            derive(self.store.db, self.entries, self.store.session, [i for i in images if i in self.entries])

    def _mark_now(self) -> _Mark:
        row = self.store.db.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM journal), (SELECT coalesce(max(id), 0) FROM proposals),"
            " (SELECT coalesce(max(id), 0) FROM images),"
            " (SELECT cast(total(length(status)) AS INTEGER) FROM writes WHERE status <> 'written')"
        ).fetchone()
        return _Mark(*row)

    def _touched_since(self, mark: _Mark) -> set[ImageId]:
        found = self.store.db.execute(
            "SELECT image FROM journal WHERE id > ? AND image IS NOT NULL"
            " UNION SELECT image FROM proposals WHERE id > ? UNION SELECT id FROM images WHERE id > ? AND NOT gone",
            mark[:3],
        )
        return {image for (image,) in found}


class _Mark(NamedTuple):
    """How far memory has followed the store: the newest row of three tables, and what stands about unwritten rows."""

    journal: int
    proposals: int
    images: int
    unfinished: int
