"""The terminal as Textual drives it, also one that goes away: whoever was cut off leaves, and no process stays behind."""

from __future__ import annotations

import os
import select
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from textual.drivers.linux_driver import LinuxDriver

from tui.terminal_input import TerminalInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import App
    from textual.message import Message

IDLE_SECONDS = 0.1
"""So long nothing has to come until it is looked what to make of an escape, and whether the app leaves."""
READ_BYTES = 4096
"""Read at once at most."""


class Terminal(LinuxDriver):
    """Textual's driver for all but Windows, with what is typed read by us; it waits for nothing once the line is cut."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        """Take what Textual gives its drivers."""
        super().__init__(app, **options)
        assert self._file is not None
        self._file = cast("Any", _Unbroken(self._file))

    def _sigcont_application(self, *signal: object) -> None:
        """Come back from having been stopped.

        The system sends the same signal, after SIGHUP, to what a closed terminal leaves behind: coming back a second
        time would start threads that nobody ends.
        """
        if self._must_signal_resume:
            super()._sigcont_application(*signal)

    def run_input_thread(self) -> None:
        """Take what the terminal sends until the app leaves, and what it sent by then: the shell would take it for typed."""
        typed, decoder = TerminalInput(self._debug), getincrementaldecoder("utf-8")(errors="replace")
        leaves = False
        while not leaves:
            leaves = self.exit_event.is_set()
            came, _, _ = select.select([self.fileno], [], [], IDLE_SECONDS)
            if not came:
                self._process(typed.tick())
            elif data := self._read():
                if text := decoder.decode(data):  # none for half a character; it would end all
                    self._process(typed.feed(text))
            else:
                self.exit_event.wait()  # nothing comes any more, and to ask for it again would keep a core busy
                break
        self._process(typed.feed(""))

    def _read(self) -> bytes:
        """Read what came; nothing where the line was cut."""
        with suppress(OSError):
            return os.read(self.fileno, READ_BYTES)
        return b""

    def _process(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)


class _Unbroken:
    """A file that is written to as long as that can be: an error would end the thread that all writing waits for."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()
