"""Who may speak to the engine, and how long it waits for those who do not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import uvicorn
from uvicorn.server import ServerState

from engine.log_file import log_path
from engine.wire import connection
from engine.wire.connection import HALF_SENT_SECONDS, MOST_CONNECTIONS, Connection, peer_uid
from engine.wire.protocol import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.engine.engine_room import EngineRoom


class Line:
    """A transport that notes what is done to it."""

    def __init__(self, line: socket.socket) -> None:
        """Wrap a connected socket."""
        self._socket = line
        self.cut = asyncio.Event()
        self.unsent = 0

    def get_extra_info(self, name: str) -> Any:
        """Give the socket."""
        return self._socket if name == "socket" else None

    def abort(self) -> None:
        """Note it."""
        self.cut.set()

    def get_write_buffer_size(self) -> int:
        """Say what the other side has not taken."""
        return self.unsent


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
        assert line.cut.is_set() is aborted
        made._expect_nothing()


@pytest.fixture
async def made() -> AsyncIterator[tuple[Connection, Line]]:
    """Make a connection whose transport notes what is done to it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = Line(ours)
        made = Connection(uvicorn.Config(app, lifespan="off", log_config=None), ServerState(), {})
        made.connection_made(line)  # type: ignore[arg-type]  # as much of a transport as is needed
        yield made, line
        made._expect_nothing()
        made._expect_reader()


async def test_a_reader_that_stopped_is_cut_off(made: tuple[Connection, Line], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes nothing of a reply for a while loses the connection."""
    monkeypatch.setattr(connection, "STALLED_SECONDS", 0.01)
    made[1].unsent = 100
    made[0].pause_writing()
    await asyncio.wait_for(made[1].cut.wait(), 10)


async def test_a_slow_reader_is_waited_for(made: tuple[Connection, Line], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes a little each time is not cut off, nor is one who caught up."""
    looks = []

    def call_later(_: float, look: Callable[..., None], *args: Any) -> Any:
        looks.append((look, args))
        return asyncio.get_running_loop().call_soon(int)

    made[1].unsent = 100
    monkeypatch.setattr(made[0], "loop", type("Loop", (), {"call_later": staticmethod(call_later)}))
    made[0].pause_writing()
    for unsent in (60, 59, 1):
        made[1].unsent = unsent
        look, args = looks.pop()
        look(*args)
        assert not made[1].cut.is_set()
    look, args = looks.pop()
    look(*args)
    assert made[1].cut.is_set()


def test_silent_connections_keep_nobody_out(room: EngineRoom) -> None:
    """However many connections say nothing or half a request, a new client is served; the oldest of them make room."""
    client = room.start()
    with contextlib.ExitStack() as opened:
        lines = []
        for number in range(MOST_CONNECTIONS + 100):
            line = opened.enter_context(socket.socket(socket.AF_UNIX))
            line.connect(client.address)
            line.sendall(
                (b"", b"GET /v1/sta", b"POST /v1/jobs HTTP/1.1\r\nhost: e\r\ncontent-length: 9\r\n\r\n{")[number % 3]
            )
            lines.append(line)
            if number % 50 == 0:
                assert client.status().pid
        with type(client)(client.address) as fresh:
            start = time.monotonic()
            assert fresh.status().pid
            assert time.monotonic() - start < HALF_SENT_SECONDS / 2, "it was not just that they were given up"
        lines[0].settimeout(0)
        with contextlib.suppress(ConnectionError):  # a reset where something of it was not read, else the end
            assert lines[0].recv(1) == b""


def test_a_head_that_is_too_large_is_refused_in_words(room: EngineRoom) -> None:
    """A path or headers beyond the limit, in one go or in many, get a refusal as JSON, and the line is closed."""
    client = room.start()
    for head in (b"GET /" + b"a" * 100_000, b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 20_000, b"\xff\x00 rubbish\r\n\r\n"):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(client.address)
            with contextlib.suppress(BrokenPipeError):
                line.sendall(head)
            said = b""
            with contextlib.suppress(ConnectionResetError):
                while part := line.recv(10_000):
                    said += part
        assert said.startswith(b"HTTP/1.1 400 ")
        assert msgspec.json.decode(said.partition(b"\r\n\r\n")[2], type=Refusal).error.code == "request"
    assert "Traceback" not in log_path().read_text()
