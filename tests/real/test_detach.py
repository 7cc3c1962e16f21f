"""Jobs that are left: `cutline tag --detach` from a login that ends, and the collector that works on alone."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from engine.tagging import background
from engine.wire.protocol import FINAL_STATES
from tests.engine.engine_room import EngineRoom, until
from tests.engine.odd_models import BLOCKING
from tests.real.strikes import ssh
from tests.real.strikes.fault import CannotStrike
from tests.real.strikes.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = 6


@pytest.fixture
def room(tmp_path: Path) -> Iterator[EngineRoom]:
    """An engine whose model waits for the gate, and a dataset of pictures that make it wait."""
    room = EngineRoom(tmp_path)
    for number in range(PICTURES):
        room.picture(f"{number}.png", (90, 90, number))
    room.picture("last.png", BLOCKING)
    room.start()
    yield room
    for pid in _collectors():
        os.kill(pid, signal.SIGKILL)
    room.close()


def _cutline(*words: object, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tui", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path.cwd(), timeout=60, **more)


def _collectors() -> list[int]:
    """Return the collectors that this test started: they have its state folder in their environment."""
    ours = os.fsencode(f"XDG_STATE_HOME={os.environ['XDG_STATE_HOME']}")
    found = []
    for process in Path("/proc").iterdir():
        try:
            if (
                process.name.isdigit()
                and b"engine.tagging.background" in (process / "cmdline").read_bytes()
                and ours in (process / "environ").read_bytes().split(b"\0")
            ):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _written(root: Path) -> int:
    return len(list(root.glob("*.txt")))


def _detach(room: EngineRoom, *more: str) -> dict[str, Any]:
    """Ask from a session of its own, as a login over SSH is one, and hang that session up as soon as it said its piece."""
    words = ["tag", room.root, "--model", "waiting", "--detach", "--accept", "--json", *more]
    command = shlex.join([sys.executable, "-m", "tui", *map(str, words)])
    login = subprocess.Popen(["sh", "-c", f"{command}; exec sleep 60"], stdout=subprocess.PIPE, start_new_session=True)
    with login:
        assert login.stdout is not None
        said: dict[str, Any] = json.loads(login.stdout.readline())
        os.killpg(login.pid, signal.SIGHUP)
    assert login.returncode == -signal.SIGHUP
    return said


def _waiting_model(room: EngineRoom) -> None:
    """A model whose gate is this room's: `tag` gives no options."""
    room.model("waiting")
    entry = next(Path(os.environ["XDG_CONFIG_HOME"]).glob("cutline/models/waiting.toml"))
    entry.write_text(entry.read_text().replace('default = ""', f'default = "{room.gate}"'))


def test_a_detached_job_is_accepted_without_anybody(room: EngineRoom) -> None:
    """The shell is back while the model still works; what comes later is written as one step, which undo takes back."""
    _waiting_model(room)
    said = _detach(room)
    assert (said["images"], said["proposed"], said["written"]) == (PICTURES + 1, 0, 0)
    until(lambda: _written(room.root) == PICTURES, "all but the last picture are accepted")
    assert _collectors()
    room.gate.touch()
    until(lambda: _written(room.root) == PICTURES + 1, "the last one is accepted")
    until(lambda: not _collectors(), "the collector ends")
    assert f"{PICTURES + 1} accepted as group {said['group']}, 0 refused" in background.log_path().read_text()
    undone = json.loads(_cutline("undo", room.root, "--group", said["group"], "--json").stdout)
    assert (undone["images"], undone["written"]) == (PICTURES + 1, PICTURES + 1)
    assert _written(room.root) == 0


def test_a_killed_collector_is_followed_by_the_next_start(room: EngineRoom) -> None:
    """Nothing is lost and nothing doubled: the next `tag` accepts the rest into the same group."""
    _waiting_model(room)
    said = _detach(room)
    until(lambda: _written(room.root) == PICTURES, "the collector is at work")
    for pid in _collectors():
        os.kill(pid, signal.SIGKILL)
    until(lambda: not _collectors(), "it is dead")
    room.gate.touch()
    again = _cutline("tag", room.root, "--model", "waiting", "--json")
    assert again.returncode == 0, again.stderr
    assert _written(room.root) == PICTURES + 1
    rows = [json.loads(line) for line in _cutline("history", room.root, "--json").stdout.splitlines()]
    accepted = [row["image"] for row in rows if row.get("kind") == "accept"]
    assert sorted(accepted) == sorted({*accepted})
    assert {row["group"] for row in rows if row.get("kind") == "accept"} == {said["group"]}


def test_detaching_over_ssh_gives_the_shell_back(tmp_path: Path) -> None:
    """From the submission to the end of `ssh` it takes no second, while the engine it started works on."""
    spent = []
    try:
        with Scene(tmp_path) as scene, ssh.sshd(scene.control) as server:
            model = scene.model("steady", seconds=0.2)
            for _ in range(3):
                scene.draw(50)
                words = ssh.remote(scene, "tag", scene.root, "--model", model, "--detach")
                said = subprocess.run([*server.line, words], check=False, capture_output=True, text=True, timeout=60)
                ended = time.time()
                assert said.returncode == 0, said.stderr
                job = scene.newest()
                assert job is not None
                assert job.state not in FINAL_STATES
                spent.append(ended - job.created)
    except CannotStrike as lacking:
        pytest.skip(str(lacking))
    assert median(spent) <= 1.0, spent


def test_who_watches_a_job_is_told_what_becomes_of_it(room: EngineRoom) -> None:
    """A pause is said while it lasts; a job that is cancelled elsewhere does not end as if all were done."""
    _waiting_model(room)
    command = [sys.executable, "-m", "tui", "tag", str(room.root), "--model", "waiting", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        until(lambda: [job.done for job in room.client.jobs()] == [PICTURES], "all but the last picture are answered")
        (job,) = room.client.jobs()
        room.client.pause(job.id)
        assert watching.stderr is not None
        assert f"paused: cutline jobs resume {job.id[:8]}" in watching.stderr.readline()
        room.client.cancel(job.id)
        out, _ = watching.communicate(timeout=30)
    said = json.loads(out)
    assert watching.returncode == 3
    assert (said["proposed"], said["failed"], said["unanswered"]) == (PICTURES, 0, 1)
    assert _cutline("jobs", "follow", job.id).returncode == 3
