"""Python's garbage collector, kept from being felt: a full collection over all that is loaded stops a key for 60 ms."""

from __future__ import annotations

import gc


def hold() -> None:
    """Collect nothing while the program starts: what is made then stays."""
    gc.disable()


def settle() -> None:
    """Leave what there is by now out of every later collection, and collect what comes; nothing without `hold`."""
    if not gc.isenabled() or gc.get_freeze_count():
        gc.freeze()
        gc.enable()
