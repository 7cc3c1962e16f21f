"""How progress is told on a terminal and elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.shell.test_output import Glass
from tui.shell.output import Output
from tui.shell.progress import Progress, duration

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Give a clock that stands still until it is moved on."""
    now = [100.0]
    monkeypatch.setattr("tui.shell.progress.time.monotonic", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


def test_elsewhere_a_line_is_said_now_and_then(
    capsys: pytest.CaptureFixture[str], clock: Callable[[float], None]
) -> None:
    """Without a terminal there is a plain line every five seconds, with speed and time left."""
    with Progress(Output(), "tagging", 100) as bar:
        for _ in range(12):
            clock(1)
            bar.advance(2)
    assert capsys.readouterr().err.splitlines() == [
        "tagging 10 of 100 · 2.0 images/s · 45 s left",
        "tagging 20 of 100 · 2.0 images/s · 40 s left",
    ]


def test_short_work_says_nothing_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """What is done at once needs no progress."""
    with Progress(Output(), "tagging", 2) as bar:
        bar.advance(2)
    assert capsys.readouterr().err == ""


def test_on_a_terminal_a_bar_is_drawn_and_taken_away(
    monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None]
) -> None:
    """The bar is redrawn in its own line, fits it, and leaves nothing behind."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    out = Output()
    out.errors = Glass()
    with Progress(out, "tagging", 4) as bar:
        clock(1)
        bar.advance(2)
    drawn = out.errors.getvalue().split("\r")
    assert drawn[2].startswith("████████████░░░░░░░░░░░░ tagging 2 of 4")
    assert all(len(line.removesuffix("\x1b[K")) < 40 for line in drawn)
    assert drawn[-1] == "\x1b[K"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.42, "0.4 s"), (42.4, "42 s"), (59.7, "1 min 00 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_times_read_as_a_person_says_them(seconds: float, said: str) -> None:
    """A duration has at most two units."""
    assert duration(seconds) == said


def test_bytes_are_told_in_their_own_units(capsys: pytest.CaptureFixture[str], clock: Callable[[float], None]) -> None:
    """A download has sizes and a speed as people know them; bytes that have to come again go off what is done."""
    with Progress(Output(), "downloading a", 378_000_000, "bytes") as bar:
        clock(5)
        bar.advance(20_000_000)
        clock(5)
        bar.waits("the connection dropped, trying again")
        bar.waits("")
        bar.advance(-5_000_000)
    assert capsys.readouterr().err.splitlines() == [
        "downloading a 20 MB of 378 MB · 4.0 MB/s · 1 min 30 s left",
        "downloading a 20 MB of 378 MB · the connection dropped, trying again",
        "downloading a 15 MB of 378 MB · 1.5 MB/s · 4 min 02 s left",
    ]
