"""The engine's lock, note and socket."""

from __future__ import annotations

import os
import socket
import stat

import pytest

from engine import paths
from engine.errors import Unsafe
from engine.wire.address import Address, Door, note_path, read_note, take_lock, withdraw_note, write_note

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


def test_a_later_engines_socket_stays() -> None:
    """A door whose socket was replaced at its path neither thinks it is there nor removes the other."""
    first, second = Door(), Door()
    with first.socket, second.socket:
        assert not first.there
        first.remove()
        assert second.there


def test_a_folder_open_to_others_is_refused() -> None:
    """Where others may enter the folder no socket is made."""
    folder = paths.ensure(paths.runtime_dir())
    folder.chmod(0o755)
    with pytest.raises(Unsafe):
        Door()
