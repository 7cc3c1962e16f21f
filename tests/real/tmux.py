"""A terminal multiplexer of a test's own: keys typed into it, the screen read back from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parents[2]
PATIENCE_SECONDS = 30.0


def cutline(*words: str) -> str:
    """Return a shell's line that runs cutline from this tree."""
    return " ".join((sys.executable, "-P -m tui", *words))


class Tmux:
    """A tmux server of its own with one window."""

    def __init__(self, columns: int = 140, lines: int = 40) -> None:
        """Start a shell in it.

        Args:
            columns: Of the window, in cells.
            lines: Of the window.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="cl-", dir="/tmp"))  # a socket's path must be short
        self._socket = self._folder / "tmux"
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8", "PS1": "$ "}
        shell = ("sh", "-i")
        self._call("-u", "-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines), *shell,
                   environment=environment)  # fmt: skip
        self.comes_to_show("$")

    def __enter__(self) -> Self:
        """Use it as a context: it is closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _call(self, *words: str, environment: dict[str, str] | None = None) -> str:
        command = ["tmux", "-S", str(self._socket), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def type(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self._call("send-keys", *keys)

    def hold(self, key: str, times: int) -> None:
        """Press a key many times."""
        self._call("send-keys", "-N", str(times), key)

    def paste(self, text: str) -> None:
        """Paste a text, as one from the clipboard: the program is told where it begins and ends."""
        self._call("set-buffer", "--", text)
        self._call("paste-buffer", "-p", "-r")

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

    def until(self, true: Callable[[str], object], what: str, within: float = PATIENCE_SECONDS) -> None:
        """Wait until something holds of the screen."""
        deadline = time.monotonic() + within
        while not true(self.screen):
            assert time.monotonic() < deadline, f"in vain: {what}\n{self.screen}"
            time.sleep(0.02)

    def comes_to_show(self, *parts: str, within: float = PATIENCE_SECONDS) -> None:
        """Wait until the screen holds all of these."""
        self.until(lambda screen: all(part in screen for part in parts), f"{parts} on the screen", within)

    def close(self) -> None:
        """End the server and all that runs in it."""
        self._call("kill-server")
        shutil.rmtree(self._folder, ignore_errors=True)
