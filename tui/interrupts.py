"""Ctrl-C, whenever it comes: one line and exit code 130.

Left to itself Python raises KeyboardInterrupt wherever it is. A running command can answer that. An import cannot: what
it is in the middle of may print a traceback and go on, or turn the interruption into another error.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator  # noqa: TC003  (loading `typing` would take longer than all else here)
from contextlib import contextmanager, suppress

INTERRUPTED = 130
"""The exit code: 128 and the number of the signal, as shells have it."""

LINE = "cutline: interrupted"


def end(*_: object) -> None:
    """End the process at once; nothing was begun that wants an ending."""
    with suppress(OSError):
        os.write(2, f"{LINE}\n".encode())
    os._exit(INTERRUPTED)


@contextmanager
def answered_by(handler: Callable[..., object]) -> Iterator[None]:
    """Answer interrupts in another way for a while: `end`, or `signal.default_int_handler`, which raises.

    Where whoever started us wants them ignored, as `nohup` and a script's `&` do, they stay so.
    """
    before = signal.getsignal(signal.SIGINT)
    if before not in {end, signal.default_int_handler}:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
