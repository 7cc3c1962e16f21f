"""Amounts of data as a person reads them."""

from __future__ import annotations

_STEP = 1000
_TEN = 10


def size(number: float) -> str:
    """Return a number of bytes in words: `434 bytes`, `2.1 kB`, `379 MB`, `1.3 GB`; decimal, as disks and hubs count."""
    if number < _STEP:
        return f"{round(number)} bytes"
    for unit in ("kB", "MB", "GB", "TB"):
        number /= _STEP
        if round(number) < _STEP or unit == "TB":
            break
    return f"{number:.1f} {unit}" if number < _TEN else f"{number:,.0f} {unit}"
