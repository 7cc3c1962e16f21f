"""The moments, of a caption write above all, at which a test may kill the process, to prove that nothing is lost there."""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "CUTLINE_KILL_AT"
"""`after-exchange` kills the process the first time that moment is reached, `after-exchange:3` the third time."""

_wanted = os.environ.get(VARIABLE, "")
"""Looked up once: the moments of one write are many, and nobody asks in the middle of a process."""
_times: Counter[str] = Counter()


def reached(moment: str) -> None:
    """Pass a named moment; does nothing unless the environment asks for death there."""
    if not _wanted:
        return
    _times[moment] += 1
    name, _, time = _wanted.partition(":")
    if name == moment and _times[moment] >= int(time or 1):  # several threads may count
        os.kill(os.getpid(), signal.SIGKILL)
