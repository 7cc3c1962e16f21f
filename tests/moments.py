"""The moments of a decision at which tests kill the process."""

from __future__ import annotations

MOMENTS = (
    "before-row",
    "after-row",
    "temp-open",
    "temp-written",
    "before-exchange",
    "after-exchange",
    "compared",
    "before-unlink",
    "before-mark",
    "after-mark",
)
