"""The running engine: its files, its socket, and when it ends by itself."""

from __future__ import annotations

import contextlib
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.errors import EngineUnreachable
from engine.wire import lifecycle
from engine.wire.address import log_path, note_path, read_note
from engine.wire.client import EngineClient
from engine.wire.serve import LOOK_SECONDS
from tests.engine.engine_room import until
from tests.engine.odd_models import BLOCKING

if TYPE_CHECKING:
    from tests.engine.engine_room import EngineRoom


def settings(text: str) -> None:
    """Write the settings file."""
    (paths.ensure(paths.config_dir()) / "cutline.toml").write_text(text)


def test_nobody_else_can_come_in(room: EngineRoom) -> None:
    """The socket's folder has mode 0700, the socket 0600, and what the engine writes is for its user alone."""
    client = room.start()
    path = paths.socket_path()
    assert client.address == str(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for name in ("spool.db", "engine.json", "engine.lock"):
        assert stat.S_IMODE((paths.state_dir() / name).stat().st_mode) == 0o600, name


@pytest.mark.parametrize("gone", ["the socket", "its folder"])
def test_a_vanished_socket_is_bound_again(room: EngineRoom, gone: str) -> None:
    """A socket or folder that a login manager deletes is back within two seconds, and open streams go on."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png", BLOCKING)]))
    lines = room.lines(job)
    path = paths.socket_path()
    if gone == "the socket":
        path.unlink()
    else:
        shutil.rmtree(path.parent.parent)
    path.parent.parent.mkdir(exist_ok=True)
    until(path.exists, "the socket is back")
    with EngineClient(path) as fresh:
        assert fresh.status().pid == client.status().pid
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    room.gate.touch()
    assert len(list(lines)) == 3


def test_a_lost_note_is_written_again(room: EngineRoom) -> None:
    """An engine whose note was removed or spoilt writes it again, so that clients find it."""
    client = room.start()
    note = paths.state_dir() / "engine.json"
    for spoil in (note.unlink, lambda: note.write_text("garbage")):
        spoil()
        until(lambda: read_note() is not None, "the note is back")
        found = lifecycle.find()
        assert found is not None
        with found:
            assert found.status().pid == client.status().pid


def test_the_log_says_nothing_of_prints_on_the_line(room: EngineRoom) -> None:
    """What a model's library prints reaches the log and disturbs nothing."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png")]))
    assert len(room.results(job)) == 1
    assert "a library that prints cpu" in log_path().read_text()


def test_stale_files_of_a_killed_engine_do_no_harm(room: EngineRoom) -> None:
    """A socket file and a note left by SIGKILL lead nobody astray, and the next engine takes their place."""
    room.start()
    room.kill()
    assert paths.socket_path().exists()
    assert read_note() is not None
    assert lifecycle.find() is None
    assert room.start().status().pid == room.process.pid  # type: ignore[union-attr]  # it runs


def test_a_second_engine_leaves_quietly(room: EngineRoom) -> None:
    """While one engine runs another one ends with 0 and changes nothing."""
    client = room.start()
    second = subprocess.run(
        [sys.executable, "-P", "-m", "engine.wire.serve"], cwd="/", capture_output=True, text=True, check=False
    )
    assert second.returncode == 0
    assert client.status().pid == room.process.pid  # type: ignore[union-attr]  # it runs


def test_an_idle_engine_ends(room: EngineRoom) -> None:
    """Without jobs and connections the engine ends after the time set, and leaves neither socket nor note."""
    settings("[engine]\nidle_exit_minutes = 0\n")
    room.start()
    assert room.wait() == 0
    assert not note_path().exists()
    assert not paths.socket_path().exists()
    assert "nobody needed the engine" in log_path().read_text()


def test_a_busy_engine_does_not_end(room: EngineRoom) -> None:
    """A job keeps the engine alive though nobody is connected and the idle time is over; with the job it ends."""
    settings("[engine]\nidle_exit_minutes = 0\n")
    client = room.start()
    client.submit(room.job([room.picture("a.png", BLOCKING)]))
    client.close()
    assert room.process is not None
    with pytest.raises(subprocess.TimeoutExpired):
        room.process.wait(2.5 * LOOK_SECONDS)
    room.gate.touch()
    assert room.wait() == 0


def test_an_idle_model_is_unloaded(room: EngineRoom) -> None:
    """A model that nobody asks gives its memory back after the time set."""
    settings("[engine]\nidle_unload_minutes = 0\n")
    client = room.start()
    client.submit(job := room.job([room.picture("a.png")]))
    assert len(room.results(job)) == 1
    until(lambda: not client.status().models, "the model is unloaded")
    client.submit(again := room.job(["a.png"]))
    assert [result.error for result in room.results(again)] == [None]


def test_a_newer_spool_is_left_alone(room: EngineRoom) -> None:
    """An engine refuses the spool of a newer cutline in one line, and starts with nothing changed."""
    room.start()
    room.kill()
    spool = sqlite3.connect(paths.state_dir() / "spool.db")
    spool.execute("PRAGMA user_version = 99")
    spool.close()
    with pytest.raises(EngineUnreachable, match="newer cutline"):
        lifecycle.find_or_start()


def test_a_broken_spool_is_named(room: EngineRoom) -> None:
    """A spool that is no database ends the start with one line that names the file."""
    (paths.ensure(paths.state_dir()) / "spool.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(EngineUnreachable, match=r"spool\.db cannot be opened"):
        lifecycle.find_or_start()
    assert "Traceback" not in log_path().read_text()
    assert room.process is None


def test_half_a_request_is_closed(room: EngineRoom) -> None:
    """A request that stops in the middle, in its head or its body, is closed; the engine answers others meanwhile."""
    client = room.start()
    parts = [b"", b"GET /v1/sta", b"POST /v1/jobs HTTP/1.1\r\nhost: engine\r\ncontent-length: 100\r\n\r\n{"]
    lines = []
    for part in parts:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(10)
        line.connect(client.address)
        line.sendall(part)
        lines.append(line)
    assert client.status().pid
    for line in lines:
        with line, contextlib.suppress(ConnectionError):
            assert b"200 OK" not in line.recv(1000)
    assert client.status().pid


def test_rubbish_on_the_socket_is_answered(room: EngineRoom) -> None:
    """What is no HTTP gets a 400 and the line is closed."""
    client = room.start()
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(client.address)
        line.sendall(b"\x00\x01\x02 rubbish\r\n\r\n")
        assert b" 400 " in line.recv(1000)
    assert client.status().pid
