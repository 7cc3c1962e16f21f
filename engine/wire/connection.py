"""One connection of the server: only this user may speak, and nobody may keep others from speaking.

Whoever sends half a request, or does not read its reply, is cut off after a while, and sooner where connections run
short. What is no HTTP is refused in one line.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import sys
from typing import TYPE_CHECKING

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from engine.wire.protocol import Failure, Refusal

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HALF_SENT_SECONDS = 5.0
"""A request, or the next part of its body, must come within so long."""
STALLED_SECONDS = 30.0
"""A reader that takes nothing of its reply for so long is cut off; it can ask again from its cursor."""
MOST_CONNECTIONS = 256
"""Beyond these, the one that has been silent longest makes room for a new one."""
READ_BYTES = 1 << 12
"""Taken from a connection at a time, so that thousands of tiny chunks do not hold up all others."""
MOST_HEAD_BYTES = 1 << 14
"""Of a request's first line and headers together."""

log = logging.getLogger("cutline.server")
_LINUX_CREDENTIALS = struct.Struct("3i")
_DARWIN_SOL_LOCAL, _DARWIN_PEERCRED = 0, 1
_NO_HTTP = Failure(
    "request", f"this is no HTTP request, or its head is larger than {MOST_HEAD_BYTES} bytes", "see docs/protocol.md"
)
_FULL = Failure("busy", f"{MOST_CONNECTIONS} connections are at work already", "ask again in a moment", True)


def peer_uid(connection: socket.socket) -> int:
    """Return the user id of the process at the other end of a Unix socket."""
    if sys.platform == "darwin":  # struct xucred opens with its version and the effective uid
        return int(struct.unpack_from("2I", connection.getsockopt(_DARWIN_SOL_LOCAL, _DARWIN_PEERCRED, 76))[1])
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _LINUX_CREDENTIALS.size)
    return int(_LINUX_CREDENTIALS.unpack(credentials)[1])


class Connection(H11Protocol):
    """uvicorn's connection, with its manners."""

    cycle: RequestResponseCycle | None  # type: ignore[assignment]  # None before the first request
    heard = 0.0
    """When the client last said something, by the loop's clock."""
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take the connection, unless another user's process made it."""
        uid = peer_uid(transport.get_extra_info("socket"))
        super().connection_made(transport)
        if uid != os.geteuid():
            log.warning("a process of user %d was turned away", uid)
            transport.abort()
            return
        self.heard = self.loop.time()
        self.app = self._closing_where_a_body_is_left(self.app)
        self.conn._max_incomplete_event_size = MOST_HEAD_BYTES  # noqa: SLF001  (h11 takes it in its constructor only)
        transport.max_size = READ_BYTES  # type: ignore[attr-defined]  # asyncio's own transports have it
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()
        self._expect_more()

    def data_received(self, data: bytes) -> None:
        """Pass on what came, and expect the rest of an unfinished request in time."""
        self.heard = self.loop.time()
        begun = self.conn.their_state is h11.SEND_BODY
        super().data_received(data)
        if self.conn.their_state is h11.SEND_BODY:
            self._expect_more()  # a long body may take its time as long as it moves
        elif begun or self.conn.their_state is not h11.IDLE:
            self._expect_nothing()
        elif self._deadline is None:
            self._expect_more()  # the next request on this connection has begun

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; the reply to a request whose body goes wrong may be under way already."""
        del msg
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # whatever it still says would come after our refusal
            if self.cycle.response_started:
                self.transport.abort()
                return
        self._refuse(b"400 Bad Request", _NO_HTTP)

    def pause_writing(self) -> None:
        """Stop sending, and begin to lose patience."""
        super().pause_writing()
        self._watch_reader(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._expect_reader()

    def timeout_keep_alive_handler(self) -> None:
        """Close an unused connection, also where nobody read the last reply."""
        super().timeout_keep_alive_handler()
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._expect_nothing()
        self._expect_reader()
        super().connection_lost(exc)

    @property
    def waits(self) -> bool:
        """Whether nothing happens here until the client says something."""
        return not self.transport.is_closing() and (
            self.cycle is None
            or self.cycle.response_complete
            or (self.conn.their_state is h11.SEND_BODY and not self.cycle.response_started)
        )

    def _closing_where_a_body_is_left(self, app: ASGIApp) -> ASGIApp:
        """Say and do `connection: close` in a reply that comes before its request has ended.

        Nobody wants the rest of that body; and a client that was not told would send its next request into the closing
        connection.
        """

        async def closing(scope: Scope, receive: Receive, send: Send) -> None:
            async def told(message: Message) -> None:
                if message["type"] == "http.response.start" and self.conn.their_state is h11.SEND_BODY:
                    message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
                await send(message)

            await app(scope, receive, told)

        return closing

    def _make_room(self) -> None:
        """Cut off whoever has been silent longest, strangers first; where all are at work, refuse this one."""
        waiting = (c for c in self.connections if isinstance(c, Connection) and c is not self and c.waits)
        silent = min(waiting, key=lambda other: (other.cycle is not None, other.heard), default=None)
        if silent is not None:
            silent.transport.abort()
        else:
            self._refuse(b"503 Service Unavailable", _FULL)

    def _refuse(self, status: bytes, failure: Failure) -> None:
        """Reply without regard to what was asked, and close."""
        body = msgspec.json.encode(Refusal(failure))
        head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (status, len(body)) + body)
        self.transport.close()

    def _expect_more(self) -> None:
        self._expect_nothing()
        self._deadline = self.loop.call_later(HALF_SENT_SECONDS, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        log.debug("a request that did not come to its end was closed")
        self.transport.abort()

    def _watch_reader(self, unsent: int) -> None:
        self._expect_reader()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self._look_at_reader, unsent)

    def _expect_reader(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _look_at_reader(self, before: int) -> None:
        """Cut off a reader that took nothing; one on a slow line goes on."""
        unsent = self.transport.get_write_buffer_size()
        if unsent < before:
            self._watch_reader(unsent)
        else:
            log.info("a reader that stopped reading was cut off")
            self.transport.abort()
