"""Where the store lies, and stores that somebody else made."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import paths, sqlite_steps
from engine.errors import CutlineError, TooNew, Unreadable, Unsafe, WrongUsage
from engine.review import migrations
from engine.review.place import dataset_of, on_local_disk, place_of
from engine.settings import Settings
from engine.workspace import Workspace
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator


def _open(root: Path) -> Workspace:
    return Workspace.open(root, Settings())


def test_a_missing_folder_a_file_and_a_folder_without_images(tmp_path: Path) -> None:
    """Each is refused with a hint, and no store is made."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.png").write_bytes(b"x")
    for folder in ("missing", "file.png", "empty"):
        with pytest.raises(WrongUsage) as refusal:
            _open(tmp_path / folder)
        assert refusal.value.hint
    assert not (tmp_path / "empty" / ".cutline").exists()


def test_a_folder_inside_a_dataset_opens_that(shelf: Shelf) -> None:
    """A store above is found, its images below the folder are dealt with, and a second store is not made."""
    inside = shelf.root / "deep"
    inside.mkdir()
    (inside / "x.png").write_bytes(b"x")
    workspace = _open(inside)
    workspace.scan()
    assert (workspace.root, workspace.below, workspace.title) == (shelf.root, b"deep/", "set/deep")
    assert [entry.key for entry in workspace.entries.values()] == [b"deep/x.png"]
    workspace.close()
    assert not (inside / ".cutline").exists()


def test_a_folder_that_a_scan_passes_over_is_refused(shelf: Shelf) -> None:
    """One without images, and a hidden one, with the images in it, are no part of the dataset."""
    for name, why in (("empty", "holds no images"), (".cutline-aside/7", "hidden in the dataset")):
        folder = shelf.root / name
        folder.mkdir(parents=True)
        if name.startswith("."):
            (folder / "x.png").write_bytes(b"x")
        with pytest.raises(WrongUsage, match=why):
            _open(folder)


def test_a_store_is_looked_for_like_a_repository(tmp_path: Path, home: Path) -> None:
    """The nearest one above wins; one in HOME or above it is somebody else's business."""
    outer = Shelf(tmp_path / "set", {"a.png": None, "inner/deep/b.png": None})
    outer.desk.close()
    assert dataset_of(outer.root / "inner/deep") == (outer.root, b"inner/deep/")
    (outer.root / "inner/.cutline").mkdir()
    (outer.root / "inner/.cutline/review.db").touch()
    assert dataset_of(outer.root / "inner/deep") == (outer.root / "inner", b"deep/")
    for above in (home, tmp_path):
        (above / ".cutline").mkdir()
        (above / ".cutline/review.db").touch()
    (home / "photos").mkdir()
    assert dataset_of(home / "photos") == (home / "photos", b"")


def test_a_newer_store_is_left_alone(shelf: Shelf) -> None:
    """A store of a newer shape is refused without a change."""
    shelf.desk.close()
    db = sqlite3.connect(shelf.root / ".cutline/review.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(TooNew, match="newer cutline"):
        _open(shelf.root)


def test_migrations_count_from_one() -> None:
    """A fresh store holds as many steps as there are, and another run changes nothing."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrations.migrate(db, "x")
    assert db.execute("PRAGMA user_version").fetchone() == (len(migrations.STEPS),)
    shape = db.execute("SELECT sql FROM sqlite_schema").fetchall()
    migrations.migrate(db, "x")
    assert db.execute("SELECT sql FROM sqlite_schema").fetchall() == shape
    db.close()


def test_a_store_that_is_no_database(shelf: Shelf) -> None:
    """Rubbish in place of the store is named, not a traceback."""
    shelf.desk.close()
    (shelf.root / ".cutline/review.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(Unreadable, match=r"review\.db"):
        _open(shelf.root)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE journal SET kind = 'view', image = NULL, data = x'ff00'",
        "UPDATE labels SET body = x'00'",
        "UPDATE verdicts SET hunks = x'ff'",
        "DROP TABLE verdicts",
    ],
)
def test_a_damaged_store_is_named(shelf: Shelf, damage: str) -> None:
    """Values that cannot be read, and tables that are gone, are one sentence that names the store."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    with shelf.desk.store.transaction() as db:
        db.execute(damage)
    shelf.desk.close()

    def look() -> None:
        shelf.desk = shelf.open()
        shelf.frame("a.png")
        list(shelf.desk.history())

    with pytest.raises(Unreadable, match=r"review\.db is not a usable review store"):
        look()


@pytest.mark.parametrize("name", ["", "/review.db", "/lock", "/review.db-wal"])
def test_a_store_that_leads_elsewhere_is_refused(shelf: Shelf, tmp_path: Path, name: str) -> None:
    """A link in place of the folder or of a file in it is refused before anything is opened."""
    shelf.desk.close()
    target = tmp_path / "elsewhere"
    place = Path(f"{shelf.root}/.cutline{name}")
    if not name:
        place.rename(target)
    else:
        target.write_bytes(b"precious")
        place.unlink(missing_ok=True)
    place.symlink_to(target)
    with pytest.raises(Unsafe):
        _open(shelf.root)
    assert not name or target.read_bytes() == b"precious"


def test_triggers_are_refused(shelf: Shelf) -> None:
    """A store with code in it is not used."""
    with shelf.desk.store.transaction() as db:
        db.execute("CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM journal; END")
    shelf.desk.close()
    with pytest.raises(Unsafe, match="triggers"):
        _open(shelf.root)


@pytest.mark.parametrize(
    "key",
    [b"../out.txt", b"/etc/out.txt", b"link/out.txt", b"a.png", b"run.sh", b"sub/../../out.txt", b".cutline/lock"],
)
def test_a_store_made_to_write_elsewhere_writes_nothing(shelf: Shelf, tmp_path: Path, key: bytes) -> None:
    """Unfinished writes with hostile keys are withdrawn at repair, and undo of such rows is refused."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (shelf.root / "link").symlink_to(outside)
    picture = (shelf.root / "a.png").read_bytes()
    image = shelf.id("a.png")
    with shelf.desk.store.transaction() as db:
        for status in ("unmarked", "written"):
            row = db.execute("INSERT INTO journal (time, session, kind, image) VALUES (1, 'x', 'edit', ?)", (image,))
            before, after = (None, b"evil") if status == "unmarked" else (b"evil", picture)
            db.execute("INSERT INTO writes (id, caption, status) VALUES (?, ?, ?)", (row.lastrowid, key, status))
            db.execute("INSERT INTO texts VALUES (?, ?, ?)", (row.lastrowid, before, after))
    shelf.desk.close()
    shelf.desk = shelf.open()
    assert any("could not be finished" in notice for notice in shelf.desk.notices)
    done = shelf.desk.undo([2])
    assert (done.written, len(done.refused)) == (0, 1)
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "out.txt").exists()
    assert (shelf.root / "a.png").read_bytes() == picture
    assert not (shelf.root / "run.sh").exists()


def test_a_store_of_the_first_shape_keeps_its_jobs() -> None:
    """What jobs asked for moves to a table of its own; nothing of it is lost."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    sqlite_steps.migrate(db, "x", migrations.STEPS[:1])
    asked = b'{"id": "j", "collector": "me", "root": "/set", "steps": [{"name": "tags", "model": "m"}], "items": []}'
    db.execute(
        "INSERT INTO jobs (id, engine, spool, source, kind, fingerprint, request, merge, cursor, time)"
        " VALUES ('j', '', 'here', 's', 'tags', 'f', ?, 'append', 7, 1)",
        (asked,),
    )
    migrations.migrate(db, "x")
    assert db.execute("SELECT * FROM requests").fetchall() == [("j", "me", "m", asked)]
    assert db.execute("SELECT spool, source, cursor, state FROM jobs").fetchall() == [("here", "s", 7, "open")]


def test_a_copied_dataset_takes_a_new_collector_and_forgets_to_accept(shelf: Shelf, tmp_path: Path) -> None:
    """A copy never runs a remembered --accept by itself, and speaks to engines under a name of its own."""
    with shelf.desk.store.transaction() as db:
        db.execute(
            "INSERT INTO jobs (id, engine, spool, source, kind, fingerprint, merge, accept, time)"
            " VALUES ('j', '', '', 's', 'tags', '', 'append', 1, 1)"
        )
    collector = shelf.desk.store.meta("collector")
    shelf.desk.close()
    shutil.copytree(shelf.root, tmp_path / "copy")
    copy = _open(tmp_path / "copy")
    assert copy.store.meta("collector") not in ("", collector)
    assert copy.store.db.execute("SELECT accept FROM jobs").fetchone() == (0,)
    assert any("copied" in notice for notice in copy.notices)
    copy.close()
    again = _open(shelf.root)
    assert again.store.meta("collector") == collector
    assert again.store.db.execute("SELECT accept FROM jobs").fetchone() == (1,)
    again.close()


def test_a_sub_folder_with_its_own_store_is_left_out_and_named(shelf: Shelf, tmp_path: Path) -> None:
    """A dataset inside the dataset is not scanned; the person is told."""
    inner = Shelf(tmp_path / "inner", {"x.png": None})
    inner.desk.close()
    shutil.move(tmp_path / "inner", shelf.root / "inner")
    shelf.desk.scan()
    assert len(shelf.desk.entries) == 3
    assert any("inner" in notice for notice in shelf.desk.notices)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A dataset on a file system mounted read-only."""
    root = tmp_path / "mounted"
    root.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "none", root], check=False, capture_output=True).returncode
    ):
        pytest.skip("read-only file system: mounting one needs root")
    try:
        (root / "a.png").write_bytes(b"x")
        (root / "a.txt").write_bytes(b"cat")
        subprocess.run(["mount", "-o", "remount,ro", root], check=True)
        yield root
    finally:
        subprocess.run(["umount", "-l", root], check=True)


def test_a_read_only_dataset_keeps_its_store_elsewhere_and_says_so(read_only: Path) -> None:
    """Review works; the store lies in the state folder, is said, and is found again."""
    workspace = _open(read_only)
    workspace.scan()
    assert str(read_only) not in str(workspace.store.place.folder)
    assert any("cannot be written" in notice for notice in workspace.notices)
    image = workspace.entry_of(b"a.png").id
    workspace.accept(workspace.frame(image), {})
    with pytest.raises(CutlineError, match="mounted read-only"):
        workspace.edit(workspace.frame(image), "dog")
    workspace.close()
    again = _open(read_only)
    assert again.entries[image].state == "accepted"
    again.close()


def test_a_store_of_its_own_wins_over_the_one_kept_elsewhere(shelf: Shelf) -> None:
    """Once the folder can be written and has a store, that one is used and the other is named."""
    kept = paths.dataset_state_dir(shelf.root)
    kept.mkdir(parents=True)
    (kept / "review.db").write_bytes(b"")
    place = place_of(shelf.root)
    assert place.folder == shelf.root / ".cutline"
    assert str(kept) in place.notices[0]


def test_decisions_made_while_read_only_come_home(shelf: Shelf) -> None:
    """A dataset that can be written again and has no store takes over the one that was kept for it."""
    shelf.accept("b.png")
    shelf.desk.close()
    kept = paths.dataset_state_dir(shelf.root)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(shelf.root / ".cutline", kept)
    shelf.desk = shelf.open()
    assert shelf.state("b.png") == "accepted"
    assert any("brought into it" in notice for notice in shelf.desk.notices)
    shelf.desk.close()
    shelf.desk = shelf.open()
    assert shelf.desk.notices == []


def test_this_test_folder_is_on_a_local_disk(tmp_path: Path) -> None:
    """The kinds of file system that SQLite's log is safe on are known by name."""
    assert on_local_disk(tmp_path)
    assert not on_local_disk(Path("/proc"))


def test_a_folder_is_not_on_a_disk_whose_name_its_own_begins_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/x/database` does not lie on what is mounted at `/x/data`, also where device numbers tell nothing."""
    here = tmp_path / "database"
    here.mkdir()
    table = f"1 0 0:1 / / rw - ext4 none rw\n2 1 0:2 / {tmp_path}/data rw - nfs4 none rw\n"
    monkeypatch.setattr(Path, "read_bytes", lambda _: table.encode())
    assert on_local_disk(here)
    (tmp_path / "data").mkdir()
    assert not on_local_disk(tmp_path / "data")
