"""The count of what a fault cost can tell good from bad."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from engine.review.migrations import migrate
from tests.real.strikes.audit import audit

if TYPE_CHECKING:
    from pathlib import Path

JOB = "INSERT INTO jobs (id, engine, spool, source, kind, fingerprint, merge, cursor, time) VALUES ('j', '', '', 'm', 'tags', 'f', 'append', ?, 0)"
PROPOSAL = (
    "INSERT INTO proposals (id, image, source, fingerprint, digest, kind, merge, job, seq, time)"
    " VALUES (?, ?, 'm', 'f', x'', 'tags', 'append', 'j', ?, 0)"
)
RECEIVED = "INSERT INTO received (job, seq, image, proposal, code, message) VALUES ('j', ?, ?, ?, ?, ?)"
DECIDED = "INSERT INTO journal (time, session, kind, image) VALUES (0, '', 'accept', ?)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two pictures, both answered by one job; a third one failed."""
    (tmp_path / ".cutline").mkdir()
    with closing(sqlite3.connect(tmp_path / ".cutline/review.db", isolation_level=None)) as db:
        migrate(db, "review.db")
        for image, name in enumerate("abc", 1):
            (tmp_path / f"{name}.png").touch()
            db.execute(
                "INSERT INTO images (id, key, size, mtime_ns) VALUES (?, ?, 0, 0)", (image, f"{name}.png".encode())
            )
        db.execute(JOB, (3,))
        for number in (1, 2):
            db.execute(PROPOSAL, (number, number, number))
            db.execute(RECEIVED, (number, number, number, "", ""))
        db.execute(RECEIVED, (3, 3, None, "hung", "it hung"))
    return tmp_path


def _change(root: Path, *steps: tuple[str, tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(root / ".cutline/review.db", isolation_level=None)) as db:
        for step in steps:
            db.execute(*step)


def test_what_is_whole_costs_nothing(root: Path) -> None:
    """Every picture has its proposal, or the failure it should have, and the engine gave out no more."""
    assert audit(root, "m", {"j": 3}, {"c.png": "hung"}) == (0, 0, 3)


def test_what_is_missing_is_lost(root: Path) -> None:
    """A picture without an answer, one that fails otherwise than it should, results that never came, captions."""
    assert audit(root, "m", {"j": 3}, {}).lost == 1
    assert audit(root, "m", {"j": 3}, {"c.png": "unreadable"}).lost == 1
    assert audit(root, "m", {"j": 5}, {"c.png": "hung"}).lost == 2
    assert audit(root, "other", {"j": 3}, {"c.png": "hung"}).lost == 2
    assert audit(root, "m", {"j": 3}, {"c.png": "hung"}, accepted=True).lost == 2
    _change(root, ("DELETE FROM received WHERE seq = 2", ()))
    assert audit(root, "m", {"j": 3}, {"c.png": "hung"}).lost == 1


@pytest.mark.parametrize(
    "steps",
    [
        [(PROPOSAL, (7, 1, 7))],
        [(PROPOSAL, (7, 3, 1))],
        [(RECEIVED, (4, 1, None, "hung", "again")), ("UPDATE jobs SET cursor = 4", ())],
        [(DECIDED, (1,)), (DECIDED, (1,))],
    ],
    ids=["image", "number", "result", "decision"],
)
def test_what_is_there_twice_is_doubled(root: Path, steps: list[tuple[str, tuple[object, ...]]]) -> None:
    """A second proposal or result for an image of one job, a number given out twice, a second decision."""
    _change(root, *steps)
    assert audit(root, "m", {}, {}).doubled == 1
