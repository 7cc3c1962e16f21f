"""The engine's log: kept within bounds, nothing of it lost, read across rotations."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from engine import log_file, paths
from engine.log_file import log_path
from tests.engine.engine_room import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITER = """
import os, sys, time
from engine import log_file
streams = log_file.Streams()
sys.stdin.readline()
number = 0
while number < 20000:
    os.write(1 + number % 2, b"line %06d\\n" % number)
    if number % 50 == 0:
        streams.keep_up()
        time.sleep(0.0005)
    number += 1
"""
"""Writes numbered lines to both streams, and looks after them now and then."""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a log that is put aside at ten bytes."""
    monkeypatch.setattr(log_file, "MOST_BYTES", 10)
    paths.ensure(paths.state_dir())
    log_path().write_bytes(b"first\n")
    return log_path()


@pytest.fixture
def reader(log: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[log_file.Reader]:
    """Read the log; a file that was put aside is taken for finished at once."""
    assert log.exists()
    monkeypatch.setattr(log_file, "LOOK_SECONDS", 0.0)
    reader = log_file.Reader()
    yield reader
    reader.close()


def write(text: str) -> None:
    """Add to the log."""
    with log_path().open("a") as file:
        file.write(text)


def rotate(text: str) -> None:
    """Fill the log, put it aside, begin a new one."""
    write("0123456789\n")
    log_file.rotate()
    write(text)


def test_a_small_log_stays(log: Path) -> None:
    """Below its limit a log is left alone, and where there is none nothing happens."""
    log_file.rotate()
    assert log.read_bytes() == b"first\n"
    log.unlink()
    log_file.rotate()
    assert list(log.parent.iterdir()) == []


def test_a_large_log_is_put_aside(log: Path) -> None:
    """It gets the number 1, older ones the next, and the oldest goes when there are enough."""
    for number in range(log_file.KEPT + 2):
        write(f"log {number:06}\n")
        log_file.rotate()
        assert not log.exists()
    names = [f"engine.log.{age}" for age in range(1, log_file.KEPT + 1)]
    assert sorted(file.name for file in log.parent.iterdir()) == names
    assert [(log.parent / name).read_text()[-7:] for name in names] == [
        f"{log_file.KEPT + 2 - age:06}\n" for age in range(1, log_file.KEPT + 1)
    ]


def test_no_line_is_lost_while_a_process_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of a process that writes without pause is in one of the files, once, in order within each stream."""
    monkeypatch.setattr(log_file, "MOST_BYTES", 20_000)
    monkeypatch.setattr(log_file, "KEPT", 100)
    paths.ensure(paths.state_dir())
    with log_path().open("ab") as log:
        writer = subprocess.Popen(
            [sys.executable, "-P", "-c", WRITER], stdin=subprocess.PIPE, stdout=log, stderr=log, bufsize=0
        )
    assert writer.stdin is not None
    writer.stdin.write(b"go\n")
    rotations = 0
    while writer.poll() is None:
        before = log_file._files()[1].stat().st_ino if log_file._files()[1].exists() else 0
        log_file.rotate()
        rotations += log_file._files()[1].exists() and log_file._files()[1].stat().st_ino != before
        time.sleep(0.001)
    writer.stdin.close()
    assert writer.returncode == 0
    lines = [line for file in reversed(log_file._files()) if file.exists() for line in file.read_text().splitlines()]
    assert rotations >= 3
    for stream in (0, 1):  # a rotation may come between the moves of the two
        ours = [line for line in lines if int(line[-1]) % 2 == stream]
        assert ours == [f"line {number:06}" for number in range(stream, 20_000, 2)]
    assert len(lines) == 20_000


def test_a_foreground_process_keeps_its_streams(tmp_path: Path) -> None:
    """Streams that never were the log stay where they are, whatever becomes of the log."""
    program = (
        "from engine import log_file; s = log_file.Streams(); log_file.log_path().touch(); s.keep_up(); print('x')"
    )
    paths.ensure(paths.state_dir())
    with (tmp_path / "elsewhere").open("wb") as elsewhere:
        subprocess.run([sys.executable, "-P", "-c", program], stdout=elsewhere, check=True)
    assert (tmp_path / "elsewhere").read_text() == "x\n"
    assert log_path().read_text() == ""


def test_the_last_lines_come_from_older_files_too(reader: log_file.Reader) -> None:
    """As many lines as asked for, the oldest first; fewer where there are no more."""
    rotate("third")
    with_older = log_file.Reader()
    assert with_older.last(2) == [b"0123456789", b"third"]
    assert with_older.last(9) == [b"first", b"0123456789"]
    with_older.close()
    assert reader.last(0) == []


def test_a_line_is_read_when_it_is_whole(reader: log_file.Reader) -> None:
    """Half a line waits for its end."""
    assert reader.more() == [b"first"]
    write("sec")
    assert reader.more() == []
    write("ond\n")
    assert reader.more() == [b"second"]


def test_a_reader_goes_on_across_rotations(reader: log_file.Reader) -> None:
    """Every line is read once and in order, also of files that came and went between two looks."""
    assert reader.more() == [b"first"]
    rotate("second\n")
    rotate("third\n")
    found: list[bytes] = []

    def all_there() -> bool:
        found.extend(reader.more())
        return found[-1:] == [b"third"]

    until(all_there, "the third line is read")
    assert found == [b"0123456789", b"second", b"0123456789", b"third"]


def test_a_reader_waits_for_those_who_write_to_the_old_file(reader: log_file.Reader) -> None:
    """What a worker that was not yet told writes to the file put aside is read before the new one."""
    assert reader.more() == [b"first"]
    with log_path().open("a") as late:
        rotate("new\n")
        late.write("late\n")
        late.flush()
        assert reader.more() == [b"0123456789", b"late"]
    until(lambda: reader.more() == [b"new"], "the new file is read")


def test_a_reader_left_behind_goes_on_with_the_oldest(reader: log_file.Reader) -> None:
    """When its file is no longer kept, what is kept is read from the beginning."""
    reader.more()
    for number in range(log_file.KEPT + 2):
        rotate(f"log {number}\n")
    found: list[bytes] = []

    def up_to_date() -> bool:
        found.extend(reader.more())
        return found[-1:] == [b"log %d" % (log_file.KEPT + 1)]

    until(up_to_date, "the last line is read")
    assert found.count(b"log 2") == 1
    assert [line for line in found if line.startswith(b"log")] == [b"log %d" % n for n in range(1, log_file.KEPT + 2)]
