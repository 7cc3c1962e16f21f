"""Several who read the results of one job: all of them get everything, and one who stops reading harms nobody."""

from __future__ import annotations

import array
import fcntl
import shutil
import socket
import sqlite3
import termios
import time
from contextlib import closing
from typing import TYPE_CHECKING

from tests.real.strikes import processes
from tests.real.strikes.adapters import WORDS
from tests.real.strikes.fault import Report
from tests.real.strikes.processes import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.strikes.scene import Scene

GROWTH_BYTES = 48 << 20
"""What an engine's memory may grow by while it runs a job."""
STATUS_P99_SECONDS = 0.1


def two_clients(scene: Scene, times: int) -> Report:
    """Copy a dataset while its job runs, as `cp -r` does, and collect in both at once, in one of them twice."""
    model = scene.model("steady", seconds=0.005)
    copies: list[Path] = []
    for number in range(times):
        drawn = scene.draw(100)
        job = scene.tag(model, "--detach")["job"]
        copies.append(scene.root.with_name(f"copy-{number}"))
        shutil.copytree(scene.root, copies[-1], copy_function=shutil.copyfile)
        clients = [scene.start("tag", copies[-1], "--model", model)]
        until(lambda: _collectors(scene) == number + 1, "it collects, too")  # noqa: B023
        # What these two acknowledge is kept for the other; they are two panes with one dataset.
        clients += [scene.start("tag", scene.root, "--model", model) for _ in range(2)]
        said = [client.communicate()[0] for client in clients]
        assert [client.returncode for client in clients] == [0, 0, 0], said
        for root in (scene.root, copies[-1]):
            assert _received(root, job) == len(drawn)
    counted = scene.audit("steady")
    for copy in copies:
        counted += scene.audit("steady", root=copy)
    struck = _collectors(scene)
    return Report(struck, f"{struck} jobs with two collectors, each with every result", counted)


def _collectors(scene: Scene) -> int:
    """Count the jobs that two collect."""
    with closing(sqlite3.connect(scene.state / "cutline/spool.db", timeout=20)) as db:
        return len(db.execute("SELECT job FROM collectors GROUP BY job HAVING count(*) = 2").fetchall())


def _received(root: Path, job: str) -> int:
    """Count what a dataset received of a job."""
    with closing(sqlite3.connect(root / ".cutline/review.db", timeout=20)) as db:
        (count,) = db.execute("SELECT count(*) FROM received WHERE job = ?", (job,)).fetchone()
        return int(count)


def stopped_reader(scene: Scene, times: int) -> Report:
    """Ask for results and for events on raw sockets, and never read; a client collects beside them."""
    model = scene.model("wordy", more="prompt = true")
    scene.draw(times)
    job = scene.tag(model, "--detach")["job"]
    client = scene.engine()
    assert client is not None
    with client:
        engine, address = client.status().pid, client.address
        before = processes.resident_bytes(engine)
        readers = [_ask(address, f"/v1/jobs/{job}/results?after=0&follow=true"), _ask(address, "/v1/events")]
        collecting = scene.start("tag", scene.root, "--model", model)
        waits, most = [], before
        while collecting.poll() is None:
            began = time.perf_counter()
            client.status()
            waits.append(time.perf_counter() - began)
            most = max(most, processes.resident_bytes(engine))
            time.sleep(0.005)
        said, _ = collecting.communicate()
        assert collecting.returncode == 0, said
        held = [_unread(reader) for reader in readers]
        for reader in readers:
            reader.close()
    p99 = sorted(waits)[int(len(waits) * 0.99)]
    assert all(held), "the streams never began"
    assert held[0] < times * WORDS / 2, "there was no more to read than had been sent"
    assert most - before < GROWTH_BYTES, f"the engine grew by {(most - before) >> 20} MiB"
    assert p99 < STATUS_P99_SECONDS, f"status: p99 {p99:.3f} s"
    proof = (
        f"{held[0] >> 10} KiB lay unread of {(times * WORDS) >> 20} MiB; the engine grew by {(most - before) >> 20} MiB;"
        f" status {len(waits)} times, p99 {p99 * 1000:.0f} ms"
    )
    return Report(sum(map(bool, held)), proof, scene.audit("wordy"))


def _ask(address: str, path: str) -> socket.socket:
    """Send a request whose reply nobody will read."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(address)
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: engine\r\n\r\n".encode())
    return line


def _unread(line: socket.socket) -> int:
    """Count the bytes that lie in a socket."""
    waiting = array.array("i", [0])
    fcntl.ioctl(line, termios.FIONREAD, waiting)
    return waiting[0]
