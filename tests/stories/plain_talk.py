"""Talking to cutline line by line, as somebody does who hears it or feels it: a process of its own, and two streams."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Self

from tests.stories.desk import CUTLINE, REPOSITORY
from tests.stories.sitting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from tests.stories.desk import Desk

OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]"
)
"""Everything that a terminal obeys, or that turns text round; line ends are not among them."""


class Talk:
    """One review without a screen, over pipes or a terminal that can do nothing."""

    def __init__(self, desk: Desk, *options: str, terminal: bool = False) -> None:
        """Start it in the folder of the desk.

        Args:
            desk: The images.
            options: What stands behind `--plain`.
            terminal: Whether its streams are a terminal, else pipes.
        """
        self.raw = b""
        command = [*CUTLINE, "review", ".", "--plain", *options]
        env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TERM": "dumb"}
        self._process: subprocess.Popen[bytes] | None = None
        if terminal:
            self._pid, self._out = pty.fork()
            self._in = self._out
            if self._pid == 0:
                os.chdir(desk.root)
                os.execvpe(command[0], command, env)
        else:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            self._process = subprocess.Popen(command, cwd=desk.root, env=env, bufsize=0, **pipes)  # type: ignore[call-overload]  # (the pipes are typed as ints)
            assert self._process.stdin
            assert self._process.stdout
            self._pid, self._in, self._out = (
                self._process.pid,
                self._process.stdin.fileno(),
                self._process.stdout.fileno(),
            )
        self.code: int | None = None
        self.first = self._heard()

    def __enter__(self) -> Self:
        """Talk."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process where the story did not."""
        if self.code is None:
            os.kill(self._pid, signal.SIGKILL)
            self._wait()
        if self._process is None:
            os.close(self._out)
        else:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.close()
            self._process.stdout.close()

    def __call__(self, line: str | bytes) -> str:
        """Type a line and return what is said to it, up to the next prompt."""
        os.write(self._in, (line if isinstance(line, bytes) else line.encode()) + b"\n")
        return self._heard()

    def end_of_input(self) -> str:
        """Type no more; return what is said to that."""
        assert self._process
        assert self._process.stdin
        self._process.stdin.close()
        return self._last()

    def interrupt(self) -> str:
        """Press Ctrl-C on the terminal, and return what is said to that."""
        os.write(self._in, b"\x03")
        return self._last()

    def leaves(self, line: str = "q") -> str:
        """Type a line that ends it; return what is said to that."""
        os.write(self._in, line.encode() + b"\n")
        return self._last()

    @property
    def said(self) -> str:
        """Everything that was said."""
        return self.raw.decode("utf-8", "surrogateescape").replace("\r\n", "\n")

    def _last(self) -> str:
        text = self._heard(to_the_end=True)
        self._wait()
        return text

    def _wait(self) -> None:
        ended = self._process.wait() if self._process else os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self.code = ended

    def _heard(self, *, to_the_end: bool = False) -> str:
        start, deadline = len(self.raw), time.monotonic() + PATIENCE_SECONDS
        while to_the_end or not self.raw[start:].endswith(b"> "):
            assert time.monotonic() < deadline, f"in vain: a prompt\n{self.said}"
            if not select.select([self._out], [], [], 0.1)[0]:
                continue
            try:
                more = os.read(self._out, 65_536)
            except OSError:  # the other end of the terminal is closed
                more = b""
            if not more:
                break
            self.raw += more
        return self.raw[start:].decode("utf-8", "surrogateescape").replace("\r\n", "\n")
