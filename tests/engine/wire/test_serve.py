"""The running engine: its files, its socket, and when it ends by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.errors import EngineUnreachable
from engine.log_file import MOST_BYTES, log_path
from engine.wire import lifecycle
from engine.wire.address import note_path, read_note
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


@pytest.mark.parametrize("instead", ["nothing", "a file", "a folder open to others"])
def test_without_its_runtime_folder_the_engine_moves(room: EngineRoom, instead: str) -> None:
    """Where the folder was and cannot be made again, the socket goes to another place of ours; clients find it there."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png", BLOCKING)]))
    before = read_note()
    assert before is not None
    login = Path(before.socket).parent.parent
    shutil.rmtree(login)
    gone = time.monotonic()
    if instead == "a file":
        login.write_text("a file")
    elif instead == "a folder open to others":
        login.mkdir()
        login.chmod(0o777)
    until(lambda: (note := read_note()) is not None and note.socket != before.socket, "the note is written anew")
    assert time.monotonic() - gone < 5 * LOOK_SECONDS  # the engine's part is two; the rest is a busy machine's
    after = read_note()
    assert after is not None
    assert (after.pid, Path(after.socket).parent) == (before.pid, Path(f"/tmp/cutline-{os.getuid()}"))
    assert stat.S_IMODE(Path(after.socket).parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(after.socket).stat().st_mode) == 0o600
    with lifecycle.find_or_start() as found:
        assert found.status().pid == before.pid
        room.client = found
        room.gate.touch()
        assert len(room.results(job)) == 1
    client.close()
    assert lifecycle.stop()
    assert not Path(after.socket).exists()
    room.wait()
    if instead == "a file":
        login.unlink()


def test_an_engine_without_its_state_folder_ends(room: EngineRoom) -> None:
    """An engine whose spool was removed serves nobody: it ends, and leaves alone what another put in its place."""
    room.start()
    shutil.rmtree(paths.state_dir())
    with lifecycle.find_or_start() as other:
        pid = other.status().pid
        assert room.process is not None
        assert pid != room.process.pid
        assert room.wait() == 0
        assert other.status().pid == pid
    note = read_note()
    assert note is not None
    assert note.pid == pid
    assert lifecycle.stop()


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_drains_and_a_second_one_hurries(room: EngineRoom, first: signal.Signals) -> None:
    """Ctrl-C lets the picture in flight end; once more abandons it. The next engine takes it up; the exit code is 0."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png", BLOCKING)]))
    until(lambda: client.status().models, "the model is loaded")
    assert room.process is not None
    room.process.send_signal(first)
    until(lambda: "again to hurry" in log_path().read_text(), "it has heard")
    with pytest.raises(subprocess.TimeoutExpired):
        room.process.wait(0.5)
    room.process.send_signal(first)
    assert room.wait() == 0
    assert "Traceback" not in log_path().read_text()
    room.start()
    room.gate.touch()
    assert [result.error for result in room.results(job)] == [None]


def test_stopping_now_hurries_a_stop_that_waits(room: EngineRoom) -> None:
    """`stop` waits for the picture in flight; `stop --now` from another shell ends both."""
    client = room.start()
    client.submit(room.job([room.picture("a.png", BLOCKING)]))
    until(lambda: client.status().models, "the model is loaded")
    with ThreadPoolExecutor(1) as shell:
        waiting = shell.submit(lifecycle.stop)
        until(room.is_going_down, "it is stopping")
        client.close()
        assert not waiting.done()
        assert lifecycle.stop(now=True)
        assert waiting.result()
    assert room.wait() == 0


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


def test_a_large_log_is_begun_anew(room: EngineRoom) -> None:
    """The engine puts a large log aside; it and a worker that runs write to the new one, and nothing gets lost."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png")]))
    assert len(room.results(job)) == 1
    with log_path().open("a") as log:
        log.write("x" * MOST_BYTES + "\n")
    aside = log_path().with_name("engine.log.1")
    until(aside.exists, "the log is put aside")
    status = client.status()
    for pid in (status.pid, *status.worker_pids):
        until(partial(writes_to, pid, log_path()), f"{pid} writes to the new one")
    client.submit(other := room.job(["a.png"], model="odd-batches"))
    assert len(room.results(other)) == 1
    assert "a library that prints cpu" in log_path().read_text()
    assert aside.read_text().count("a library that prints cpu") == 1
    assert log_path().stat().st_size < MOST_BYTES


def writes_to(pid: int, file: Path) -> bool:
    """Say whether a process's stderr leads to a file."""
    if sys.platform != "linux":
        pytest.skip("no /proc to look into")
    return file.exists() and Path(f"/proc/{pid}/fd/2").samefile(file)


def test_a_note_that_cannot_be_written_is_written_later(room: EngineRoom) -> None:
    """The engine goes on, says so once, and tries again until it can."""
    client = room.start()
    note_path().unlink()
    (note_path() / "in the way").mkdir(parents=True)
    until(lambda: "engine is cannot be written" in log_path().read_text(), "it is said")
    for _ in range(2):  # twice it has had reason to say it again
        paths.socket_path().unlink()
        until(paths.socket_path().exists, "it has looked after its files")
    assert log_path().read_text().count("cannot be written") == 1
    assert client.status().pid
    shutil.rmtree(note_path())
    until(lambda: read_note() is not None, "the note is back")


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
