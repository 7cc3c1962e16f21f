"""The terminal as Textual drives it, also one that goes away: whoever was cut off leaves, and no process stays behind."""

from __future__ import annotations

from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App


class Terminal(LinuxDriver):
    """Textual's driver for all but Windows, without two ways in which it waits for ever once the line is cut."""

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
