"""Where the process begins: the command `cutline`, and `python -m tui`.

What comes before our first line, Python's own start, answers Ctrl-C as Python does; it takes some 20 ms.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys

from tui import interrupts


def main() -> int:
    """Run one command and return its exit code; Ctrl-C is met from here to the end of the process."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is to be ignored, see `interrupts`
        signal.signal(signal.SIGINT, interrupts.end)
    # Called last, when all threads have ended: what the command did is done, and its exit code stands.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    _fill_closed_streams()
    from tui import cli  # noqa: PLC0415  (takes most of the time until a command runs: see above)

    return cli.main()


def _fill_closed_streams() -> None:
    """Give 0, 1 and 2 a file where the caller closed them: a file of ours would get the number, and what libraries say.

    Python has looked already: `sys.stdout` of a closed stream stays None.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


if __name__ == "__main__":
    sys.exit(main())
