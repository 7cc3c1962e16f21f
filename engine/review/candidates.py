"""Which candidates of a dataset are open, and what they hold: for what concerns many images at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.captions.viewing.scores import floor_of
from engine.review.journal import DECISIONS, answers_in_force, in_force, steps

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from engine.review.records import ImageId


class Scores(NamedTuple):
    """What one candidate holds, as it is stored."""

    image: ImageId
    labels: int
    """Row of the label table."""
    blob: bytes
    """See `engine.captions.viewing.scores`."""
    key: bytes
    """Of the image."""


class Newest(NamedTuple):
    """The newest proposal of one source for one image."""

    image: ImageId
    proposal: int
    source: str
    digest: bytes
    """sha256 of the picture the model saw."""


def newest_candidates(db: sqlite3.Connection) -> list[Newest]:
    """Return what every source proposes for each image, answered or not."""
    return [Newest(*row[:4]) for row in _rows(db)]


def open_candidates(db: sqlite3.Connection) -> list[Newest]:
    """Return what every source proposes for each image and nobody answered."""
    answered = _answered(db)
    return [Newest(*row[:4]) for row in _rows(db) if row[1] not in answered and row[4] not in answered]


def open_scores(db: sqlite3.Connection, source: str, images: Iterable[ImageId] | None = None) -> Iterator[Scores]:
    """Yield the scores of a source's open candidates, of images that are there.

    Args:
        db: The store.
        source: Whose.
        images: Only of these; None for all.
    """
    answered = _answered(db) if images is None else None
    for image in images if images is not None else [None]:
        said = answered if answered is not None else answers_in_force(db, image or 0)
        for proposal, inherits, *scores in db.execute(
            _SCORES.format(one="" if image is None else "AND image = :image"), {"source": source, "image": image}
        ):
            if proposal not in said and inherits not in said:
                yield Scores(*scores)


def floor_of_proposal(db: sqlite3.Connection, proposal: int) -> float:
    """Return the floor that a proposal's scores were stored with, 0 to 1."""
    (blob,) = db.execute(
        "SELECT scores FROM proposal_answers JOIN answers ON answers.id = answer WHERE proposal = ?", (proposal,)
    ).fetchone()
    return floor_of(blob)


def model_of(db: sqlite3.Connection, source: str) -> str:
    """Return the model that was last asked under a source's name; the name where none was."""
    row = db.execute(
        "SELECT model FROM requests JOIN jobs ON jobs.id = job WHERE source = ? ORDER BY time DESC LIMIT 1", (source,)
    ).fetchone()
    return str(row[0]) if row else source


def sources(db: sqlite3.Connection) -> list[str]:
    """Return every source that ever proposed anything, by name."""
    return [source for (source,) in db.execute("SELECT DISTINCT source FROM proposals ORDER BY 1")]


_SCORES = """
SELECT p.id, p.inherits, p.image, a.labels, a.scores, i.key
FROM (SELECT max(id) AS id FROM proposals WHERE source = :source {one} GROUP BY image) newest
JOIN proposals p ON p.id = newest.id JOIN images i ON i.id = p.image
JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer
WHERE NOT i.gone AND a.scores IS NOT NULL
"""


def _answered(db: sqlite3.Connection) -> set[int]:
    """Return the proposals that a decision in force speaks about."""
    decisions = {step.id for step in in_force(steps(db)) if step.kind in DECISIONS}
    said = db.execute("SELECT decision, proposal FROM verdicts")
    return {proposal for decision, proposal in said if decision in decisions}


def _rows(db: sqlite3.Connection) -> list[tuple[int, int, str, bytes, int | None]]:
    return db.execute(
        "SELECT image, max(id), source, digest, inherits FROM proposals GROUP BY image, source ORDER BY image, 2"
    ).fetchall()
