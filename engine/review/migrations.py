"""The shape of `.cutline/review.db`, as numbered steps; `PRAGMA user_version` counts those applied.

A step never changes once it has been released: a new shape is a new step at the end of `STEPS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine import sqlite_steps

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable


def first_light(db: sqlite3.Connection) -> None:
    """Create every table: images, answers, proposals, jobs, journal."""
    for statement in _FIRST_LIGHT.split(";\n\n"):
        db.execute(statement)


_FIRST_LIGHT = """
-- What the store knows about itself: machine and inode, collector, newest group.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

-- One row an image that was ever seen. `digest` and `unreadable` hold while size and mtime_ns do.
CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest BLOB,
    unreadable TEXT NOT NULL DEFAULT '',
    gone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE labels (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;

-- The raw output of one model step for one picture: a blob of scores (engine.captions.viewing.scores), or text.
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    digest BLOB NOT NULL,
    labels INTEGER REFERENCES labels,
    scores BLOB,
    text TEXT,
    seconds REAL NOT NULL,
    time REAL NOT NULL,
    CHECK ((scores IS NULL) <> (text IS NULL) AND (scores IS NULL) = (labels IS NULL))
) STRICT;

CREATE INDEX answers_of ON answers (fingerprint, digest);

-- What one source says about one image. `text` is NULL for tags: their text is a view of the scores.
-- `inherits` names an answered proposal of equal source, view and content, whose verdict counts for this one.
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image INTEGER NOT NULL REFERENCES images,
    source TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    digest BLOB NOT NULL,
    kind TEXT NOT NULL,
    text TEXT,
    merge TEXT NOT NULL,
    job TEXT NOT NULL DEFAULT '',
    seq INTEGER NOT NULL DEFAULT 0,
    inherits INTEGER REFERENCES proposals,
    time REAL NOT NULL
) STRICT;

CREATE INDEX proposals_of ON proposals (image, source, id);

CREATE TABLE proposal_answers (
    proposal INTEGER NOT NULL REFERENCES proposals,
    step TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answers,
    PRIMARY KEY (proposal, step)
) STRICT, WITHOUT ROWID;

-- A job asked of an engine. `state`: sending (its submission may have been cut off), open (results may come),
-- collected (to the end), lost (the engine does not know it). `accept`: decide every result on collection, as group `grp`.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    engine TEXT NOT NULL,
    spool TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request BLOB NOT NULL,
    merge TEXT NOT NULL,
    accept INTEGER NOT NULL DEFAULT 0,
    grp INTEGER,
    state TEXT NOT NULL DEFAULT 'open',
    cursor INTEGER NOT NULL DEFAULT 0,
    time REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Every result stored, once: a proposal, or why there is none.
CREATE TABLE received (
    job TEXT NOT NULL REFERENCES jobs,
    seq INTEGER NOT NULL,
    image INTEGER NOT NULL,
    proposal INTEGER REFERENCES proposals,
    code TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;

-- Every step anybody took. Rows are only ever added; a step is taken back by a row of kind `undo`.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    session TEXT NOT NULL,
    grp INTEGER,
    kind TEXT NOT NULL,
    image INTEGER REFERENCES images,
    undoes INTEGER REFERENCES journal,
    source TEXT NOT NULL DEFAULT '',
    data BLOB
) STRICT;

CREATE INDEX journal_by_image ON journal (image, id);

CREATE INDEX journal_undoes ON journal (undoes) WHERE undoes IS NOT NULL;

CREATE INDEX journal_group ON journal (grp) WHERE grp IS NOT NULL;

-- The caption file a step writes. `status`: unmarked (being written), written, withdrawn (the file was not touched;
-- the step does not count), conflict (found neither before nor after: ask the person).
CREATE TABLE writes (
    id INTEGER PRIMARY KEY REFERENCES journal,
    caption BLOB NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;

-- The caption's bytes around a write; NULL: no file. Apart from its status, because an update writes a whole row
-- anew: on a full disk there must be room to withdraw a step.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY REFERENCES writes,
    before BLOB,
    after BLOB
) STRICT;

CREATE UNIQUE INDEX one_unmarked_write ON writes (caption) WHERE status = 'unmarked';

CREATE INDEX writes_of ON writes (caption, id);

CREATE INDEX writes_not_written ON writes (status) WHERE status <> 'written';

-- What a decision said about each candidate in its frame.
CREATE TABLE verdicts (
    decision INTEGER NOT NULL REFERENCES journal,
    proposal INTEGER NOT NULL REFERENCES proposals,
    answer TEXT NOT NULL,
    hunks BLOB NOT NULL,
    view BLOB NOT NULL,
    PRIMARY KEY (decision, proposal)
) STRICT, WITHOUT ROWID;

CREATE INDEX verdicts_on ON verdicts (proposal);

-- On network file systems one host at a time works on the store.
CREATE TABLE lease (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    heartbeat REAL NOT NULL
) STRICT
"""


def requests_apart(db: sqlite3.Connection) -> None:
    """Move what jobs asked for out of their rows: it names every image, and an update writes a whole row anew."""
    db.execute(_REQUESTS)
    for job, body in db.execute("SELECT id, request FROM jobs").fetchall():
        asked = msgspec.json.decode(body)
        db.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?)", (job, asked["collector"], asked["steps"][0]["model"], body)
        )
    db.execute("ALTER TABLE jobs DROP COLUMN request")


_REQUESTS = """
-- What a job asks the engine, as the JSON of a wire Job; its collector and its model are there to be read alone.
CREATE TABLE requests (
    job TEXT PRIMARY KEY REFERENCES jobs,
    collector TEXT NOT NULL,
    model TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT
"""


def drafts_kept(db: sqlite3.Connection) -> None:
    """Give text that was typed and not written a place in the store."""
    db.execute(_DRAFTS)


_DRAFTS = """
-- A caption somebody typed and did not write: UTF-8 with halves of characters as they are. `before` is the file when it
-- was begun; NULL: no file. It ends by being written, or by being made equal to the caption.
CREATE TABLE drafts (
    image INTEGER PRIMARY KEY REFERENCES images,
    text BLOB NOT NULL,
    before BLOB,
    time REAL NOT NULL
) STRICT
"""


def groups_told(db: sqlite3.Connection) -> None:
    """Give bulk steps a name."""
    db.execute(_GROUPS)


_GROUPS = """
-- What a bulk step was asked to do, in the words it was asked in; groups without a row have none.
CREATE TABLE groups (
    id INTEGER PRIMARY KEY,
    told TEXT NOT NULL
) STRICT
"""

STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (first_light, requests_apart, drafts_kept, groups_told)


def migrate(db: sqlite3.Connection, path: str) -> None:
    """Bring a store to the present shape.

    Raises:
        TooNew: The store was written by a newer cutline.
    """
    sqlite_steps.migrate(db, path, STEPS)
