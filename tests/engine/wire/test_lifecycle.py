"""Finding, starting and stopping the engine, as the command line and the screen do it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.errors import EngineUnreachable, TooNew
from engine.wire import lifecycle
from engine.wire.address import log_path, note_path, read_note, take_lock
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


def test_what_keeps_it_from_starting_is_said() -> None:
    """A wrong settings file ends the start with its own words, at once."""
    (paths.ensure(paths.config_dir()) / "cutline.toml").write_text("[engine]\nidle = 3\n")
    with pytest.raises(EngineUnreachable, match=r"cannot be started: .*there is no setting engine\.idle"):
        lifecycle.find_or_start()


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
    with contextlib.suppress(ChildProcessError):  # it may have ended already
        os.waitpid(started[-1].pid, 0)  # it must not get the lock
    os.close(lock)


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
    kept = {"PATH": "p", "HOME": "h", "LC_ALL": "C", "XDG_STATE_HOME": "s", "HF_HOME": "f", "CUDA_VISIBLE_DEVICES": "0"}
    kept |= {"CUTLINE_X": "1", "https_proxy": "x", "TMPDIR": "t", "SSL_CERT_FILE": "c"}
    dropped = {"PYTHONPATH": "x", "PYTHONSTARTUP": "x", "SSH_AUTH_SOCK": "x", "AWS_SECRET": "x", "PATHS": "x", "": "x"}
    assert lifecycle.clean_environment(kept | dropped) == kept
