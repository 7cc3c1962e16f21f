"""What went wrong: with one item of a job, or with one request."""

from __future__ import annotations

import msgspec


class Failure(msgspec.Struct, frozen=True):
    """What went wrong with one item or one request, for a person and for a program."""

    code: str
    """Stable word: unreadable, usage, unknown-model, worker-died, out-of-memory, ..."""
    message: str
    hint: str = ""
    recoverable: bool = False
    """True when the same thing asked again may succeed."""


class Refusal(msgspec.Struct, frozen=True):
    """The body of every 4xx and 5xx reply."""

    error: Failure
