"""Asking the system to begin writing a file to the disk, without waiting for it.

Where many small files are made durable one after another, each fsync waits for the disk alone. Where all of them are
on their way before the first fsync, it waits for all, and the others find nothing left to do: half the time on ext4.
"""

from __future__ import annotations

import ctypes

_BEGIN = 2  # SYNC_FILE_RANGE_WRITE
_system_call = getattr(ctypes.CDLL(None), "sync_file_range", None)
"""None where the C library has no such call: Linux alone has it."""


def start_writing_out(descriptor: int) -> None:
    """Begin with what an open file holds; a hint, nothing is durable by it, so a refusal is of no concern."""
    if _system_call is not None:
        _system_call(descriptor, ctypes.c_int64(0), ctypes.c_int64(0), ctypes.c_uint(_BEGIN))
