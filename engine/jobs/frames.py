"""What the engine and its worker process say to each other: msgpack in frames, a length before each.

They share one socket pair that nothing else writes to, so a library that prints breaks nothing.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from engine.wire.protocol import Failure, Labels

if TYPE_CHECKING:
    from typing import BinaryIO

LENGTH = struct.Struct("<I")


class Task(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One picture to look at."""

    place: int
    """Its position in the job."""
    path: bytes
    """Absolute."""


class Order(msgspec.Struct, frozen=True, tag="order"):
    """Some pictures for one step of one job."""

    job: int
    """The spool's number of the job."""
    step: int
    """Position of the step in the job."""
    model: str
    device: str
    options: dict[str, Any]
    prompt: str
    floor: int
    """The lowest score kept, u16; 0 for captioners."""
    urgent: bool
    tasks: tuple[Task, ...]


class Unload(msgspec.Struct, frozen=True, tag="unload"):
    """Give back the memory of a model that has nothing in flight."""

    model: str
    device: str


ToWorker = Order | Unload


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of one task. One of `scores`, `text`, `error` is set."""

    job: int
    step: int
    place: int
    digest: str = ""
    """sha256 in hex of the picture as it was read; empty when it could not be read."""
    seconds: float = 0.0
    labels: str = ""
    """Id of the label table that `scores` refer to; sent before."""
    scores: bytes | None = None
    """`engine.captions.scores.pack`."""
    text: str | None = None
    error: Failure | None = None


class Outcomes(msgspec.Struct, frozen=True, tag="outcomes"):
    """Tasks that ended since the last frame."""

    outcomes: tuple[Outcome, ...]


class Loading(msgspec.Struct, frozen=True, tag="loading"):
    """A model is being loaded, is loaded, was unloaded, or could not be loaded."""

    model: str
    device: str
    state: Literal["loading", "loaded", "unloaded", "failed"]
    message: str = ""


FromWorker = Outcomes | Labels | Loading

_encoder = msgspec.msgpack.Encoder()
to_worker = msgspec.msgpack.Decoder(ToWorker)
from_worker = msgspec.msgpack.Decoder(FromWorker)


def pack(message: ToWorker | FromWorker) -> bytes:
    """Encode one message with its length before it."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def read(stream: BinaryIO) -> bytes | None:
    """Read the body of one frame; None when the other side is gone, in the middle of a frame or between two."""
    try:
        head = stream.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack(head)
        body = stream.read(length)
    except ConnectionError:
        return None
    return body if len(body) == length else None
