"""Logins that end: their terminal hangs up, their runtime folder goes, the next one has another."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from engine import paths
from engine.wire.address import read_note
from tests.real.strikes import processes
from tests.real.strikes.fault import CannotStrike, Report
from tests.real.strikes.processes import until

if TYPE_CHECKING:
    from engine.wire.protocol import Status
    from tests.real.strikes.scene import Scene

BOUND_AGAIN_SECONDS = 2.0
"""After the socket vanished, as DESIGN says; and a little for us to see it."""
SLACK_SECONDS = 1.0


def hangup(scene: Scene, times: int) -> Report:
    """Let the terminal go from which `cutline tag` runs, the one that started the engine; and SIGHUP to the engine, too."""
    if not (setsid := shutil.which("setsid")):
        raise CannotStrike("there is no setsid")
    model = scene.model("steady", seconds=0.01)
    engines = set()
    for _ in range(times):
        scene.draw(100)
        ours, theirs = os.openpty()
        command = [setsid, "--ctty", *scene.command("tag", scene.root, "--model", model)]
        client = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=False)
        os.close(theirs)
        engine = _working(scene)
        os.close(ours)  # the kernel sends SIGHUP to the session
        assert client.wait(processes.PATIENCE_SECONDS) == -signal.SIGHUP
        os.kill(engine, signal.SIGHUP)
        engines.add(engine)
        assert scene.tag(model)["failed"] == 0
        assert processes.alive(engine)
    (engine,) = engines
    proof = f"{times} clients ended by signal 1; engine {engine}, which got the signal as often, worked on"
    return Report(times, proof, scene.audit("steady"))


def runtime_deleted(scene: Scene, times: int) -> Report:
    """Remove the folder that the socket lies in while a client follows a job; the next client finds the engine."""
    model = scene.model("steady", seconds=0.01)
    engines, longest = set(), 0.0
    for _ in range(times):
        scene.draw(200)
        client = scene.start("tag", scene.root, "--model", model)
        engines.add(_working(scene))
        address = _address()
        shutil.rmtree(scene.runtime)
        since = time.monotonic()
        assert not _listens(address), "the socket is where it was"
        until(lambda: scene.status() is not None, "it is found again", BOUND_AGAIN_SECONDS + SLACK_SECONDS)
        longest = max(longest, time.monotonic() - since)
        said, _ = client.communicate()
        assert client.returncode == 0, said
        scene.runtime.mkdir(0o700)
        Path(_address()).unlink()  # elsewhere by now; it comes back where it belongs
        until(lambda: _address().startswith(str(scene.runtime)) and scene.status(), "it is back in its place")
    (engine,) = engines
    proof = f"{times} times nothing listened there any more; engine {engine} found again within {longest:.1f} s"
    return Report(times, proof, scene.audit("steady"))


def other_runtime(scene: Scene, times: int) -> Report:
    """Use an engine from logins whose XDG_RUNTIME_DIR is another, or none."""
    model = scene.model("steady")
    scene.run("engine", "start")
    engine, address = _engine(scene).pid, _address()
    assert address.startswith(str(scene.runtime))
    places = {address}
    for number in range(times):
        scene.draw(10)
        with tempfile.TemporaryDirectory(prefix="cl-", dir="/tmp") as other:
            scene.set("XDG_RUNTIME_DIR", other if number % 2 == 0 else "")
            places.add(str(paths.socket_path()))
            assert str(paths.socket_path()) != address
            assert scene.tag(model)["proposed"] == 10
            assert json.loads(scene.run("engine", "status", "--json"))["pid"] == engine
    scene.set("XDG_RUNTIME_DIR", scene.runtime)
    assert scene.log().count("started, process") == 1
    proof = f"{times} logins that would have looked in {len(places) - 1} other places all met engine {engine}"
    return Report(times, proof, scene.audit("steady"))


def _working(scene: Scene) -> int:
    """Wait until a job is in the middle of its results, and return the engine's process."""
    scene.under_way()
    return _engine(scene).pid


def _engine(scene: Scene) -> Status:
    status = scene.status()
    assert status is not None
    return status


def _address() -> str:
    note = read_note()
    return "" if note is None else note.socket


def _listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(address) == 0
