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


class Start(msgspec.Struct, frozen=True, tag="start"):
    """What a worker is to be; the first message to it, and sent once."""

    threads: int
    """How many pictures it works on at a time."""
    max_megapixels: int
    """Larger pictures are refused."""
    decode_seconds: float
    """A picture that takes longer to decode is given up."""


class Order(msgspec.Struct, frozen=True, tag="order"):
    """Some pictures for one step of one job."""

    job: int
    """The spool's number of the job."""
    step: int
    """Position of the step in the job."""
    model: str
    device: str
    """As the job has it, `auto` perhaps; a worker is always given the device it is for."""
    options: dict[str, Any]
    prompt: str
    floor: int
    """The lowest score kept, u16; 0 for captioners."""
    urgent: bool
    tasks: tuple[Task, ...]
    folders: tuple[bytes, ...] = ()
    """The job's root, and where else symbolic links may lead; a picture that really lies elsewhere is refused."""
    by_name: bool = False
    """Whether the job asked for this very device, and is not to be answered on another."""
    fingerprint: str = ""
    """Of the answers: what is loaded must be what was asked about. Empty where that does not matter."""


class Unload(msgspec.Struct, frozen=True, tag="unload"):
    """Give back the memory of a model that has nothing in flight."""

    model: str
    device: str


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw"):
    """Do not begin what is left of a job; answered by `Withdrawn`."""

    job: int


ToWorker = Start | Order | Unload | Withdraw


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
    """`engine.captions.viewing.scores.pack`."""
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
    """Why it could not be loaded; with `loaded`, what is not as one would expect."""


class Withdrawn(msgspec.Struct, frozen=True, tag="withdrawn"):
    """What of a job was not begun and never will be; everything else of it that came before is answered."""

    job: int
    tasks: tuple[tuple[int, int], ...]
    """Step and place of each."""


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """The worker is alive; sent when it has started, and every second from then on."""

    batch: int = 1
    """How many pictures it gives to a model at once just now."""
    call: str = ""
    """What it is waiting for that is nearest to the end of its patience; empty when it waits for nothing."""
    seconds: float = 0.0
    """How long it has been waiting for that."""
    patience_seconds: float = 0.0
    """How long that may take."""


FromWorker = Outcomes | Labels | Loading | Withdrawn | Beat

_encoder = msgspec.msgpack.Encoder()
to_worker = msgspec.msgpack.Decoder(ToWorker)
from_worker = msgspec.msgpack.Decoder(FromWorker)


def pack(message: msgspec.Struct) -> bytes:
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
