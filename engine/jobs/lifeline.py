"""How processes end: together with their parent, whatever they are doing; and in words.

Workers and decoders have a pipe as their stdin, of which the parent holds the other end and to which it never writes.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading


def hold() -> None:
    """End this process when its parent is gone or lets go; a library that reads stdin finds it empty."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "linux":
        # The kernel ends the process then (SIGIO), also one whose library never lets go of the interpreter's lock.
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    threading.Thread(target=_end_with, args=(pipe,), daemon=True).start()


def _end_with(pipe: int) -> None:
    os.read(pipe, 1)
    os._exit(0)


def ending(code: int) -> str:
    """Say how a process ended, from its return code."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
