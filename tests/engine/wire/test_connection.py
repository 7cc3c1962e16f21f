"""Who may speak to the engine."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from engine.wire import connection
from engine.wire.connection import Connection, peer_uid


class Line:
    """A transport that notes what is done to it."""

    def __init__(self, line: socket.socket) -> None:
        """Wrap a connected socket."""
        self._socket = line
        self.aborted = False

    def get_extra_info(self, name: str) -> Any:
        """Give the socket."""
        return self._socket if name == "socket" else None

    def abort(self) -> None:
        """Note it."""
        self.aborted = True


async def app(_scope: Any, _receive: Any, _send: Any) -> None:
    """Serve nothing."""


def test_the_other_end_is_known() -> None:
    """The uid of the process at the other end of a Unix socket is read from the kernel."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_uid(ours) == os.geteuid()


@pytest.mark.parametrize(("uid", "aborted"), [(0, False), (1, True)], ids=["ours", "another"])
async def test_another_users_process_is_turned_away(
    monkeypatch: pytest.MonkeyPatch,
    uid: int,
    aborted: bool,  # noqa: FBT001  (a parameter)
) -> None:
    """A connection from another user's process is closed before a byte of it is read."""
    monkeypatch.setattr(connection, "peer_uid", lambda _: os.geteuid() + uid)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = Line(ours)
        made = Connection(uvicorn.Config(app, lifespan="off", log_config=None), ServerState(), {})
        made.connection_made(line)  # type: ignore[arg-type]  # as much of a transport as is needed
        assert line.aborted is aborted
        made._expect_nothing()
