"""Many decisions at once: each for itself, the lock never held for long, and whole after every fault."""

from __future__ import annotations

import fcntl
import itertools
import threading
import time
from typing import TYPE_CHECKING

import pytest

from engine.dataset import caption_batch, guarded_write
from engine.errors import ChangedOutside, CutlineError, NotWritable, Refused
from engine.review import batches, decide, journal
from engine.review.decide import Draft, Made, Step
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

MANY = 40


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Images in two folders, every third without a caption."""
    names = [f"{'sub/' if n % 2 else ''}{n:02}.png" for n in range(MANY)]
    shelf = Shelf(tmp_path / "set", {name: None if n % 3 == 0 else b"cat\n" for n, name in enumerate(names)})
    yield shelf
    shelf.desk.close()


def drafts(shelf: Shelf, after: bytes = b"new\n") -> list[Draft]:
    """Draft a new text for every caption, as one group."""
    group = shelf.desk.new_group()
    frames = [shelf.desk.frame(image) for image in shelf.desk.entries]
    return [Draft("edit", f.image.id, f.caption_key, f.raw, after, group=group) for f in frames]


def held(shelf: Shelf) -> list[bytes | None]:
    """Return what every caption holds."""
    return [shelf.caption(entry.key.decode()) for entry in shelf.desk.entries.values()]


def test_all_are_written_and_taken_back_as_one(shelf: Shelf) -> None:
    """A batch writes, creates and marks every caption; one undo brings all bytes back, one redo the new ones."""
    before = held(shelf)
    told: list[tuple[int, int]] = []
    made = shelf.desk.decide_many(drafts(shelf), on_progress=lambda done, of: told.append((done, of)))
    assert all(isinstance(step, Step) and step.wrote for step in made)
    assert held(shelf) == [b"new\n"] * MANY
    assert told[-1] == (MANY, MANY)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {row.status for row in shelf.desk.history()} == {"written"}
    assert shelf.desk.counts().accepted == MANY
    done = shelf.desk.undo_last()
    assert done is not None
    assert (len(done.images), done.written, done.left) == (MANY, MANY, 0)
    assert held(shelf) == before
    assert shelf.desk.redo_last() is not None
    assert held(shelf) == [b"new\n"] * MANY
    assert list(shelf.root.rglob(".cutline-*")) == []


def test_one_refusal_touches_no_other(shelf: Shelf) -> None:
    """A changed, a write-protected and a refused caption stay, each with its reason; all others are written."""
    asked = drafts(shelf)
    changed, protected, refused = asked[1], asked[2], asked[4]
    (shelf.root / changed.caption.decode()).write_bytes(b"theirs")
    (shelf.root / protected.caption.decode()).chmod(0o444)

    def still_right(_: sqlite3.Connection, draft: Draft) -> None:
        if draft is refused:
            raise Refused("not this one")

    made = shelf.desk.decide_many(asked, still_right)
    assert [type(made[place]) for place in (1, 2, 4)] == [ChangedOutside, NotWritable, Refused]
    assert sum(isinstance(step, Step) for step in made) == MANY - 3
    assert sorted(str(text) for text in set(held(shelf))) == ["b'cat\\n'", "b'new\\n'", "b'theirs'"]
    statuses = [row.status for row in shelf.desk.history()]
    assert (statuses.count("written"), statuses.count("withdrawn")) == (MANY - 3, 1)


def test_a_caption_may_come_again(shelf: Shelf) -> None:
    """Of several decisions on one caption each is made on what the one before it wrote."""
    image, key = shelf.id("sub/01.png"), b"sub/01.txt"
    texts = [b"cat\n", b"one", b"two", b"three"]
    chain = [Draft("edit", image, key, before, after) for before, after in itertools.pairwise(texts)]
    made = shelf.desk.decide_many([*chain, chain[0]])
    assert [isinstance(step, Step) for step in made] == [True, True, True, False]
    assert shelf.caption("sub/01.png") == b"three"
    done = shelf.desk.undo([step.id for step in made if isinstance(step, Step)])
    assert (len(done.images), done.refused) == (3, ())
    assert shelf.caption("sub/01.png") == b"cat\n"


def test_it_can_be_stopped_between_batches(shelf: Shelf) -> None:
    """What was decided before the stop is whole; of the rest nothing was begun, and an undo can be stopped, too."""
    asked, tried = drafts(shelf), [0]
    made = shelf.desk.decide_many(
        asked, on_progress=lambda done, _: tried.__setitem__(0, done), stop=lambda: tried[0] > 0
    )
    assert 0 < len(made) < MANY
    assert held(shelf).count(b"new\n") == len(made)
    assert sum(1 for _ in shelf.desk.history()) == len(made)
    shelf.desk.decide_many(asked[len(made) :])
    tried[0] = 0
    done = shelf.desk.undo_last(on_progress=lambda done, _: tried.__setitem__(0, done), stop=lambda: tried[0] > 0)
    assert done is not None
    assert done.partly
    assert len(done.images) + done.left == MANY
    assert held(shelf).count(b"new\n") == done.left
    assert shelf.desk.undo_last() is not None
    assert held(shelf).count(b"new\n") == 0


def test_a_store_that_cannot_be_written_refuses_the_rest(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the journal is full nothing is written without its row, and every draft says why."""
    asked, before = drafts(shelf), held(shelf)

    def full(*_: object, **__: object) -> int:
        raise NotWritable("review.db cannot be written", "make room")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "append", full)
        made = shelf.desk.decide_many(asked)
    assert [str(one) for one in made] == ["review.db cannot be written (make room)"] * MANY
    assert held(shelf) == before


def test_a_folder_that_cannot_be_made_durable_leaves_its_rows_to_repair(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not known to be on the disk is not marked; the next start looks at the files and finishes."""

    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(caption_batch, "sync_folder", failing)
        made = shelf.desk.decide_many(drafts(shelf))
    assert all("the disk failed" in str(one) for one in made)
    assert {row.status for row in shelf.desk.history()} == {"unmarked"}
    shelf.desk.close()
    shelf.desk = shelf.open()
    assert {row.status for row in shelf.desk.history()} == {"written"}
    assert held(shelf) == [b"new\n"] * MANY


def test_text_that_came_between_is_kept(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caption that another program replaces in the last moment stays theirs; the others are written."""
    theirs = shelf.root / "04.txt"
    once = threading.Event()

    def reached(moment: str) -> None:
        if moment == "before-exchange" and not once.is_set():
            once.set()
            theirs.write_bytes(b"theirs")

    monkeypatch.setattr(guarded_write, "reached", reached)
    (shelf.root / "04.txt").write_bytes(b"cat\n")
    made = shelf.desk.decide_many(drafts(shelf))
    assert sum(isinstance(step, Step) for step in made) >= MANY - 1
    kept = [row.before for row in shelf.desk.history() if row.kind == "offered"]
    assert b"theirs" in [theirs.read_bytes(), *kept]


def test_the_lock_is_free_between_batches(shelf: Shelf) -> None:
    """Somebody who waits for the lock gets it before all is done."""
    asked = drafts(shelf)
    order: list[str] = []
    waits, has_it = threading.Event(), threading.Event()

    def wait_for_the_lock() -> None:
        with shelf.desk.store.place.lock.open("rb") as lock:
            waits.set()
            fcntl.flock(lock, fcntl.LOCK_EX)
            order.append("waiter")
            has_it.set()

    waiter = threading.Thread(target=wait_for_the_lock)

    def on_progress(done: int, of: int) -> None:
        order.append(f"{done}")
        if done < of and not waits.is_set():
            waiter.start()
            waits.wait(5)
            has_it.wait(5)

    shelf.desk.decide_many(asked, on_progress=on_progress)
    waiter.join(5)
    assert "waiter" in order[:-1]


@pytest.mark.parametrize(
    ("size", "seconds_each", "following"),
    [
        (8, 0.000_1, 16),
        (100, 0.000_1, batches.LARGEST),
        (100, 0.001, 40),
        (8, 0.02, 2),
        (8, 1.0, 1),
        (64, 0.000_5, 80),
    ],
)
def test_a_batch_is_as_large_as_the_disk_is_fast(size: int, seconds_each: float, following: int) -> None:
    """The next batch takes about the time that the lock may be held, never growing more than twofold."""
    made = Made([Refused("")] * size, size * seconds_each)
    assert batches._next_size(size, made) == following


def test_slow_drafts_end_a_batch_early(shelf: Shelf) -> None:
    """Where working out what to write takes long, the batch is cut before its rows are made."""

    def slow(now: bytes | None) -> Draft:
        time.sleep(0.01)
        raise Refused(f"looked at {now!r}")

    intents = [decide.Intent(f"{n:02}.txt".encode(), slow) for n in range(0, MANY, 2)]
    made = decide.decide_at_once(shelf.desk.store, shelf.desk.files, intents, patience=0.025)
    assert 1 <= len(made.results) <= 4
    assert all(isinstance(one, CutlineError) for one in made.results)
