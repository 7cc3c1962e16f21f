"""The lease on a store of a network disk: hosts and their clocks are played."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

from engine.errors import InUse
from engine.review import lease, migrations, store
from engine.review.lease import Holder, Lease
from engine.sqlite_steps import immediate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.engine.review.shelf import Shelf

ALPHA, BETA = "alpha 1", "beta 1"


class Disk:
    """A store on a network disk, seen by several hosts, each with its own clock."""

    def __init__(self, folder: Path) -> None:
        """Make the store."""
        self.folder = folder
        self._here = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._leases: list[Lease] = []
        self.told: list[str] = []
        self.waited = 0.0
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens while somebody waits."""
        migrations.migrate(self.db(), "x")

    def db(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        if not hasattr(self._here, "db"):
            path = self.folder / "review.db"
            self._here.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._opened.append(self._here.db)
        db: sqlite3.Connection = self._here.db
        return db

    def lease(self, host: str) -> Lease:
        """Return a lease as a process of a host has it."""
        made = Lease(self.folder, self.db, host=host, clock=lambda: self.waited, wait=self._wait, tell=self.told.append)
        self._leases.append(made)
        return made

    def row(self) -> Holder | None:
        """Return who holds the store."""
        return lease._read(self.db())

    def hold(self, held: Lease) -> None:
        """Begin a transaction as a process that writes does."""
        with immediate(self.db()):
            held.hold(self.db())

    def close(self) -> None:
        """End all hosts."""
        for held in self._leases:
            held.give_back()
        for db in self._opened:
            db.close()

    def _wait(self, seconds: float) -> None:
        self.waited += seconds
        self.meanwhile()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Give a disk that nobody works on."""
    disk = Disk(tmp_path)
    yield disk
    disk.close()


def test_a_free_store_is_taken_at_once_and_given_back(disk: Disk) -> None:
    """Nobody waits where no host works on the store; after the end it is free again."""
    held = disk.lease(ALPHA)
    held.take()
    row = disk.row()
    assert row is not None
    assert (row.host, row.name) == (ALPHA, "alpha")
    assert (disk.told, disk.waited) == ([], 0)
    held.give_back()
    assert disk.row() is None


def test_a_host_at_work_keeps_the_store(disk: Disk) -> None:
    """A newcomer sees the heartbeat rise once, and is told who works there and what to do."""
    held = disk.lease(ALPHA)
    held.take()
    disk.meanwhile = lambda: disk.hold(held)
    with pytest.raises(InUse, match=r"in use on alpha \(process \d+\) since \d{4}-") as refusal:
        disk.lease(BETA).take()
    assert "close cutline there" in refusal.value.hint
    assert disk.waited < lease.LEASE_SECONDS
    assert len(disk.told) == 1
    disk.hold(held)


def test_a_dead_host_is_followed_by_another_when_its_heartbeat_stood_still(disk: Disk) -> None:
    """Only the newcomer's own clock counts, and all of the time must have passed on it."""
    disk.db().execute("INSERT INTO lease VALUES (1, ?, 7, 1e18)", (ALPHA,))
    disk.lease(BETA).take()
    row = disk.row()
    assert row is not None
    assert row.host == BETA
    assert disk.waited >= lease.LEASE_SECONDS
    assert "looking for at most 15 seconds whether that host still lives" in disk.told[0]


def test_who_waits_takes_what_is_given_back(disk: Disk) -> None:
    """A host that ends while another one looks at it leaves the store to it at once."""
    held = disk.lease(ALPHA)
    held.take()
    disk.meanwhile = held.give_back
    disk.lease(BETA).take()
    assert disk.waited < lease.LEASE_SECONDS


def test_of_two_that_wait_for_a_dead_host_one_gets_the_store(disk: Disk) -> None:
    """Whoever comes second finds the first one there."""
    disk.db().execute("INSERT INTO lease VALUES (1, 'dead 1', 7, 3)")
    first = disk.lease(ALPHA)
    rounds = iter(range(10_000))
    # The other one's time is over a moment before ours.
    disk.meanwhile = lambda: next(rounds) == 50 and first._claim(dead=Holder("dead 1", 7, 3))
    with pytest.raises(InUse, match="in use on alpha"):
        disk.lease(BETA).take()


def test_processes_of_one_host_share_it_and_the_last_one_gives_it_back(disk: Disk) -> None:
    """A second process of the host enters at once, also where the first one was killed."""
    disk.db().execute("INSERT INTO lease VALUES (1, ?, 99999, 3)", (ALPHA,))
    one, two = disk.lease(ALPHA), disk.lease(ALPHA)
    one.take()
    two.take()
    assert disk.waited == 0
    one.give_back()
    row = disk.row()
    assert row is not None
    assert row.host == ALPHA
    two.give_back()
    assert disk.row() is None


def test_a_host_that_stood_still_too_long_writes_nothing_until_the_store_is_free(disk: Disk) -> None:
    """It notices at its next transaction; when the other host ends it goes on."""
    paused, other = disk.lease(ALPHA), disk.lease(BETA)
    paused.take()
    row = disk.row()
    assert other._claim(dead=row) is None
    with pytest.raises(InUse, match=r"nothing written: .* in use on beta"):
        disk.hold(paused)
    disk.db().execute("DELETE FROM lease")
    disk.hold(paused)
    row = disk.row()
    assert row is not None
    assert row.host == ALPHA


def test_the_heartbeat_rises_by_itself(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that only waits for keys keeps the store, too."""
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.01)
    held = disk.lease(ALPHA)
    held.take()
    seen: set[float] = set()
    while len(seen) < 5:  # the test's time limit ends it
        row = disk.row()
        assert row is not None
        seen.add(row.heartbeat)


def test_only_a_store_on_a_network_disk_has_a_lease(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store made on a local disk is converted on one: what is in it stays, and nothing lies beside it."""
    shelf.propose("a.png", {"window": 0.9})
    assert shelf.desk.store.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert shelf.desk.store.db.execute("SELECT count(*) FROM lease").fetchone() == (0,)
    shelf.desk.close()
    monkeypatch.setattr(store, "on_local_disk", lambda _: False)
    shelf.desk = shelf.open()
    assert shelf.desk.store.db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert shelf.desk.store.db.execute("SELECT host FROM lease").fetchone() == (lease.this_host(),)
    assert shelf.state("a.png") == "pending"
    assert sorted(path.name for path in (shelf.root / ".cutline").iterdir()) == ["lock", "review.db"]


def test_a_lost_lease_refuses_a_decision_before_anything_is_written(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither row nor caption changes while another host has the store."""
    shelf.desk.close()
    monkeypatch.setattr(store, "on_local_disk", lambda _: False)
    shelf.desk = shelf.open()
    frame = shelf.frame("a.png")
    db = shelf.desk.store.db
    db.execute("UPDATE lease SET host = ?", (BETA,))
    with pytest.raises(InUse, match="in use on beta"):
        shelf.desk.edit(frame, "dog")
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert list(shelf.desk.history()) == []
    db.execute("DELETE FROM lease")
    assert shelf.desk.edit(frame, "dog").wrote
