"""How much comes in and goes out at a time: bodies, one by one and together, and streams."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from engine.errors import CutlineError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

MOST_JOB_BYTES = 128 << 20
"""A job of a million pictures fits."""
MOST_BODY_BYTES = 1 << 16
"""Every other request is a few words."""
MOST_JOB_BYTES_AT_ONCE = 2 * MOST_JOB_BYTES
"""Jobs that are being received and read, together."""
BODY_SECONDS = 300.0
"""A body has come to its end within so long, however steadily it moves."""
MOST_STREAMS = 128
"""Open at a time. Fewer than there may be connections, so that plain requests always find one."""


class TooLarge(CutlineError):
    """Send less at a time."""

    code = "too-large"


class TooSlow(CutlineError):
    """Send the body in one go."""

    code = "too-slow"


class Busy(CutlineError):
    """Ask again in a moment: others are being served."""

    code = "busy"


class Bodies:
    """The bodies of requests, read under limits."""

    def __init__(self) -> None:
        """Start with none in memory."""
        self._held_bytes = 0

    async def small(self, request: Request) -> bytearray:
        """Read the body of a request that is a few words.

        Raises:
            TooLarge: It is more than that.
            TooSlow: It does not come to its end.
        """
        body = bytearray()
        async for part in _parts(request, MOST_BODY_BYTES):
            body += part
        return body

    @contextlib.asynccontextmanager
    async def job(self, request: Request) -> AsyncIterator[bytearray]:
        """Read the body of a job; it counts as being in memory to the end of the block.

        Raises:
            TooLarge: It is larger than any job.
            TooSlow: It does not come to its end.
            Busy: Together with others it is more than the engine takes on at a time.
        """
        body = bytearray()
        try:
            async for part in _parts(request, MOST_JOB_BYTES):
                body += part
                self._held_bytes += len(part)
                if self._held_bytes > MOST_JOB_BYTES_AT_ONCE:
                    raise Busy("too many jobs are being submitted just now", "submit it again in a moment")
            yield body
        finally:
            self._held_bytes -= len(body)


async def _parts(request: Request, most: int) -> AsyncIterator[bytes]:
    """Yield a body in parts, none of them beyond the limit."""
    too_large = TooLarge(f"the request is larger than {most} bytes", "send less at a time")
    if int(request.headers.get("content-length", 0)) > most:
        raise too_large
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise too_large
                yield part
    except TimeoutError as error:
        raise TooSlow(f"the request did not come to its end in {BODY_SECONDS:g} s", "send it in one go") from error


class Streams:
    """The streams that are open."""

    def __init__(self) -> None:
        """Start with none."""
        self._open: set[_Stream] = set()

    def reply(self, lines: AsyncGenerator[bytes, None]) -> StreamingResponse:
        """Reply with a stream.

        Raises:
            Busy: Enough of them are open.
        """
        if len(self._open) >= MOST_STREAMS:
            raise Busy(f"{MOST_STREAMS} streams are open already", "close one, or ask again in a moment")
        return _Stream(lines, self._open)


class _Stream(StreamingResponse):
    """NDJSON; counted while it lasts, and its generator is closed with it."""

    def __init__(self, lines: AsyncGenerator[bytes, None], among: set[_Stream]) -> None:
        super().__init__(lines, media_type="application/x-ndjson")
        self._lines, self._among = lines, among

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._among.add(self)
        try:
            async with contextlib.aclosing(self._lines):
                await super().__call__(scope, receive, send)
        finally:
            self._among.discard(self)
