"""`cutline engine status|logs|stop`: what they say, and how they wait."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine import log_file, paths
from engine.log_file import log_path
from engine.wire import lifecycle
from engine.wire.client import EngineClient
from engine.wire.protocol import LoadedModel, Status, Versions, WorkerInfo
from tests.engine.engine_room import EngineRoom, until
from tests.engine.odd_models import BLOCKING
from tui.shell import engine as shell
from tui.shell.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tui.shell.terminal import Terminal

COMMAND = [sys.executable, "-W", "ignore", "-m", "tui", "engine"]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[EngineRoom]:
    """Prepare an engine with odd models."""
    room = EngineRoom(tmp_path)
    yield room
    room.close()


def test_the_status_says_what_a_person_wants_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    """Workers, notices, what is in memory and how long, jobs, and when the engine ends."""
    now = Status(
        "1.0",
        Versions(),
        7,
        "s",
        0.0,
        ("cuda:0", "cpu"),
        (LoadedModel("a", "cuda:0", 0.0, 0.0), LoadedModel("b", "cpu", 0.0, 60.0)),
        {"running": 1, "done": 2, "paused": 0},
        workers=(WorkerInfo(8, "cuda:0", restarts=2, in_flight=64), WorkerInfo(9, "cpu", "old", in_flight=1)),
        notices=("wanted cuda, got cpu",),
        idle_unload_seconds=600.0,
        idle_exit_in=90.0,
    )
    shell._say_status(Output(), now, "/run/cutline/x.sock")
    assert capsys.readouterr().out.splitlines() == [
        "the engine runs: process 7, version 1.0, devices cuda:0, cpu",
        "  socket /run/cutline/x.sock",
        "  ! wanted cuda, got cpu",
        "  worker 8 on cuda:0: 64 images in flight, replaced 2 times",
        "  worker 9 on cpu in old: 1 image in flight",
        "  model a on cuda:0: at work",
        "  model b on cpu: idle, unloaded in 9 min 00 s",
        "  1 job running",
        "  2 jobs done",
        "  ends in 1 min 30 s unless it is needed",
    ]


def test_an_idle_engine_says_when_it_ends(room: EngineRoom, cutline: Terminal) -> None:
    """The time left counts down from the setting, and is not told while the engine works."""
    (paths.ensure(paths.config_dir()) / "cutline.toml").write_text("[engine]\nidle_exit_minutes = 5\n")
    room.start().close()
    until(lambda: cutline("engine", "status", "--json").json["idle_exit_in"], "it is idle")
    now = cutline("engine", "status", "--json").json
    assert 240 < now["idle_exit_in"] <= 300
    assert now["idle_unload_seconds"] == 600
    with EngineClient(now["socket"]) as client:
        assert client.status().pid == now["pid"]
    assert "  ends in 4 min" in cutline("engine", "status").out
    with lifecycle.find_or_start() as client:
        client.submit(room.job([room.picture("a.png", BLOCKING)]))
        until(lambda: client.status().idle_exit_in is None, "it is at work")
    assert "ends in" not in cutline("engine", "status").out


def test_the_end_of_the_log_is_printed(cutline: Terminal) -> None:
    """A hundred lines, or as many as one asks for, also from the file that was put aside last."""
    paths.ensure(paths.state_dir())
    log_path().write_text("".join(f"line {number}\n" for number in range(80)))
    log_path().replace(log_path().with_name("engine.log.1"))
    log_path().write_text("".join(f"line {number}\n" for number in range(80, 150)) + "\x1b[31mred\n")
    assert cutline("engine", "logs").out.splitlines()[0] == "line 51"
    last = cutline("engine", "logs", "-n", "2").out.splitlines()
    assert last == ["line 149", "␛[31mred"]
    assert cutline("engine", "logs", "--lines", "0").out == ""
    assert len(cutline("engine", "logs", "-n", "1000").out.splitlines()) == 151


def test_following_the_log_goes_on_across_a_rotation() -> None:
    """`logs -f` prints what comes, also into the file that is begun when the log has grown; Ctrl-C ends it."""
    paths.ensure(paths.state_dir())
    log_path().write_text("before\n")
    with subprocess.Popen([*COMMAND, "logs", "-f"], stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        try:
            assert following.stdout.readline() == "before\n"
            with log_path().open("a") as log:
                log.write("x" * log_file.MOST_BYTES + "\n")
            log_file.rotate()
            assert not log_path().exists()
            log_path().write_text("after\n")
            assert len(following.stdout.readline()) == log_file.MOST_BYTES + 1
            assert following.stdout.readline() == "after\n"
        finally:
            following.send_signal(signal.SIGINT)
    assert following.returncode == 130


def test_who_stops_waiting_is_told_that_the_engine_still_ends(room: EngineRoom, cutline: Terminal) -> None:
    """`stop` says what it waits for; Ctrl-C leaves the engine to it; `stop --now` does not wait."""
    client = room.start()
    client.submit(room.job([room.picture("a.png", BLOCKING)]))
    until(lambda: client.status().jobs.get("running"), "it runs")
    with subprocess.Popen([*COMMAND, "stop"], stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == "waiting for the images in flight; --now does not\n"
        until(room.is_going_down, "the engine has heard")
        waiting.send_signal(signal.SIGINT)
        assert "the engine ends after the images in flight (not to wait for them" in waiting.stderr.read()
    assert waiting.returncode == 130
    assert room.process is not None
    assert room.process.poll() is None
    assert cutline("engine", "stop", "--now").out == "the engine is stopped\n"
    assert room.wait() == 0
