"""Answers and proposals: what models said, stored once, and which of it is a candidate now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from engine.captions.viewing.scores import LabelTable, unpack
from engine.review.journal import answers_in_force
from engine.review.records import Merge, Proposal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from engine.review.records import ImageId


class RawAnswer(msgspec.Struct, frozen=True):
    """The output of one model step for one picture, as it is stored. Scores or text, never both."""

    fingerprint: str
    digest: bytes
    labels: int | None
    """Row of the label table the scores refer to; None for text."""
    scores: bytes | None
    text: str | None
    seconds: float


class Origin(msgspec.Struct, frozen=True):
    """Who proposes, and how it meets the current text."""

    source: str
    merge: Merge
    step: str
    job: str = ""
    seq: int = 0
    view: bytes = b""
    """JSON of the view in force for the source; what an inherited answer is compared by."""
    when: float | None = None
    """Seconds since the epoch, for what was stored earlier elsewhere; None for now."""


def label_row(db: sqlite3.Connection, name: str, table: LabelTable) -> int:
    """Return the row of a label table, made when it is new; inside a transaction."""
    db.execute("INSERT OR IGNORE INTO labels (name, body) VALUES (?, ?)", (name, msgspec.json.encode(table)))
    (row,) = db.execute("SELECT id FROM labels WHERE name = ?", (name,)).fetchone()
    return int(row)


def find_answer(db: sqlite3.Connection, fingerprint: str, digest: bytes) -> int | None:
    """Return the newest answer that this very question got for this very picture; None when there is none."""
    row = db.execute(
        "SELECT max(id) FROM answers WHERE fingerprint = ? AND digest = ?", (fingerprint, digest)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def store_answer(db: sqlite3.Connection, answer: RawAnswer) -> int:
    """Add an answer inside the caller's transaction and return its row."""
    row = db.execute(
        "INSERT INTO answers (fingerprint, digest, labels, scores, text, seconds, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*msgspec.structs.astuple(answer), time.time()),
    )
    assert row.lastrowid is not None
    return row.lastrowid


def store_proposal(db: sqlite3.Connection, image: ImageId, answer: int, origin: Origin) -> int:
    """Make a proposal of one stored answer inside the caller's transaction and return its id.

    It supersedes the unanswered proposals of its source by being newer. Where its source, view and content
    equal one already answered, it inherits that answer.
    """
    fingerprint, digest, *content = db.execute(
        "SELECT fingerprint, digest, labels, scores, text FROM answers WHERE id = ?", (answer,)
    ).fetchone()
    row = db.execute(
        "INSERT INTO proposals (image, source, fingerprint, digest, kind, text, merge, job, seq, inherits, time)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            image,
            origin.source,
            fingerprint,
            digest,
            "prose" if content[0] is None else "tags",
            content[2],
            origin.merge,
            origin.job,
            origin.seq,
            _answered_twin(db, image, origin, content),
            time.time() if origin.when is None else origin.when,
        ),
    )
    assert row.lastrowid is not None
    db.execute("INSERT INTO proposal_answers VALUES (?, ?, ?)", (row.lastrowid, origin.step, answer))
    return row.lastrowid


def _answered_twin(db: sqlite3.Connection, image: ImageId, origin: Origin, content: list[object]) -> int | None:
    """Return an answered proposal of the same source, view and content; None when there is none."""
    rows = db.execute(
        "SELECT p.id, p.inherits, v.view, a.labels, a.scores, p.text FROM proposals p JOIN proposal_answers pa ON pa.proposal = p.id"
        " JOIN answers a ON a.id = pa.answer JOIN verdicts v ON v.proposal IN (p.id, p.inherits)"
        " WHERE p.image = ? AND p.source = ? AND p.merge = ? ORDER BY p.id DESC",
        (image, origin.source, origin.merge),
    ).fetchall()
    if not rows:
        return None
    said = answers_in_force(db, image)
    for proposal, inherits, view, *old in rows:
        answered = next((twin for twin in (proposal, inherits) if twin in said), None)
        if answered is not None and (view, old) == (origin.view, content):
            return int(answered)
    return None


_SELECT = """
SELECT p.id, p.image, p.source, p.fingerprint, p.digest, p.kind, p.text, a.scores, a.labels, p.merge, p.job, p.seq,
       p.time, p.inherits
FROM proposals p JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer
WHERE p.image = ? ORDER BY p.id
"""


class ProposalReader:
    """Reads proposals of images; keeps the label tables it has seen."""

    def __init__(self) -> None:
        """Start with no tables read."""
        self._tables: dict[int, LabelTable] = {}

    def of_image(self, db: sqlite3.Connection, image: ImageId) -> list[tuple[Proposal, int | None]]:
        """Return all proposals for one image, oldest first, each with the one it inherits its answer from."""
        return [self._read(db, row) for row in db.execute(_SELECT, (image,)).fetchall()]

    def _read(self, db: sqlite3.Connection, row: Sequence[Any]) -> tuple[Proposal, int | None]:
        proposal, image, source, fingerprint, digest, kind, text, scores, labels, merge, job, seq, when, inherits = row
        read = None if scores is None else unpack(scores, self._table(db, labels))
        return (
            Proposal(proposal, image, source, fingerprint, digest, kind, text, read, merge, job, seq, when),
            inherits,
        )

    def _table(self, db: sqlite3.Connection, row: int) -> LabelTable:
        if row not in self._tables:
            (body,) = db.execute("SELECT body FROM labels WHERE id = ?", (row,)).fetchone()
            self._tables[row] = msgspec.json.decode(body, type=LabelTable)
        return self._tables[row]
