"""Frames between engine and worker."""

from __future__ import annotations

import io

import pytest

from engine.jobs import frames
from engine.jobs.frames import Loading, Order, Outcome, Outcomes, Task, Unload
from engine.wire.protocol import Failure, Labels

ORDER = Order(1, 0, "m", "cpu", {"a": 1.5}, "say", 3277, urgent=True, tasks=(Task(0, b"/a/\xff.png"), Task(7, b"/b")))


@pytest.mark.parametrize("message", [ORDER, Unload("m", "cpu")])
def test_what_goes_to_the_worker_arrives(message: frames.ToWorker) -> None:
    """Every message to the worker is read back as it was written, bytes that are not UTF-8 too."""
    body = frames.read(io.BytesIO(frames.pack(message)))
    assert body is not None
    assert frames.to_worker.decode(body) == message


@pytest.mark.parametrize(
    "message",
    [
        Outcomes((Outcome(1, 0, 2, "d", 0.1, "L", b"\x00\xff"), Outcome(1, 0, 3, error=Failure("a", "b")))),
        Labels("L", ("a", "b"), ("general", "meta")),
        Loading("m", "cpu", "failed", "why"),
    ],
)
def test_what_comes_from_the_worker_arrives(message: frames.FromWorker) -> None:
    """Every message from the worker is read back as it was written."""
    body = frames.read(io.BytesIO(frames.pack(message)))
    assert body is not None
    assert frames.from_worker.decode(body) == message


def test_frames_follow_each_other() -> None:
    """Two frames in one stream are two messages, and the end of the stream is None."""
    stream = io.BytesIO(frames.pack(ORDER) + frames.pack(Unload("m", "cpu")))
    assert [frames.read(stream) is None for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize("missing", [1, 20])
def test_half_a_frame_is_the_end(missing: int) -> None:
    """A side that died in the middle of a frame counts as gone; nothing is made of the half."""
    packed = frames.pack(ORDER)
    assert frames.read(io.BytesIO(packed[:-missing])) is None
    assert frames.read(io.BytesIO(packed[:3])) is None
