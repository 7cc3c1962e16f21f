"""The review store of another place or time, read through a copy: whatever it holds, nothing of it is changed."""

from __future__ import annotations

import itertools
import sqlite3
import stat
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from engine import paths
from engine.captions.viewing.scores import LabelTable, unpack
from engine.captions.viewing.view import View
from engine.errors import Unreadable, Unsafe, WrongUsage
from engine.review import journal
from engine.review.migrations import migrate
from engine.review.place import STORE_FILE
from engine.review.records import Answer, Merge, Verdict
from engine.review.store import explained, refuse_foreign_code, unusable

if TYPE_CHECKING:
    from collections.abc import Iterator

BESIDE = ("-wal", "-shm", "-journal")
"""Endings of the files in which SQLite keeps what is not in the database yet."""


class OtherImage(NamedTuple):
    """An image as the other store knows it."""

    id: int
    key: bytes
    size: int
    mtime_ns: int
    digest: bytes | None


class OtherProposal(NamedTuple):
    """A proposal with the answer it was made of."""

    id: int
    source: str
    merge: Merge
    job: str
    seq: int
    inherits: int | None
    time: float
    step: str
    fingerprint: str
    digest: bytes
    labels: int | None
    scores: bytes | None
    text: str | None
    seconds: float


class OtherStep(NamedTuple):
    """A step in force of the other journal."""

    id: int
    kind: str
    time: float
    source: str
    data: bytes | None
    caption: bytes | None
    """Of the file it wrote; None when it wrote none."""
    before: bytes | None
    after: bytes | None


_PROPOSALS = """
SELECT p.id, p.source, p.merge, p.job, p.seq, p.inherits, p.time, pa.step, a.fingerprint, a.digest, a.labels, a.scores,
       a.text, a.seconds
FROM proposals p JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer
WHERE p.image = ? ORDER BY p.id
"""
_STEPS = """
SELECT j.id, j.kind, j.time, j.source, j.data, w.caption, t.before, t.after
FROM journal j LEFT JOIN writes w USING (id) LEFT JOIN texts t USING (id) WHERE j.image = ? ORDER BY j.id
"""


_texts = msgspec.json.Decoder(list[str])


class OtherStore:
    """Reads an open copy; what cannot be read is an error that names the store itself."""

    def __init__(self, file: Path, db: sqlite3.Connection) -> None:
        """Use `reading`."""
        self.file, self._db = file, db
        self._tables: dict[int, tuple[str, LabelTable]] = {}

    def images(self) -> list[OtherImage]:
        """Return the images about which it holds anything, by key."""
        return self._read(
            OtherImage,
            "SELECT id, key, size, mtime_ns, digest FROM images WHERE id IN (SELECT image FROM proposals)"
            " OR id IN (SELECT image FROM journal WHERE kind <> 'skip') ORDER BY key",
        )

    def proposals(self, image: int) -> list[OtherProposal]:
        """Return all proposals for an image, oldest first; their scores can be read."""
        found = self._read(OtherProposal, _PROPOSALS, image)
        for proposal in found:
            if proposal.scores is not None and proposal.labels is not None:
                try:
                    unpack(proposal.scores, self.table(proposal.labels)[1])
                except Unreadable as broken:
                    raise unusable(self.file, broken) from broken
        return found

    def table(self, row: int) -> tuple[str, LabelTable]:
        """Return a label table with its name."""
        if row not in self._tables:
            for name, body in self._read(tuple[str, bytes], "SELECT name, body FROM labels WHERE id = ?", row):
                with explained(self.file):
                    self._tables[row] = name, msgspec.json.decode(body, type=LabelTable)
        if row not in self._tables:
            raise unusable(self.file, KeyError("labels"))
        return self._tables[row]

    def steps(self, image: int) -> list[OtherStep]:
        """Return the steps about an image that are in force, oldest first."""
        with explained(self.file):
            kept = {step.id for step in journal.in_force(journal.steps(self._db, [image]))}
        return [step for step in self._read(OtherStep, _STEPS, image) if step.id in kept]

    def verdicts(self, step: int) -> list[Verdict]:
        """Return what a decision said about each candidate."""
        query = "SELECT proposal, answer, hunks, view FROM verdicts WHERE decision = ? ORDER BY proposal"
        found = self._read(tuple[int, Answer, bytes, bytes], query, step)
        with explained(self.file):
            return [Verdict(p, answer, tuple(_texts.decode(hunks)), view) for p, answer, hunks, view in found]

    def writes(self) -> list[tuple[int, bytes, bytes | None, bytes | None]]:
        """Return every write that was made or begun, newest first: step, caption, before, after."""
        return self._read(
            tuple[int, bytes, bytes | None, bytes | None],
            "SELECT id, caption, before, after FROM writes JOIN texts USING (id)"
            " WHERE status IN ('written', 'unmarked') ORDER BY id DESC",
        )

    def views(self) -> dict[str, View]:
        """Return the view in force of each source."""
        with explained(self.file):
            found = msgspec.convert(journal.views(self._db), dict[str, bytes])
            return {source: msgspec.json.decode(data, type=View) for source, data in found.items()}

    def open_jobs(self) -> int:
        """Count the jobs whose results were not all collected."""
        with explained(self.file):
            (jobs,) = self._db.execute("SELECT count(*) FROM jobs WHERE state IN ('sending', 'open')").fetchone()
        return int(jobs)

    def _read(self, kind: Any, query: str, *given: int) -> list[Any]:
        with explained(self.file):
            return [msgspec.convert(row, type=kind) for row in self._db.execute(query, given)]


@contextmanager
def reading(file: Path) -> Iterator[OtherStore]:
    """Open a copy of a store, brought to the present shape.

    Raises:
        WrongUsage: There is none.
        Unsafe: It is a link or no plain file, or holds things cutline never makes.
        TooNew: A newer cutline wrote it.
        Unreadable: It is no review store, or a broken one.
    """
    _refuse_links(file)
    folder = TemporaryDirectory(prefix="reading-", dir=paths.ensure(paths.state_dir()))
    with folder, closing(sqlite3.connect(Path(folder.name, STORE_FILE), isolation_level=None)) as db:
        with explained(file):
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source:
                source.backup(db)
            db.execute("PRAGMA trusted_schema = OFF")
            refuse_foreign_code(db, file)
            if db.execute("PRAGMA user_version").fetchone() == (0,):
                raise Unreadable(f"{file} is no review store", "name the review.db of a .cutline folder")
            migrate(db, str(file))
        yield OtherStore(file, db)


def put_away(file: Path) -> Path:
    """Rename a store that was brought in, with what lies beside it; return its new name, which was free."""
    names = (file.with_name(f"{file.name}.imported{number or ''}") for number in itertools.count())
    target = next(name for name in names if not name.exists())
    for ending in (*BESIDE, ""):
        with suppress(FileNotFoundError):
            Path(f"{file}{ending}").rename(f"{target}{ending}")
    return target


def _refuse_links(file: Path) -> None:
    for part in (file, *(Path(f"{file}{ending}") for ending in BESIDE)):
        try:
            kind = part.lstat()
        except OSError as missing:
            if part == file:
                raise WrongUsage(f"{file} cannot be opened: {missing.strerror}", "name a review.db") from missing
            continue
        if not stat.S_ISREG(kind.st_mode):
            raise Unsafe(f"{part} is not a plain file", "name the review.db itself")
