"""The engine's lock, note and socket."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.errors import Unsafe
from engine.wire.address import (
    Address,
    Door,
    engine_crashed,
    engine_lives,
    holds,
    note_path,
    read_note,
    take_lock,
    withdraw_note,
    write_note,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Address("/run/x.sock", os.getpid(), "1", "s")


def test_only_one_has_the_lock() -> None:
    """The lock is had once, and again when its holder is gone."""
    first = take_lock()
    assert first is not None
    assert take_lock() is None
    os.close(first)
    second = take_lock()
    assert second is not None
    os.close(second)


def test_a_note_is_read_back_and_withdrawn() -> None:
    """What was written is read, no temporary file stays, and the writer can take it back."""
    folder = paths.ensure(paths.state_dir())
    write_note(HERE)
    assert read_note() == HERE
    assert [path.name for path in folder.iterdir()] == ["engine.json"]
    withdraw_note()
    assert read_note() is None


def test_an_engine_that_left_its_note_has_crashed() -> None:
    """A note without an engine is one; none is not, and neither is a note beside an engine that holds the lock."""
    assert not engine_crashed()
    lock = take_lock()
    assert lock is not None
    write_note(HERE)
    assert not engine_crashed()
    os.close(lock)
    assert engine_crashed()
    withdraw_note()
    assert not engine_crashed()


def test_another_engines_note_stays() -> None:
    """An engine that ends late does not take away the note of its successor."""
    paths.ensure(paths.state_dir())
    write_note(Address("/run/x.sock", os.getpid() + 1, "1", "s"))
    withdraw_note()
    assert note_path().exists()


@pytest.mark.parametrize("stale", ["nothing", "file", "socket"])
def test_the_socket_takes_the_place_of_what_is_stale(stale: str) -> None:
    """Whatever lies at the path, the socket can be reached there, by its owner alone, and is removed at the end."""
    path = paths.socket_path()
    paths.ensure_private(path.parent)
    if stale == "file":
        path.write_text("stale")
    elif stale == "socket":
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(path))
    door = Door()
    with door.socket, socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert door.there
    door.remove()
    assert not path.exists()
    assert not door.there


def test_the_socket_stands_at_its_path_when_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who finds it there is refused; nothing else is left beside it."""
    path, stood = paths.socket_path(), []

    class Watched(socket.socket):
        def listen(self, backlog: int = 0, /) -> None:
            stood.append(path.exists())
            super().listen(backlog)

    with monkeypatch.context() as patch:
        patch.setattr("engine.wire.address.socket.socket", Watched)
        door = Door()
    with door.socket:
        assert stood == [False]
        assert list(path.parent.iterdir()) == [path]


def test_a_later_engines_socket_stays() -> None:
    """A door whose socket was replaced at its path neither thinks it is there nor removes the other."""
    first, second = Door(), Door()
    with first.socket, second.socket:
        assert not first.there
        first.remove()
        assert second.there


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Give two folders for the socket, the first of them better."""
    folders = Path(os.environ["XDG_RUNTIME_DIR"], "one"), Path(os.environ["XDG_RUNTIME_DIR"], "two")
    monkeypatch.setattr(paths, "_runtime_dirs", lambda: folders)
    return folders


def open_to_others(folder: Path) -> None:
    """Make a folder that others may enter."""
    folder.mkdir()
    folder.chmod(0o777)


UNSAFE: dict[str, Callable[[Path], object]] = {
    "a folder open to others": open_to_others,
    "a link": lambda folder: folder.symlink_to("/tmp"),
    "a file": lambda folder: folder.write_text("a file"),
}


@pytest.mark.parametrize("what", UNSAFE)
def test_an_unsafe_folder_is_passed_over(places: tuple[Path, Path], what: str) -> None:
    """Where others may enter, or no folder can be made, the socket lies in the next place, closed to others."""
    UNSAFE[what](places[0])
    door = Door()
    with door.socket, socket.socket(socket.AF_UNIX) as line:
        line.connect(str(door.path))
        assert door.path.parent == places[1]
        assert stat.S_IMODE(door.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(places[1].stat().st_mode) == 0o700
        assert door.there


def test_somebody_elses_folder_is_passed_over(places: tuple[Path, Path]) -> None:
    """A folder of another user is no place for the socket, however closed it is."""
    if os.getuid():
        pytest.skip("only root can give a folder away")
    places[0].mkdir(0o700)
    os.chown(places[0], 12345, 12345)
    door = Door()
    with door.socket:
        assert door.path.parent == places[1]


def test_where_no_folder_is_safe_no_socket_is_made(places: tuple[Path, Path]) -> None:
    """The error names the best place and what to do about it; nothing is left listening."""
    for folder in places:
        open_to_others(folder)
    with pytest.raises(Unsafe, match=str(places[0])) as refused:
        Door()
    assert "chmod 700" in refused.value.hint
    assert [list(folder.iterdir()) for folder in places] == [[], []]


def test_a_place_that_cannot_be_bound_is_passed_over(places: tuple[Path, Path]) -> None:
    """A folder in the very place of the socket does no harm."""
    paths.ensure(places[0])
    (places[0] / paths.socket_path().name).mkdir()
    door = Door()
    with door.socket:
        assert door.path.parent == places[1]
    assert len(list(places[0].iterdir())) == 1


def test_a_lock_means_that_an_engine_lives() -> None:
    """Whether somebody has the lock can be seen without taking it for good."""
    assert not engine_lives()
    lock = take_lock()
    assert lock is not None
    assert engine_lives()
    os.close(lock)
    assert not engine_lives()
    again = take_lock()
    assert again is not None
    os.close(again)


def test_a_lock_on_a_removed_folder_holds_nothing() -> None:
    """Who has the lock sees that the state folder was removed, also when another stands in its place."""
    lock = take_lock()
    assert lock is not None
    assert holds(lock)
    shutil.rmtree(paths.state_dir())
    assert not holds(lock)
    other = take_lock()
    assert other is not None
    assert not holds(lock)
    assert holds(other)
    os.close(lock)
    os.close(other)


def test_a_note_that_cannot_be_written_leaves_nothing_behind() -> None:
    """The failure is the caller's to tell, and no temporary file stays."""
    folder = paths.ensure(paths.state_dir())
    note_path().mkdir()
    with pytest.raises(OSError, match="directory"):
        write_note(HERE)
    assert [path.name for path in folder.iterdir()] == ["engine.json"]
