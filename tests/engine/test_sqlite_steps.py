"""Databases that grow in numbered steps."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from engine import sqlite_steps
from engine.errors import TooNew


def one(db: sqlite3.Connection) -> None:
    """Make a table."""
    db.execute("CREATE TABLE a (x)")


def two(db: sqlite3.Connection) -> None:
    """Make another one."""
    db.execute("CREATE TABLE b (x)")


def broken(db: sqlite3.Connection) -> None:
    """Fail after a change."""
    db.execute("CREATE TABLE c (x)")
    raise RuntimeError


def shape(db: sqlite3.Connection) -> tuple[int, set[str]]:
    """Read the number of steps taken, and the tables there are."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return version, {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}


def test_only_new_steps_are_taken() -> None:
    """A database of one step gets the second one, and a third call changes nothing."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        sqlite_steps.migrate(db, "x.db", [one])
        sqlite_steps.migrate(db, "x.db", [one, two])
        sqlite_steps.migrate(db, "x.db", [one, two])
        assert shape(db) == (2, {"a", "b"})


def test_a_step_that_fails_leaves_no_trace() -> None:
    """What a failing step changed is taken back; the steps before it stay."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        with pytest.raises(RuntimeError):
            sqlite_steps.migrate(db, "x.db", [one, broken])
        assert shape(db) == (1, {"a"})


def test_a_newer_shape_is_refused() -> None:
    """A database with more steps than are known is named and not changed."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        sqlite_steps.migrate(db, "x.db", [one, two])
        with pytest.raises(TooNew, match=r"x\.db was written by a newer cutline"):
            sqlite_steps.migrate(db, "x.db", [one])
