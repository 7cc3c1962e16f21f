"""Reading somebody else's store without believing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.errors import CutlineError, TooNew, Unreadable, Unsafe, WrongUsage
from engine.review.bring_in import bring_in
from engine.review.other_store import put_away, reading
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The store of another folder with the same images, with a proposal and a decision."""
    other = Shelf(tmp_path / "other", {"a.png": b"cat, sofa\n"})
    other.propose("a.png", {"window": 0.9})
    other.desk.reject(other.frame("a.png"))
    other.desk.close()
    return other.root / ".cutline/review.db"


def _change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(statement)


def _refused(shelf: Shelf, file: Path) -> CutlineError:
    """Bring it in, which must fail, and check that nothing of it came and nothing of it changed."""
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(CutlineError) as refusal, reading(file) as other:
        bring_in(shelf.desk.store, shelf.desk.files, other)
    assert (file.read_bytes() if file.is_file() else b"") == before
    for table in ("proposals", "journal", "labels", "answers"):
        assert shelf.desk.store.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert list(paths.state_dir().glob("reading-*")) == []
    return refusal.value


def test_what_is_read_stays_as_it_is(shelf: Shelf, file: Path) -> None:
    """Reading goes through a copy, also where the newest rows are only in SQLite's log."""
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("UPDATE proposals SET source = 'late'")
        assert file.with_name("review.db-wal").stat().st_size
        before = {path.name: path.read_bytes() for path in file.parent.iterdir() if path.suffix != ".db-shm"}
        with reading(file) as other:
            assert [proposal.source for proposal in other.proposals(1)] == ["late"]
            bring_in(shelf.desk.store, shelf.desk.files, other)
        assert {path.name: path.read_bytes() for path in file.parent.iterdir() if path.name in before} == before


@pytest.mark.parametrize(
    ("statement", "kind", "says"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM journal; END", Unsafe, "triggers or views"),
        ("CREATE VIEW v AS SELECT 1", Unsafe, "triggers or views"),
        ("PRAGMA user_version = 99", TooNew, "newer cutline"),
        ("PRAGMA user_version = 0", Unreadable, "is no review store"),
        ("DROP TABLE verdicts", Unreadable, "not a usable review store"),
        ("UPDATE labels SET body = x'00'", Unreadable, "not a usable review store"),
        ("UPDATE answers SET scores = x'00'", Unreadable, "not a usable review store"),
        ("UPDATE answers SET labels = 77", Unreadable, "not a usable review store"),
        ("UPDATE verdicts SET hunks = x'ff'", Unreadable, "not a usable review store"),
        ("UPDATE verdicts SET answer = 'perhaps'", Unreadable, "not a usable review store"),
        ("UPDATE proposals SET merge = 'somehow'", Unreadable, "not a usable review store"),
        ("INSERT INTO journal (time, session, kind, data) VALUES (1, '', 'view', x'7b')", Unreadable, "not a usable"),
        ("INSERT INTO journal (time, session, kind) VALUES (1, '', 'view')", Unreadable, "not a usable"),
    ],
)
def test_a_store_that_is_not_right_is_refused(
    shelf: Shelf, file: Path, statement: str, kind: type[CutlineError], says: str
) -> None:
    """Foreign code, a newer shape and damaged values: one sentence that names that store, and nothing comes."""
    _change(file, statement)
    refusal = _refused(shelf, file)
    assert isinstance(refusal, kind)
    assert refusal.message.startswith(str(file))
    assert says in refusal.message


def test_what_is_no_file(shelf: Shelf, file: Path, tmp_path: Path) -> None:
    """A missing file, a folder, a link, a log that is a link, and rubbish are refused."""
    assert isinstance(_refused(shelf, tmp_path / "missing"), WrongUsage)
    assert isinstance(_refused(shelf, tmp_path), Unsafe)
    link = tmp_path / "link.db"
    link.symlink_to(file)
    assert isinstance(_refused(shelf, link), Unsafe)
    log = file.with_name("review.db-wal")
    log.symlink_to(tmp_path / "elsewhere")
    assert isinstance(_refused(shelf, file), Unsafe)
    log.unlink()
    file.write_bytes(b"rubbish" * 1000)
    assert isinstance(_refused(shelf, file), Unreadable)


def test_putting_away_replaces_nothing(file: Path) -> None:
    """Each store that was brought in keeps its bytes, and its log, under a name of its own."""
    data = file.read_bytes()
    file.with_name("review.db-wal").write_bytes(b"log")
    assert put_away(file).name == "review.db.imported"
    assert not file.exists()
    assert file.with_name("review.db.imported-wal").read_bytes() == b"log"
    file.write_bytes(b"second")
    assert put_away(file).name == "review.db.imported1"
    assert file.with_name("review.db.imported").read_bytes() == data
