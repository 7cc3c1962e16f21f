"""The real `cutline` ended from outside: where the person was is found again, and the terminal is given back."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.real.tmux import PATIENCE_SECONDS, Tmux, cutline
from tests.stories.desk import Desk
from tui.sitting import bookmark

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

COMES_BACK = 8
"""So often it is told to go on; threads of its own may start meanwhile, but not so many."""
FULL = bool(os.environ.get("CUTLINE_TEST_FULL"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give a desk with six images that the store knows."""
    desk = Desk(tmp_path / "photos")
    desk.images(*[f"{name}.png" for name in "abcdef"])
    with desk.workspace():
        pass
    yield desk
    desk.clear()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, *([signal.SIGTERM] if FULL else [])])
def test_where_one_was_is_found_again(desk: Desk, number: signal.Signals) -> None:
    """A kill loses no more than a few seconds of it, a signal that asks to end nothing, and gives the terminal back."""
    pid = desk.root.parent / "pid"
    review = cutline("review", "--preview", "none", str(desk.root))
    with Tmux() as tmux:
        tmux.enter(f"sh -c 'echo $$ > {pid}; exec {review}'")
        tmux.comes_to_show("a.png", "1/6")
        tmux.type("j", "j")
        tmux.comes_to_show("3/6")
        if number == signal.SIGKILL:
            tmux.until(lambda _: bookmark.load(desk.root).image == b"c.png", "it is kept while nobody leaves")
        os.kill(int(pid.read_text(encoding="ascii")), number)
        if number != signal.SIGKILL:
            tmux.until(lambda screen: "accept" not in screen, "the shell is there again")
            tmux.enter("echo $((40 + 2)) is the answer")
            tmux.comes_to_show("42 is the answer")
    with Tmux() as tmux:
        tmux.enter(review)
        tmux.comes_to_show("3/6", "▌○ c.png")


def _is_gone(process: int) -> bool:
    """Say whether a process has ended, or waits for nobody but its parent."""
    try:
        return Path("/proc", str(process), "stat").read_text(encoding="utf-8").rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


def test_nothing_stays_behind_when_the_terminal_closes(desk: Desk) -> None:
    """The system sends SIGHUP, then SIGCONT, as it does when an SSH line is cut: the process ends amid its work.

    Who was not stopped does not come back: each time Textual would start two threads more, and not end the older ones.
    """
    pid = desk.root.parent / "pid"
    with Tmux() as tmux:
        tmux.enter(f"sh -c 'echo $$ > {pid}; exec {cutline('review', '--preview', 'none', str(desk.root))}'")
        tmux.comes_to_show("a.png", "1/6", "engine off")
        process = int(pid.read_text(encoding="ascii"))
        threads = Path("/proc", str(process), "task")
        before = len(list(threads.iterdir()))
        for _ in range(COMES_BACK):
            os.kill(process, signal.SIGCONT)
            tmux.type("j", "k")
        assert len(list(threads.iterdir())) < before + COMES_BACK
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _is_gone(process):
        assert time.monotonic() < deadline, "it is still there"
        time.sleep(0.05)
