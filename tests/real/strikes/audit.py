"""Counting what a fault cost: images without an answer, and images, results or decisions that are there twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Audit(NamedTuple):
    """What is wrong with a dataset."""

    lost: int
    """Images without what they should have, and results that were never received."""
    doubled: int
    """Second answers or decisions for one image of one job, and numbers given out twice."""
    images: int

    def __add__(self, other: object) -> Audit:
        """Count two datasets together."""
        assert isinstance(other, Audit)
        return Audit(self.lost + other.lost, self.doubled + other.doubled, self.images + other.images)


def audit(
    root: Path, source: str, jobs: Mapping[str, int], failing: Mapping[str, str], *, accepted: bool = False
) -> Audit:
    """Look at everything a dataset's store holds of one source.

    Args:
        root: The dataset.
        source: Whose proposals.
        jobs: Of every job that the engine knows, the last number it gave out.
        failing: Keys of images that no model can answer, and the code their failure should have.
        accepted: Whether every proposal should have been accepted, and written.
    """
    with closing(sqlite3.connect(root / ".cutline/review.db")) as db:
        images = {key.decode(): image for key, image in db.execute("SELECT key, id FROM images WHERE NOT gone")}
        answered = _set(db, "SELECT image FROM proposals WHERE source = ?", source)
        failed = dict(
            db.execute("SELECT image, code FROM received WHERE proposal IS NULL AND message <> '' ORDER BY job, seq")
        )
        decided = _set(db, "SELECT image FROM journal WHERE kind = 'accept'")
        cursors = dict(db.execute("SELECT id, cursor FROM jobs"))
        received = dict(db.execute("SELECT job, count(*) FROM received GROUP BY job"))
        doubled = sum(db.execute(query).fetchone()[0] or 0 for query in _DOUBLED)
    lost = 0
    keys = sorted(str(path.relative_to(root)) for path in root.rglob("*.png"))
    for key in keys:
        image = images.get(key)
        if key in failing:
            lost += image in answered or failed.get(image) != failing[key]
        elif accepted:
            lost += image not in decided or not (root / key).with_suffix(".txt").is_file()
        else:
            lost += image not in answered
    for job, cursor in cursors.items():
        lost += abs(jobs.get(job, cursor) - cursor) + abs(cursor - received.get(job, 0))
    return Audit(lost, doubled, len(keys))


_DOUBLED = (
    # Nobody runs `retry` here, so that whatever comes after a failure is one too many as well.
    "SELECT sum(times - 1) FROM (SELECT count(*) AS times FROM received GROUP BY job, image)",
    "SELECT sum(times - 1) FROM (SELECT count(*) AS times FROM proposals WHERE job <> '' GROUP BY job, image)",
    "SELECT sum(times - 1) FROM (SELECT count(*) AS times FROM proposals WHERE job <> '' GROUP BY job, seq)",
    "SELECT sum(times - 1) FROM (SELECT count(*) AS times FROM verdicts GROUP BY proposal)",
    "SELECT sum(times - 1) FROM (SELECT count(*) AS times FROM journal WHERE kind = 'accept' GROUP BY image)",
)
"""How many there are too many, each way that can be."""


def _set(db: sqlite3.Connection, query: str, *values: Any) -> set[int]:
    return {row for (row,) in db.execute(query, values)}
