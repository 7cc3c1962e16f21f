"""How often a test with a large count repeats what it does."""

from __future__ import annotations

import os

FULL = os.environ.get("CUTLINE_TEST_FULL") == "1"
"""Whether everything is counted in full, as `make test-full` does."""


def count(sample: int, full: int) -> int:
    """Choose between the count of `make test` and that of `make test-full`."""
    return full if FULL else sample
