"""The spool on disk: its shape, and files that cannot be one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from engine.errors import TooNew, Unreadable
from engine.jobs import migrations
from engine.jobs.spool import Spool
from tests.engine.jobs.spools import failed, job, lines, scored

if TYPE_CHECKING:
    from pathlib import Path


def test_a_newer_spool_is_refused(tmp_path: Path) -> None:
    """A spool of a newer cutline is not touched."""
    path = tmp_path / "spool.db"
    Spool(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(TooNew, match=r"spool\.db"):
        Spool(path)


def test_what_is_no_spool_is_refused(tmp_path: Path) -> None:
    """A file that is no database is named."""
    path = tmp_path / "spool.db"
    path.write_bytes(b"rubbish" * 1000)
    with pytest.raises(Unreadable, match=r"spool\.db cannot be opened"):
        Spool(path)


def test_every_table_is_strict(spool: Spool) -> None:
    """Every table of the spool refuses values of a wrong type."""
    tables = spool.db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    assert {name for name, strict in tables if not strict} <= {"sqlite_schema", "sqlite_sequence"}


def test_a_spool_of_the_first_version_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spool that an engine of the first released shape left keeps its jobs; old failures have a reason all the same."""
    path, asked = tmp_path / "spool.db", job(3)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", migrations.STEPS[:1])
        old = Spool(path)
        identity, db = old.id, old.db
        db.execute(
            "INSERT INTO jobs (id, request, steps, state, items, failed, last, created)"
            " VALUES (?, ?, ?, 'running', 3, 1, 1, 0)",
            (
                asked.id,
                b'{"id":"%s","collector":"me","root":"/data","steps":[{"name":"tags","model":"m","options":{}}]}'
                % asked.id.encode(),
                b'[{"name":"tags","model":"m","kind":"tags","fingerprint":"f","options":{},"floor":0.05}]',
            ),
        )
        for place in range(3):
            db.execute("INSERT INTO items (job, place, item, path) VALUES (1, ?, ?, x'61')", (place, place))
            db.execute("INSERT INTO work (job, place, step, state) VALUES (1, ?, 0, ?)", (place, 2 * (place == 1)))
        old.close()
    with closing(Spool(path)) as spool:
        assert spool.id == identity
        ((broken,),) = [spool.failures(asked.id)]
        assert (broken.item, broken.key, broken.failure.code) == (1, "a", "unknown")
        (lane,) = spool.lanes()
        spool.commit([scored(lane, 0, ""), failed(lane, 2)])
        assert [line.seq for line in lines(spool, asked, 1)] == [2, 3]
        assert spool.retry(asked.id)[0].failed == 0
