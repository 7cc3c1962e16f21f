"""What is different in every Python process of a scene, as environment variables say; loaded at its very start."""

from __future__ import annotations

import os
import sys
import time

ODD_PICTURES = "CUTLINE_FAULT_PICTURES"
"""When set: the process that decodes pictures knows a format that crashes it."""
CLOCK = "CUTLINE_FAULT_CLOCK"
"""A file; from the moment it is there the wall clock stands so many seconds earlier as it says."""


def _step_the_clock(file: str) -> None:
    nanoseconds = time.time_ns

    def stepped() -> int:
        try:
            with open(file) as back:  # noqa: PTH123  (as light as can be: it is asked thousands of times)
                return nanoseconds() - int(back.read()) * 1_000_000_000
        except OSError:
            return nanoseconds()

    time.time_ns = stepped
    time.time = lambda: stepped() / 1e9


if os.environ.get(CLOCK):
    _step_the_clock(os.environ[CLOCK])
if os.environ.get(ODD_PICTURES) and "engine.jobs.decoder" in sys.orig_argv:
    from tests.engine import odd_pictures

    odd_pictures.register()
