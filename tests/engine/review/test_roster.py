"""The images in memory, kept up with what other processes and threads do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from engine.dataset.images import stat_image
from engine.review import image_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.workspace import Workspace
    from tests.engine.review.shelf import Shelf


@pytest.fixture
def other(shelf: Shelf) -> Iterator[Workspace]:
    """The same dataset, open in a second cutline."""
    workspace = shelf.open()
    yield workspace
    workspace.close()


def _counted(workspace: Workspace) -> int:
    counts = workspace.counts()
    assert counts.images == counts.pending + counts.accepted + counts.rejected + counts.untouched
    return counts.images


def test_images_that_another_process_found_appear(shelf: Shelf, other: Workspace) -> None:
    """What somebody adds to the folder is there once another cutline has scanned it, with what is proposed for it."""
    assert other.refresh() == set()
    (shelf.root / "new.png").write_bytes(b"new")
    shelf.desk.scan()
    shelf.propose("new.png", {"window": 0.9})
    assert other.refresh() == {shelf.id("new.png")}
    assert other.entry_of(b"new.png").state == "pending"
    assert (_counted(other), other.counts().pending) == (4, 1)
    assert other.frame(shelf.id("new.png")).open


def test_images_that_another_process_missed_are_gone(shelf: Shelf, other: Workspace) -> None:
    """What vanished from the folder leaves, and what comes back is there again, with its past."""
    shelf.propose("a.png", {"window": 0.9})
    other.refresh()
    picture = (shelf.root / "a.png").read_bytes()
    image = shelf.id("a.png")
    (shelf.root / "a.png").unlink()
    shelf.desk.scan()
    assert other.refresh() == {image}
    assert image not in other.entries
    assert (_counted(other), other.counts().pending) == (2, 0)
    (shelf.root / "a.png").write_bytes(picture)
    shelf.desk.scan()
    assert other.refresh() >= {image}
    assert other.entries[image].state == "pending"
    assert (_counted(other), other.counts().pending) == (3, 1)
    other.refresh()
    assert other.refresh() == set()


def test_an_image_that_came_and_went_unseen_is_no_image(shelf: Shelf, other: Workspace) -> None:
    """What another process found and a person took away again is gone once anybody scans, who never saw it."""
    (shelf.root / "new.png").write_bytes(b"new")
    shelf.desk.scan()
    found = shelf.id("new.png")
    (shelf.root / "new.png").unlink()
    other.scan()
    shelf.desk.refresh()
    assert found not in other.entries.keys() | shelf.desk.entries.keys()
    assert _counted(other) == _counted(shelf.desk)


def test_an_image_brought_back_here_and_deleted_there_is_gone(shelf: Shelf, other: Workspace) -> None:
    """What this session brought back itself, and another one then missed, is news to this one, although it was away before."""
    (shelf.root / "new.png").write_bytes(b"new")
    shelf.desk.scan()
    found = shelf.id("new.png")
    step = shelf.desk.set_aside(found)
    other.refresh()
    other.undo([step.id])
    (shelf.root / "new.png").unlink()
    shelf.desk.scan()
    other.refresh()
    assert found not in other.entries
    assert _counted(other) == _counted(shelf.desk)


def test_an_image_named_twice_is_counted_once(shelf: Shelf) -> None:
    """An undo of two steps on one image leaves the counts what the states are."""
    (shelf.root / "new.png").write_bytes(b"new")
    shelf.desk.scan()
    before = shelf.desk.counts()
    steps = [shelf.desk.write(shelf.frame("new.png"), text) for text in (b"cat", b"dog")]
    shelf.desk.undo([step.id for step in steps])
    assert shelf.desk.counts() == before


def test_pictures_that_another_process_could_not_read_are_marked(shelf: Shelf, other: Workspace) -> None:
    """The reason appears, and goes when the picture is replaced."""
    image = shelf.id("b.png")
    with shelf.desk.store.transaction() as db:
        image_rows.store_unreadable(db, image, "cut short")
    assert other.refresh() == {image}
    assert (other.entries[image].unreadable, other.counts().unreadable) == ("cut short", 1)
    (shelf.root / "b.png").write_bytes(b"another picture")
    shelf.desk.scan()
    assert image in other.refresh()
    assert (other.entries[image].unreadable, other.counts().unreadable) == ("", 0)


def test_a_thread_in_a_transaction_never_waits_for_one_that_wants_one(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results are stored while the folder is scanned: neither waits for what the other one has."""
    desk, image = shelf.desk, shelf.id("a.png")
    (shelf.root / "new.png").write_bytes(b"new")
    found = stat_image(shelf.root, b"new.png")
    assert found is not None
    begins = threading.Event()
    scanner = threading.Thread(target=desk.roster.take_in, args=([found],))
    with desk.store.transaction() as db:
        transaction = desk.store.transaction

        def announced() -> object:
            begins.set()
            return transaction()

        monkeypatch.setattr(desk.store, "transaction", announced)
        scanner.start()
        assert begins.wait(20)
        image_rows.store_unreadable(db, image, "cut short")
        desk.roster.set_unreadable(image, "cut short")
        assert b"new.png" not in {entry.key for entry in desk.entries.values()}
    scanner.join()
    assert desk.entry_of(b"new.png").state == "untouched"
    assert desk.counts().unreadable == 1
