"""How much the engine lets in at a time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from engine.errors import EngineUnreachable
from engine.wire import limits
from engine.wire.limits import MOST_BODY_BYTES, MOST_STREAMS, Bodies, Busy, Streams, TooLarge, TooSlow

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from tests.engine.engine_room import EngineRoom


def request(parts: Iterable[bytes], *, ends: bool = True, length: int | None = None) -> Request:
    """Make a request whose body comes in parts, and then ends or stays silent."""
    left = itertools.chain(parts, [b""])

    async def receive() -> dict[str, Any]:
        part = next(left, None)
        if part is None or (part == b"" and not ends):
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part, "more_body": part != b""}

    headers = [] if length is None else [(b"content-length", b"%d" % length)]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


async def test_a_body_comes_through_whole() -> None:
    """What comes in parts is one body."""
    assert await Bodies().small(request([b"ab", b"c"])) == b"abc"
    async with Bodies().job(request([b"ab", b"c"], length=3)) as body:
        assert body == b"abc"


async def test_a_body_that_is_too_large_is_not_read_on() -> None:
    """It is refused by the length it announces, else as soon as it passes the limit, however it would go on."""
    with pytest.raises(TooLarge, match=str(MOST_BODY_BYTES)):
        await Bodies().small(request([], ends=False, length=MOST_BODY_BYTES + 1))
    parts = iter([b"x" * 1000] * 1000)
    with pytest.raises(TooLarge, match=str(MOST_BODY_BYTES)):
        await Bodies().small(request(parts))
    assert len(list(parts)) == 1000 - MOST_BODY_BYTES // 1000 - 1


async def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However steadily it moves, a body has its time."""
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.02)
    with pytest.raises(TooSlow):
        await Bodies().small(request([b"ab"], ends=False))


async def test_jobs_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """While large jobs are read another is refused for the moment, also when it came first; afterwards there is room."""
    monkeypatch.setattr(limits, "MOST_JOB_BYTES_AT_ONCE", 100)
    bodies = Bodies()
    async with bodies.job(request([b"x" * 60])):
        with pytest.raises(Busy):
            async with bodies.job(request([b"x" * 30, b"x" * 30])):
                pytest.fail("it was let in")
        async with bodies.job(request([b"x" * 30])):
            pass
        assert await bodies.small(request([b"x" * 60])) == b"x" * 60
    async with bodies.job(request([b"x" * 60])) as body:
        assert len(body) == 60


async def test_a_stream_that_ends_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams are counted while they last, and their generators are closed with them, also when the reader leaves."""
    monkeypatch.setattr(limits, "MOST_STREAMS", 1)
    streams, closed = Streams(), asyncio.Event()
    begun = asyncio.Event()

    async def lines() -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"{}\n"
                begun.set()
                await asyncio.sleep(0)
        finally:
            closed.set()

    async def receive() -> dict[str, Any]:
        await begun.wait()
        with pytest.raises(Busy):
            streams.reply(lines())
        return {"type": "http.disconnect"}

    async def send(_: Any) -> None:
        await asyncio.sleep(0)

    await streams.reply(lines())({"type": "http"}, receive, send)
    assert closed.is_set()
    streams.reply(lines())


def test_plain_requests_get_through_when_all_streams_are_taken(room: EngineRoom) -> None:
    """One stream too many is refused as busy; `status` is answered all the while; a closed stream makes room."""
    client = room.start()
    with contextlib.ExitStack() as opened:
        lines = []
        for _ in range(MOST_STREAMS):
            line = opened.enter_context(socket.socket(socket.AF_UNIX))
            line.settimeout(10)
            line.connect(client.address)
            line.sendall(b"GET /v1/events HTTP/1.1\r\nhost: engine\r\n\r\n")
            lines.append(line)
        for line in lines:
            assert b" 200 " in line.recv(100)
        with pytest.raises(EngineUnreachable) as busy:
            next(client.events())
        assert busy.value.code == "busy"
        assert client.status().pid
        lines[0].close()
        for _ in range(1000):
            with contextlib.suppress(EngineUnreachable):
                next(client.events())
                break
        else:
            pytest.fail("there is no room")
