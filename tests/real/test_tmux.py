"""The real `cutline` in a real terminal: keys typed into tmux, the screen read back from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stories.desk import REPOSITORY, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

COLUMNS, LINES = 140, 40
PATIENCE_SECONDS = 30.0
HOSTILE = "cat\x1b]2;owned\x07 [/] b\x1b[2J\x9b31m"


class Tmux:
    """A tmux server of its own with one window."""

    def __init__(self, folder: Path) -> None:
        """Start a shell in it.

        Args:
            folder: For the server's socket.
        """
        self._socket = folder / "tmux"
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8", "PS1": "$ "}
        shell = ("sh", "-i")
        self._call("-u", "-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(LINES), *shell,
                   environment=environment)  # fmt: skip
        self.comes_to_show("$")

    def _call(self, *words: str, environment: dict[str, str] | None = None) -> str:
        command = ["tmux", "-S", str(self._socket), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def type(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self._call("send-keys", *keys)

    def hold(self, key: str, times: int) -> None:
        """Press a key many times."""
        self._call("send-keys", "-N", str(times), key)

    def enter(self, line: str) -> None:
        """Type a line for the shell."""
        self._call("send-keys", "-l", line)
        self._call("send-keys", "Enter")

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        self._call("resize-window", "-x", str(columns), "-y", str(lines))

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return self._call("capture-pane", "-p")

    @property
    def title(self) -> str:
        """What programs called the window."""
        return self._call("display-message", "-p", "#{pane_title}").strip()

    def until(self, true: Callable[[str], object], what: str) -> None:
        """Wait until something holds of the screen."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true(self.screen):
            assert time.monotonic() < deadline, f"in vain: {what}\n{self.screen}"
            time.sleep(0.02)

    def comes_to_show(self, *parts: str) -> None:
        """Wait until the screen holds all of these."""
        self.until(lambda screen: all(part in screen for part in parts), f"{parts} on the screen")

    def close(self) -> None:
        """End the server and all that runs in it."""
        self._call("kill-server")


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    """Give a terminal."""
    terminal = Tmux(Path(os.environ["XDG_RUNTIME_DIR"]))
    yield terminal
    terminal.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give an empty desk."""
    desk = Desk(tmp_path / "photos")
    yield desk
    desk.clear()


def _cutline(*words: str) -> str:
    return " ".join((sys.executable, "-P -m tui", *words))


def test_reviewing_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """Typed keys accept, edit, flag and undo; the screen follows, also when it is resized; leaving restores the shell."""
    desk.image("1.png", caption="a cat")
    desk.image("2.png", caption="a dog")
    desk.proposal("1.png", {"window": 0.9, "sofa": 0.8})
    desk.proposal("2.png", {"grass": 0.7})
    tmux.enter(_cutline("review", str(desk.root)))
    tmux.comes_to_show("1.png", "+ window", "a cat, window, sofa", "2 pending", "a accept")
    tmux.type("Tab", "Space")
    tmux.comes_to_show("1 of 2 chosen")
    tmux.type("a")
    tmux.comes_to_show("1.png: accepted and written", "+ grass")
    desk.caption_file("1.png").reads("a cat, window")
    tmux.type("e")
    tmux.comes_to_show("ctrl+s")
    tmux.type("!", "C-s")
    tmux.comes_to_show("edited and written")
    desk.caption_file("2.png").reads("a dog!")
    tmux.type("u")
    tmux.comes_to_show("undone: edit")
    desk.caption_file("2.png").reads("a dog")
    tmux.resize(80, 24)
    tmux.until(lambda screen: max(map(len, screen.splitlines())) <= 80 and "2.png" in screen, "the smaller screen")
    tmux.type("?")
    tmux.comes_to_show("Decide")
    tmux.type("Escape")
    tmux.until(lambda screen: "grass" in screen, "the review is there again")
    tmux.type("q")
    tmux.until(lambda screen: "grass" not in screen and "$" in screen, "the shell is there again")
    tmux.enter("echo $((40 + 2)) is the answer")
    tmux.comes_to_show("42 is the answer")
    assert desk.kinds() == ["accept", "edit", "undo"]


def test_a_held_key_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """Sixty `a` typed at once decide sixty images, each once."""
    names = [f"{number:03}.png" for number in range(61)]
    desk.images(*names)
    with desk.workspace():  # so that the first frame has all of them
        pass
    tmux.enter(_cutline("review", "--preview", "none", str(desk.root)))
    tmux.comes_to_show("1/61", "61 untouched")
    tmux.hold("a", 60)
    tmux.comes_to_show("60 accepted", "61/61")
    tmux.type("q")
    tmux.until(lambda screen: "accepted" not in screen, "the app ended")
    assert desk.kinds() == ["approve"] * 60


def test_hostile_text_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """A caption full of terminal commands is on the screen as text: no title is set, nothing is cleared."""
    desk.image("1.png", caption=HOSTILE)
    desk.proposal("1.png", {"[red]window[/red]": 0.9})
    before = tmux.title
    tmux.enter(_cutline(str(desk.root)))
    tmux.comes_to_show("cat␛]2;owned␇ [/] b␛[2J", r"\x9b31m", "+ [red]window[/red]")
    tmux.type("e")
    tmux.comes_to_show("ctrl+s")
    tmux.type("Escape")  # alone: with the next key right behind it, it would be Alt
    tmux.until(lambda screen: "ctrl+s" not in screen, "the editor is closed")
    tmux.type("a")
    tmux.comes_to_show("accepted and written")
    assert tmux.title == before
    tmux.type("q")
    tmux.until(lambda screen: "accepted" not in screen, "the app ended")
    tmux.enter(_cutline("show", str(desk.root), "1.png"))
    tmux.comes_to_show("cat␛]2;owned␇")
    assert tmux.title == before
    desk.caption_file("1.png").reads(HOSTILE + ", [red]window[/red]")


def test_a_picture_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """The picture beside the caption is drawn in cells."""
    desk.image("1.png", picture="red")
    tmux.enter(_cutline("review", "--preview", "symbols", str(desk.root)))
    tmux.until(lambda screen: sum(screen.count(sign) for sign in "▀▄█▌▐🬀🬁🬂🬃") > 50, "the picture is drawn")
    tmux.type("q")
    tmux.until(lambda screen: "1.png" not in screen.replace("review", ""), "the app ended")
