"""Hosts that share a disk, each a process with a host name of its own, on a file system that is not known to be local."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHORT_SECONDS, LONG_SECONDS = 2.0, 60.0
"""How long a host may stand still: one that a test waits for, and one that none of them reaches."""


def _on(host: str) -> tuple[str, ...]:
    """Return the beginning of a command that runs a module on some host."""
    return ("unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', host, sys.executable, "-m")


class Host:
    """A process of some host that has the dataset open."""

    def __init__(self, name: str, folder: Path, lease_seconds: float) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [*_on(name), "tests.real.holder", str(folder), str(lease_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def hears(self) -> str:
        """Return the next line it says."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def write(self, caption: str) -> str:
        """Let it write the caption, and return what it says about that."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{caption}\n")
        self._process.stdin.flush()
        return self.hears()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; a deadly one is waited for."""
        self._process.send_signal(number)
        if number == signal.SIGKILL:
            self._process.wait()

    def end(self) -> tuple[int, str]:
        """Let it leave; return its exit code and everything on stderr."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
        _, err = self._process.communicate()
        return self._process.returncode, err


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A dataset on a file system of unknown kind."""
    root = tmp_path / "shared"
    root.mkdir()
    if os.geteuid() or subprocess.run(["unshare", "--uts", "true"], check=False, capture_output=True).returncode:
        pytest.skip("network disk: playing several hosts needs root and unshare")
    if subprocess.run(["mount", "-t", "ramfs", "none", root], check=False, capture_output=True).returncode:
        pytest.skip("network disk: mounting a file system is not allowed here")
    try:
        Shelf(root, {"a.png": b"cat"}).desk.close()
        yield root
    finally:
        subprocess.run(["umount", "-l", root], check=True)


@pytest.fixture
def start(disk: Path) -> Iterator[Callable[[str, float], Host]]:
    """Start hosts that are gone when the test ends."""
    hosts: list[Host] = []

    def begin(name: str, lease_seconds: float) -> Host:
        hosts.append(Host(name, disk, lease_seconds))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.end()


def test_a_second_host_is_told_who_works_there(disk: Path, start: Callable[[str, float], Host]) -> None:
    """It ends in one line with exit code 1 while the first is at work, and enters when that one has left."""
    alpha = start("alpha", LONG_SECONDS / 6)
    assert alpha.hears() == "open"
    beta = start("beta", LONG_SECONDS / 6)
    assert "is in use on alpha (process" in beta.hears()
    code, err = beta.end()
    assert code == 1
    assert err.count("\n") == 1
    assert f"{disk}/.cutline is in use on alpha: looking" in err
    assert alpha.write("dog") == "written"
    assert alpha.end() == (0, "")
    began = time.monotonic()
    assert start("beta", LONG_SECONDS).hears() == "open"
    assert time.monotonic() - began < LONG_SECONDS / 2


def test_the_command_line_of_a_second_host(disk: Path, start: Callable[[str, float], Host]) -> None:
    """`cutline` says in one line who holds the dataset since when and what to do, and ends with 1."""
    assert start("alpha", LONG_SECONDS / 60).hears() == "open"
    words = (*_on("beta"), "tui", "stats", str(disk), "--json")
    said = subprocess.run(words, check=False, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    waiting, refusal = said.stderr.splitlines()
    assert "is in use on alpha: looking" in waiting
    assert refusal.startswith(f"cutline: {disk}/.cutline is in use on alpha (process ")
    assert "close cutline there" in refusal


def test_a_host_that_was_paused_notices_before_it_writes(disk: Path, start: Callable[[str, float], Host]) -> None:
    """Another host takes over, and the one that wakes up writes nothing until that one has left."""
    alpha = start("alpha", SHORT_SECONDS)
    assert alpha.hears() == "open"
    assert alpha.write("dog") == "written"
    alpha.send(signal.SIGSTOP)
    beta = start("beta", SHORT_SECONDS)
    assert beta.hears() == "open"
    assert beta.write("bird") == "written"
    alpha.send(signal.SIGCONT)
    refusal = alpha.write("fish")
    assert "nothing written" in refusal
    assert "in use on beta" in refusal
    assert (disk / "a.txt").read_bytes() == b"bird"
    assert beta.end()[0] == 0
    assert alpha.write("fish") == "written"
    assert (disk / "a.txt").read_bytes() == b"fish"


def test_a_host_whose_process_was_killed_comes_back_at_once(disk: Path, start: Callable[[str, float], Host]) -> None:
    """Its own next process does not wait; another host does, and is then in."""
    alpha = start("alpha", LONG_SECONDS)
    assert alpha.hears() == "open"
    alpha.send(signal.SIGKILL)
    began = time.monotonic()
    again = start("alpha", LONG_SECONDS)
    assert again.hears() == "open"
    assert time.monotonic() - began < LONG_SECONDS / 2
    again.send(signal.SIGKILL)
    began = time.monotonic()
    assert start("beta", SHORT_SECONDS).hears() == "open"
    assert time.monotonic() - began >= SHORT_SECONDS
    with closing(sqlite3.connect(disk / ".cutline/review.db")) as db:
        assert db.execute("SELECT host FROM lease").fetchone()[0].startswith("beta ")


def test_processes_of_one_host_work_side_by_side(disk: Path, start: Callable[[str, float], Host]) -> None:
    """The lease is the host's: it stays until the last of its processes has left."""
    one, two = start("alpha", LONG_SECONDS), start("alpha", LONG_SECONDS)
    assert (one.hears(), two.hears()) == ("open", "open")
    assert one.write("dog") == "written"
    assert one.end() == (0, "")
    with closing(sqlite3.connect(disk / ".cutline/review.db")) as db:
        assert db.execute("SELECT count(*) FROM lease").fetchone() == (1,)
        assert two.write("bird") == "written"
        assert two.end() == (0, "")
        assert db.execute("SELECT count(*) FROM lease").fetchone() == (0,)
