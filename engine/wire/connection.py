"""One connection of the server: only this user may speak, and nobody may keep a half-sent request open."""

from __future__ import annotations

import logging
import os
import socket
import struct
import sys
from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

HALF_SENT_SECONDS = 5.0
"""A request, or the next part of its body, must come within so long."""

log = logging.getLogger("cutline.server")
_LINUX_CREDENTIALS = struct.Struct("3i")
_DARWIN_SOL_LOCAL, _DARWIN_PEERCRED = 0, 1


def peer_uid(connection: socket.socket) -> int:
    """Return the user id of the process at the other end of a Unix socket."""
    if sys.platform == "darwin":  # struct xucred opens with its version and the effective uid
        return int(struct.unpack_from("2I", connection.getsockopt(_DARWIN_SOL_LOCAL, _DARWIN_PEERCRED, 76))[1])
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _LINUX_CREDENTIALS.size)
    return int(_LINUX_CREDENTIALS.unpack(credentials)[1])


class Connection(H11Protocol):
    """uvicorn's connection, with its manners."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take the connection, unless another user's process made it."""
        uid = peer_uid(transport.get_extra_info("socket"))
        super().connection_made(transport)
        if uid != os.geteuid():
            log.warning("a process of user %d was turned away", uid)
            transport.abort()
            return
        self._expect_more()

    def data_received(self, data: bytes) -> None:
        """Pass on what came, and expect the rest of an unfinished request in time."""
        begun = self.conn.their_state is h11.SEND_BODY
        super().data_received(data)
        if self.conn.their_state is h11.SEND_BODY:
            self._expect_more()  # a long body may take its time as long as it moves
        elif begun or self.conn.their_state is not h11.IDLE:
            self._expect_nothing()
        elif self._deadline is None:
            self._expect_more()  # the next request on this connection has begun

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._expect_nothing()
        super().connection_lost(exc)

    def _expect_more(self) -> None:
        self._expect_nothing()
        self._deadline = self.loop.call_later(HALF_SENT_SECONDS, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        log.info("a request that did not come to its end was closed")
        self.transport.abort()
