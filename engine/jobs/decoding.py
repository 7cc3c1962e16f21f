"""The worker's side of decoding: a process for each thread, given up when a picture ends it or takes too long."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from engine.jobs import frames, lifeline
from engine.jobs.decoder import Decoded, Failed, FromDecoder, Up, Wanted, from_decoder, receive
from engine.jobs.shared_memory import Pieces
from engine.models.pictures import Picture
from engine.wire.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.jobs.shared_memory import Piece
    from engine.models.fit import Fit

COMMAND = (sys.executable, "-P", "-m", "engine.jobs.decoder")
"""How to run a decoder; the number of its file descriptor is added."""
START_SECONDS = 60.0
"""A decoder that has not started after so long never will."""
STARTS = 3
"""No decoder can be started when so many in a row died before they were up: one may have been killed by somebody."""
TRIES = 2
"""A picture is at fault when so many decoders died on it: one may have been killed by somebody."""
_ENVIRONMENT = {
    # numpy would start a thread for every core, for nothing.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # glibc would give arrays of megabytes back to the system after every picture: 2,000 page faults for the next one, 5 of
    # 20 ms. What lies free in the process stays below these 64 MB.
    "MALLOC_MMAP_THRESHOLD_": f"{1 << 26}",
    "MALLOC_TRIM_THRESHOLD_": f"{1 << 26}",
}

log = logging.getLogger("cutline.worker")


class _Process(NamedTuple):
    process: subprocess.Popen[bytes]
    line: socket.socket


class Decoder:
    """One decoder, replaced when it dies; used by one thread."""

    def __init__(self, command: Sequence[str], max_megapixels: int, seconds: float) -> None:
        """Set up; `start` or the first picture starts the process.

        Args:
            command: How to run one.
            max_megapixels: Larger pictures are refused.
            seconds: A picture that takes longer is given up.
        """
        self._command = command
        self._max_megapixels = max_megapixels
        self._seconds = seconds
        self._running: _Process | None = None
        self._memory = Pieces()

    def decode(
        self, path: bytes, folders: tuple[bytes, ...], at_least_px: int, fit: Fit | None = None
    ) -> Picture | Failure:
        """Decode a picture, or say why it cannot be decoded; never raises for a picture's sake.

        Args:
            path: Absolute.
            folders: Where it must really lie, links followed.
            at_least_px: It may be reduced as long as its longer side keeps this many px; 0 keeps its full size.
            fit: The square to make of it, with its size; None leaves it as it is.

        Raises:
            RuntimeError: Decoders cannot be started.
        """
        wanted = frames.pack(Wanted(path, folders, at_least_px, self._max_megapixels, fit))
        how = ""
        for _ in range(TRIES):
            line = (self._running or self.start()).line
            memory = self._memory.take()
            try:
                sent = socket.send_fds(line, [wanted], [memory.descriptor])
                line.sendall(wanted[sent:])
                answer = _receive(line, self._seconds)
            except TimeoutError:
                self._give_up()
                memory.close()
                return _unreadable(
                    f"the picture took longer than {self._seconds:g} s to decode",
                    "replace it, or raise decode_seconds in the settings",
                )
            except (ConnectionError, EOFError):
                how = self._give_up()
                memory.close()
                log.warning("a decoder ended (%s) on %r", how, path)
                continue
            if isinstance(answer, Decoded):
                return self._picture(answer, memory)
            self._memory.give_back(memory)
            assert isinstance(answer, Failed)
            return answer.failure
        return _unreadable(f"the picture ended the process that decodes it ({how})", "replace it")

    def start(self) -> _Process:
        """Start a process and wait until it is up.

        Raises:
            RuntimeError: It does not start.
        """
        how = ""
        for _ in range(STARTS):
            running = self._spawn()
            try:
                answer = _receive(running.line, START_SECONDS)
            except (ConnectionError, EOFError):
                how = self._give_up()
                log.warning("a decoder ended (%s) while it started", how)
            except TimeoutError as error:
                self._give_up()
                raise RuntimeError(f"a decoder is not up after {START_SECONDS:g} s") from error
            else:
                assert isinstance(answer, Up)
                return running
        raise RuntimeError(f"a decoder does not start ({how})")

    def _spawn(self) -> _Process:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [*self._command, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.PIPE,  # its lifeline
                stdout=sys.stderr,
                env={**os.environ, **_ENVIRONMENT},
            )
        self._running = _Process(process, ours)
        return self._running

    def close(self) -> None:
        """End the process, if there is one."""
        if self._running is not None:
            self._give_up()

    def _picture(self, decoded: Decoded, memory: Piece) -> Picture:
        """Make a picture of what lies in memory."""
        size = decoded.width * decoded.height
        array = self._memory.read(memory, size * (4 if decoded.alpha else 3))
        pixels = array[: size * 3].reshape(decoded.height, decoded.width, 3)
        alpha = array[size * 3 :].reshape(decoded.height, decoded.width) if decoded.alpha else None
        return Picture(pixels, alpha, decoded.original_size, decoded.mode, decoded.digest)

    def _give_up(self) -> str:
        """End the process, if it has not ended by itself, and say how it did."""
        assert self._running is not None
        (process, line), self._running = self._running, None
        line.close()
        assert process.stdin is not None
        process.stdin.close()
        process.kill()
        return lifeline.ending(process.wait())


def _receive(line: socket.socket, seconds: float) -> FromDecoder:
    """Read one answer.

    Raises:
        TimeoutError: It takes longer than that.
        EOFError: Nobody is there any more.
        ConnectionError: The same.
    """
    line.settimeout(seconds)
    body, _ = receive(line)
    return from_decoder.decode(body)


def _unreadable(message: str, hint: str) -> Failure:
    return Failure("unreadable", message, hint)
