"""What a worker says about pictures it could not answer. Its work is tested through the engine, in a real process."""

from __future__ import annotations

import pytest

from engine.errors import Unreadable
from engine.jobs.worker import failure_of
from engine.wire.protocol import Failure


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (Unreadable("a.png is empty", "replace it"), "unreadable", "a.png is empty"),
        (MemoryError(), "out-of-memory", "m does not fit in memory with this picture"),
        (ValueError("two\n lines"), "adapter", "m failed: ValueError: two lines"),
        (KeyError(), "adapter", "m failed: KeyError"),
        (RuntimeError("x" * 9000), "adapter", "m failed: RuntimeError: " + "x" * 300),
    ],
)
def test_a_failure_is_one_line(error: Exception, code: str, message: str) -> None:
    """Whatever was raised becomes a code, one line of bounded length, and a hint."""
    failure = failure_of(error, "m")
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == (code, message)
    assert failure.hint
