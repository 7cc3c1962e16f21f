"""Finding, starting and stopping the engine, as the command line and the screen do it."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import shutil
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from engine import paths
from engine.errors import EngineUnreachable, TooNew
from engine.log_file import log_path
from engine.wire import lifecycle
from engine.wire.address import engine_lives, note_path, read_note, take_lock
from engine.wire.protocol import Status, Versions
from tests.engine.engine_room import until

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Stop the engine that a test leaves running."""
    yield
    with contextlib.suppress(EngineUnreachable):
        lifecycle.stop(now=True)


def test_there_is_none_at_first() -> None:
    """Where no engine ever ran there is none to find and none to stop."""
    assert lifecycle.find() is None
    assert lifecycle.stop() is False


def test_an_engine_is_started_found_and_stopped() -> None:
    """`find_or_start` starts one, finds the same one afterwards, and after `stop` its files are gone."""
    with lifecycle.find_or_start() as client, lifecycle.find_or_start() as again:
        assert client.status().pid == again.status().pid
        assert client.status().pid != os.getpid()
    assert lifecycle.stop() is True
    assert lifecycle.find() is None
    assert not note_path().exists()
    assert not paths.socket_path().exists()


def test_two_starts_at_once_give_one_engine() -> None:
    """Six processes' worth of starts in the same moment end with clients of one engine."""
    with ThreadPoolExecutor(6) as threads:
        clients = list(threads.map(lambda _: lifecycle.find_or_start(), range(6)))
    pids = {client.status().pid for client in clients}
    for client in clients:
        client.close()
    assert len(pids) == 1
    assert log_path().read_text().count("started") == 1


def test_ten_processes_at_once_start_one_engine() -> None:
    """Ten programs that want an engine in the same moment get the same one."""
    program = "from engine.wire import lifecycle; print(lifecycle.find_or_start().status().pid)"
    command = [sys.executable, "-W", "ignore", "-P", "-c", program]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(10)]
    pids = {starter.communicate()[0] for starter in starters}
    assert len(pids) == 1
    assert pids != {""}
    assert [starter.returncode for starter in starters] == [0] * 10
    assert log_path().read_text().count("started") == 1


@pytest.mark.parametrize("later", ["another folder", "a folder that is not there", "nothing"])
def test_it_is_found_whatever_the_runtime_folder_is_called(
    later: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started under one XDG_RUNTIME_DIR, it is found, and stopped, under another or none: by its note."""
    with lifecycle.find_or_start() as client:
        pid = client.status().pid
    if later == "nothing":
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / later))
    if later == "another folder":
        (tmp_path / later).mkdir(0o700)
    with lifecycle.find_or_start() as found:
        assert found.status().pid == pid
    assert log_path().read_text().count("started") == 1
    assert lifecycle.stop()
    assert lifecycle.find() is None


def test_an_engine_outlives_its_starter_and_a_hangup() -> None:
    """The engine has a session of its own, works in `/`, and ignores SIGHUP."""
    program = "from engine.wire import lifecycle; print(lifecycle.find_or_start().status().pid)"
    started = subprocess.run(
        [sys.executable, "-W", "ignore", "-P", "-c", program], capture_output=True, text=True, check=True
    )
    pid = int(started.stdout)
    assert os.getsid(pid) == pid
    os.kill(pid, signal.SIGHUP)
    client = lifecycle.find()
    assert client is not None
    with client:
        assert client.status().pid == pid
    if sys.platform == "linux":
        assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")


def test_a_term_signal_ends_it_in_order() -> None:
    """SIGTERM, as a system going down sends it, ends the engine with its files removed."""
    with lifecycle.find_or_start() as client:
        pid = client.status().pid
    os.kill(pid, signal.SIGTERM)
    until(lambda: not note_path().exists(), "the engine ended")
    assert not paths.socket_path().exists()


def test_an_engine_that_hangs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped process that still holds the lock is neither `not running` nor waited for: it is named."""
    monkeypatch.setattr(lifecycle, "GREETING_SECONDS", 0.3)
    with lifecycle.find_or_start() as client:
        pid = client.status().pid
    os.kill(pid, signal.SIGSTOP)
    try:
        for call in (lifecycle.find, lifecycle.find_or_start, lifecycle.stop):
            with pytest.raises(EngineUnreachable, match=f"does not answer: process {pid}") as said:
                call()
            assert f"kill -9 {pid}" in said.value.hint
    finally:
        os.kill(pid, signal.SIGCONT)
    assert lifecycle.stop()


def test_an_engine_without_a_note_is_stopped() -> None:
    """An engine whose note somebody has just removed is not taken for none."""
    with lifecycle.find_or_start():
        note_path().unlink()
    assert lifecycle.stop()
    assert not engine_lives()


def test_a_stopped_engine_is_really_gone() -> None:
    """When `stop` returns, the lock is free: whoever comes next need not wait for it."""
    for _ in range(5):
        with lifecycle.find_or_start():
            pass
        assert lifecycle.stop()
        assert not engine_lives()


def test_an_engine_killed_while_it_is_waited_for_is_gone() -> None:
    """Its note stays behind and nobody waits for that to go."""
    with lifecycle.find_or_start() as client:
        pid = client.status().pid
    note = read_note()
    assert note is not None
    os.kill(pid, signal.SIGKILL)
    lifecycle._wait_for_the_end(note, math.inf)
    assert note_path().exists()
    assert lifecycle.stop() is False


def test_what_keeps_it_from_starting_is_said() -> None:
    """A wrong settings file ends the start with its own words, at once."""
    (paths.ensure(paths.config_dir()) / "cutline.toml").write_text("[engine]\nidle = 3\n")
    with pytest.raises(EngineUnreachable, match=r"cannot be started: .*there is no setting engine\.idle"):
        lifecycle.find_or_start()


@pytest.fixture
def full_disk() -> Iterator[Path]:
    """Mount a small disk over the state folder and fill it."""
    state = paths.ensure(paths.state_dir())
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting file systems: only root may")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "cutline-tests", str(state)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting file systems: {done.stderr.strip()}")
    with (state / "ballast").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    yield state
    subprocess.run(["umount", "--lazy", state], check=True)


@pytest.mark.parametrize("log", ["none", "a torn line", "no room for a file"])
def test_a_full_disk_keeps_it_from_starting(full_disk: Path, log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is named, whatever the log holds; with room the engine starts."""
    monkeypatch.setattr(lifecycle, "START_SECONDS", 2.0)
    if log == "a torn line":
        log_path().touch()
        os.truncate(full_disk / "ballast", (full_disk / "ballast").stat().st_size - 4096)
        log_path().write_text("2026" * 1024)
    elif log == "no room for a file":
        refusal = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        monkeypatch.setattr(lifecycle, "open_to_append", mock.Mock(side_effect=refusal))
    with pytest.raises(EngineUnreachable, match=f"cannot be started: the disk of {full_disk} is full") as said:
        lifecycle.find_or_start()
    assert said.value.hint == "make room, then try again"
    monkeypatch.undo()
    (full_disk / "ballast").unlink()
    lifecycle.find_or_start().close()
    lifecycle.stop(now=True)


def test_a_torn_line_is_not_quoted(tmp_path: Path) -> None:
    """The last whole line of the log is; of a log that breaks off, that it does."""
    log = tmp_path / "engine.log"
    log.write_text("2026-01-02 03:04:05,678 cutline.engine the spool is broken\n")
    assert lifecycle._last_words(log) == "the spool is broken"
    log.write_text("2026-01-02 03:04:05,678 cutline.engine engine ended\n2026")
    assert lifecycle._last_words(log) == "its log breaks off"
    log.write_text("")
    assert lifecycle._last_words(log) == "it said nothing"


def test_its_log_is_for_nobody_else() -> None:
    """A log that is made at the start can be read by its owner alone, whatever the umask."""
    mask = os.umask(0o022)
    try:
        lifecycle.find_or_start().close()
    finally:
        os.umask(mask)
    assert stat.S_IMODE(log_path().stat().st_mode) == 0o600


def test_an_engine_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody holds the lock and answers nothing, the start is given up with a hint."""
    lock = take_lock()
    assert lock is not None
    assert take_lock() is None
    started: list[subprocess.Popen[bytes]] = []
    start = lifecycle.start

    def noted_start() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(lifecycle, "start", noted_start)
    monkeypatch.setattr(lifecycle, "START_SECONDS", 1.0)
    with pytest.raises(EngineUnreachable, match="does not answer after its start"):
        lifecycle.find_or_start()
    monkeypatch.setattr(lifecycle, "REBIND_SECONDS", 0.1)
    with pytest.raises(EngineUnreachable, match="does not answer"):
        lifecycle.stop()
    with contextlib.suppress(ChildProcessError):  # it may have ended already
        os.waitpid(started[-1].pid, 0)  # it must not get the lock
    os.close(lock)


OURS = Versions()
FOREIGN = Versions(OURS.max + 1, OURS.max + 1)


@pytest.mark.parametrize(
    ("version", "protocol", "jobs", "expected"),
    [
        ("1.0", OURS, {"running": 1}, None),
        ("1.0", OURS, {}, None),
        ("0.9", OURS, {"running": 1}, (True, True)),
        ("0.9", OURS, {"queued": 1}, (True, True)),
        ("0.9", OURS, {"waiting for space": 1}, (True, True)),
        ("0.9", OURS, {"done": 3, "cancelled": 1, "paused": 1, "running": 0}, (True, False)),
        ("1.0", FOREIGN, {}, (False, False)),
        ("2.0", FOREIGN, {"running": 2}, (False, True)),
    ],
)
def test_another_version_is_seen(
    version: str, protocol: Versions, jobs: dict[str, int], expected: tuple[bool, bool] | None
) -> None:
    """Versions and protocols are compared, and only jobs that wait or run make an engine busy."""
    found = lifecycle.difference(Status(version, protocol, 1, "", 0.0, (), (), jobs), "1.0")
    assert (found and found[1:]) == expected
    if found is not None:
        assert version in found.message
        assert "\n" not in found.message


@pytest.mark.parametrize(("low", "high", "word"), [(2, 3, "a newer"), (0, 0, "an older")])
def test_another_protocol_is_refused(low: int, high: int, word: str) -> None:
    """An engine that speaks another protocol is named as such, with what to do about it."""
    status = Status("9.9", Versions(low, high), 1, "", 0.0, (), (), {})
    with pytest.raises(TooNew, match=f"of {word} cutline") as refused:
        lifecycle._greet(status)
    assert "engine stop" in refused.value.hint


@pytest.mark.parametrize(
    "content", ["", "{", '{"socket": 1}', '{"socket": "/nowhere", "pid": 1, "version": "", "spool": ""}']
)
def test_a_note_that_leads_nowhere_is_no_engine(content: str) -> None:
    """A note that is empty, broken, or names a socket nobody listens at counts as no engine."""
    paths.ensure(paths.state_dir())
    note_path().write_text(content)
    assert lifecycle.find() is None
    assert lifecycle.stop() is False
    with lifecycle.find_or_start() as client:
        note = read_note()
        assert note is not None
        assert note.pid == client.status().pid


def test_the_environment_is_cleaned() -> None:
    """The engine inherits what models need, and nothing else of the shell that happened to start it."""
    kept = {
        "PATH": "p",
        "HOME": "h",
        "LC_ALL": "C",
        "XDG_STATE_HOME": "s",
        "HF_HOME": "/f",
        "CUDA_VISIBLE_DEVICES": "0",
    }
    kept |= {"CUTLINE_X": "1", "https_proxy": "x", "TMPDIR": "t", "SSL_CERT_FILE": "c"}
    kept |= {"HF_ENDPOINT": "e", "HF_HUB_OFFLINE": "1", "HF_TOKEN_PATH": "t"}
    dropped = {"PYTHONPATH": "x", "PYTHONSTARTUP": "x", "SSH_AUTH_SOCK": "x", "AWS_SECRET": "x", "PATHS": "x", "": "x"}
    dropped |= {"HF_TOKEN": "hf_secret"}
    assert lifecycle.clean_environment(kept | dropped) == kept


def test_a_folder_named_from_where_the_shell_is_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine works in another folder: it is given the whole name of the one that holds the weights."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/somebody")
    said = {"HF_HOME": "models", "HF_HUB_CACHE": "~/hub"}
    assert lifecycle.clean_environment(said) == {
        "HF_HOME": f"{tmp_path}/models",
        "HF_HUB_CACHE": "/home/somebody/hub",
    }
