"""One process that decodes one picture after the other, so that a bad one costs nothing but itself.

Run by `engine.jobs.decoding` as `python -P -m engine.jobs.decoder FD`, FD being its end of a socket pair. With each
picture wanted comes the descriptor of the memory to write it to.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec
import numpy as np

from engine.errors import CutlineError, Unsafe
from engine.jobs import frames, lifeline
from engine.models import pictures
from engine.models.fit import Fit
from engine.wire.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_AT_ONCE = 1 << 16
MOST_SAID = 500
"""A longer error text is cut."""


class Wanted(msgspec.Struct, frozen=True):
    """A picture to decode."""

    path: bytes
    """Absolute."""
    folders: tuple[bytes, ...]
    """Where it must really lie."""
    at_least_px: int
    max_megapixels: int
    fit: Fit | None = None
    """The square to make of it."""


class Decoded(msgspec.Struct, frozen=True, tag="decoded"):
    """The picture lies in memory: its pixels, then its alpha. The rest is as `pictures.Picture` has it."""

    width: int
    height: int
    alpha: bool
    original_size: tuple[int, int]
    mode: str
    digest: bytes


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """There is no picture."""

    failure: Failure


class Up(msgspec.Struct, frozen=True, tag="up"):
    """The decoder has started; its first message."""


FromDecoder = Decoded | Failed | Up

to_decoder = msgspec.msgpack.Decoder(Wanted)
from_decoder: msgspec.msgpack.Decoder[FromDecoder] = msgspec.msgpack.Decoder(FromDecoder)


class Outside(Unsafe):
    """Put a copy in its place: a picture is a link that leads to where its job must not look."""

    code = "outside"


def main() -> None:
    """Decode on the descriptor that the command line names, until the worker is gone."""
    lifeline.hold()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):  # where memory runs out, better here than in the worker with its models
        Path("/proc/self/oom_score_adj").write_text("500")
    with contextlib.suppress(
        EOFError, ConnectionError
    ):  # the worker is gone: this may be seen before the lifeline ends
        _serve(socket.socket(fileno=int(sys.argv[1])))


def _serve(line: socket.socket) -> NoReturn:
    line.sendall(frames.pack(Up()))
    while True:
        body, memory = receive(line)
        answer, arrays = look(to_decoder.decode(body))
        _write(memory, arrays)
        os.close(memory)
        line.sendall(frames.pack(answer))


def receive(line: socket.socket) -> tuple[bytes, int]:
    """Read the body of one frame, and the descriptor that came along; -1 for none.

    Raises:
        EOFError: Nobody is there any more.
        OSError: The same, or a time-out.
    """
    body, memory, needed = bytearray(), -1, frames.LENGTH.size
    while len(body) < needed:
        part, descriptors, _, _ = socket.recv_fds(line, _MOST_AT_ONCE, 1)
        if not part:
            raise EOFError
        body += part
        memory = descriptors[0] if descriptors else memory
        if len(body) >= frames.LENGTH.size:
            needed = frames.LENGTH.size + frames.LENGTH.unpack_from(body)[0]
    return bytes(body[frames.LENGTH.size :]), memory


def look(wanted: Wanted) -> tuple[Decoded | Failed, Sequence[NDArray[np.uint8]]]:
    """Decode a picture, or say why not."""
    try:
        found = pictures.decode(_really(wanted), wanted.at_least_px, wanted.max_megapixels, wanted.fit)
    except CutlineError as error:
        return _failed(error.message, error.hint, error.code), ()
    except MemoryError:
        return _failed("the picture does not fit in memory", "make it smaller"), ()
    except Exception as error:  # noqa: BLE001  (the border of one job item)
        return _failed(f"the picture cannot be decoded: {type(error).__name__}: {error}", "replace it"), ()
    height, width = found.pixels.shape[:2]
    decoded = Decoded(width, height, found.alpha is not None, found.original_size, found.mode, found.digest)
    return decoded, [found.pixels] if found.alpha is None else [found.pixels, found.alpha]


def _really(wanted: Wanted) -> Path:
    """Follow links, and make sure that they end where the job may look."""
    path = Path(os.fsdecode(os.path.realpath(wanted.path)))
    above = {os.fsencode(folder) for folder in path.parents}
    if above.isdisjoint(wanted.folders) and above.isdisjoint(map(os.path.realpath, wanted.folders)):
        raise Outside(f"the picture is a link to {path}, outside the folders of its job", "put a copy in its place")
    return path


def _failed(message: str, hint: str, code: str = "unreadable") -> Failed:
    said = " ".join(message.split())[:MOST_SAID].encode(errors="backslashreplace").decode()
    return Failed(Failure(code, said, hint))


def _write(memory: int, arrays: Sequence[NDArray[np.uint8]]) -> None:
    """Write arrays one behind the other."""
    offset = 0
    for array in arrays:
        rest = np.ascontiguousarray(array).reshape(-1).data
        while rest:
            written = os.pwrite(memory, rest, offset)
            rest, offset = rest[written:], offset + written


if __name__ == "__main__":
    main()
