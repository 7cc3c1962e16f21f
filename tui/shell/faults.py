"""An error nobody expected: its traceback goes into a file, and the person gets one line that names it."""

from __future__ import annotations

import shlex
import time
import traceback
from typing import TYPE_CHECKING

from engine import paths
from engine.errors import CutlineError

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

LOG_NAME = "cutline.log"


def write_down(error: BaseException, arguments: Sequence[str]) -> CutlineError:
    """Append a traceback to the log and return what to tell the person."""
    first = (str(error) or "no message").splitlines()[0]
    message = f"something unexpected happened: {type(error).__name__}: {first}"
    when = time.strftime("%Y-%m-%d %H:%M:%S")
    text = "".join(traceback.format_exception(error))
    try:
        log = paths.ensure(paths.state_dir()) / LOG_NAME
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{when} cutline {shlex.join(arguments)}\n{text}\n")
    except (OSError, CutlineError):
        return CutlineError(message, "this is a fault of cutline; its log could not be written")
    return CutlineError(message, f"this is a fault of cutline; the details are in {log}")


def write_down_of_thread(fault: threading.ExceptHookArgs) -> None:
    """Write a fault of a thread into the log: printed, it would end up in the middle of what a person looks at."""
    if fault.exc_value is not None:
        write_down(fault.exc_value, [f"(thread {fault.thread.name})" if fault.thread else "(thread)"])
