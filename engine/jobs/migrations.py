"""The shape of the engine's spool, as numbered steps; a new shape is a new step at the end of `STEPS`."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from engine import sqlite_steps

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable


def first_light(db: sqlite3.Connection) -> None:
    """Create every table, and give the spool its random id."""
    for statement in _FIRST_LIGHT.split(";\n\n"):
        db.execute(statement)
    db.execute("INSERT INTO meta VALUES ('spool', ?)", (secrets.token_hex(16),))


_FIRST_LIGHT = """
-- What the spool knows about itself: spool (its random id).
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

-- `request` is the Job as JSON, without its items; `steps` what they were resolved to. `last` is the highest
-- sequence number given out: a counter, never reused. Results up to and including `purged` are gone.
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    request BLOB NOT NULL,
    steps BLOB NOT NULL,
    state TEXT NOT NULL,
    items INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    last INTEGER NOT NULL DEFAULT 0,
    purged INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    message TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX jobs_open ON jobs (state) WHERE state NOT IN ('done', 'cancelled');

-- The pictures of a job in the order they were given; `item` is the client's own number.
CREATE TABLE items (
    job INTEGER NOT NULL REFERENCES jobs,
    place INTEGER NOT NULL,
    item INTEGER NOT NULL,
    path BLOB NOT NULL,
    blob TEXT NOT NULL DEFAULT '',
    texts BLOB,
    have BLOB,
    PRIMARY KEY (job, place)
) STRICT, WITHOUT ROWID;

-- One row a step of an item. `state`: 0 waiting (or in flight, which only memory knows), 1 answered, 2 failed.
-- `attempts` counts its failures.
CREATE TABLE work (
    job INTEGER NOT NULL REFERENCES jobs,
    place INTEGER NOT NULL,
    step INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, place, step)
) STRICT, WITHOUT ROWID;

CREATE INDEX work_waiting ON work (job, step, place) WHERE state = 0;

-- Answers and failures until every collector has them; `line` is the stream's line, newline included.
CREATE TABLE results (
    job INTEGER NOT NULL REFERENCES jobs,
    seq INTEGER NOT NULL,
    labels TEXT,
    line BLOB NOT NULL,
    PRIMARY KEY (job, seq)
) STRICT;

-- Label tables, each as the stream's line that a result naming it needs before it.
CREATE TABLE labels (
    id TEXT PRIMARY KEY,
    line BLOB NOT NULL
) STRICT;

-- Who must have stored the results of a job before they are purged, and how far each has come.
CREATE TABLE collectors (
    job INTEGER NOT NULL REFERENCES jobs,
    collector TEXT NOT NULL,
    through INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, collector)
) STRICT, WITHOUT ROWID
"""


def kept_reasons(db: sqlite3.Connection) -> None:
    """Keep why a step failed, the item's key where its path is another, and a job's warning."""
    # A Failure as JSON; NULL for what did not fail, or failed before reasons were kept.
    db.execute("ALTER TABLE work ADD COLUMN failure BLOB")
    db.execute("CREATE INDEX work_failed ON work (job, place, step) WHERE state = 2")
    # NULL where it equals `path`.
    db.execute("ALTER TABLE items ADD COLUMN key BLOB")
    db.execute("ALTER TABLE jobs ADD COLUMN warning TEXT NOT NULL DEFAULT ''")


def kept_times(db: sqlite3.Connection) -> None:
    """Keep how long a job took, in seconds, up to the end after which it was retried."""
    db.execute("ALTER TABLE jobs ADD COLUMN worked REAL NOT NULL DEFAULT 0")


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (first_light, kept_reasons, kept_times)


def migrate(db: sqlite3.Connection, path: str) -> None:
    """Bring a spool to the present shape.

    Raises:
        TooNew: The spool was written by a newer cutline.
    """
    sqlite_steps.migrate(db, path, STEPS)
