"""What the client makes of replies: also of those that a newer, an older or a broken engine gives."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.errors import CutlineError, EngineUnreachable, NotWritable, Refused, Unreadable, WrongUsage
from engine.wire.client import EngineClient
from engine.wire.protocol import End, Heartbeat, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
LINE = b'{"type":"result","seq":1,"item":7,"step":"a","fingerprint":"f","digest":"d"}\n'


def chunk(data: bytes) -> bytes:
    """Frame one chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.fixture
def canned() -> Iterator[Callable[[bytes], EngineClient]]:
    """Answer every request on a socket with the same bytes."""
    paths.ensure_private(paths.runtime_dir())
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(paths.socket_path()))
    listener.listen()
    made: list[EngineClient] = []
    reply = b""

    def answer() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                if line.recv(100_000) and reply is not None:
                    line.sendall(reply)

    thread = threading.Thread(target=answer)
    thread.start()

    def use(data: bytes) -> EngineClient:
        nonlocal reply
        reply = data
        made.append(EngineClient(paths.socket_path(), read_timeout_seconds=5))
        return made[-1]

    yield use
    for client in made:
        client.close()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_replies_are_read_leniently(canned: Callable[[bytes], EngineClient]) -> None:
    """A reply with fields that only a newer engine knows is understood."""
    job = b'{"id":"i","root":"/","source":"","steps":[],"state":"done","items":0,"done":0,"failed":0,"last":0,'
    body = JSON + job + b'"created":1,"started":null,"ended":null,"mood":"good"}'
    assert canned(body).job("i").state == "done"


def test_lines_are_read_leniently(canned: Callable[[bytes], EngineClient]) -> None:
    """Kinds of lines, fields and rubbish that nobody knows are passed over; lines may be cut anywhere."""
    lines = b'{"type":"new","x":1}\n' + LINE[:-2] + b',"new":1}\nrubbish\n{"type":"heartbeat"}\n'
    end = b'{"type":"end","state":"done","last":1}\n'
    cut = chunk(lines[:30]) + chunk(lines[30:]) + chunk(end)
    result, *rest = (line for together in canned(STREAM + cut + b"0\r\n\r\n").results("i") for line in together)
    assert isinstance(result, Result)
    assert (result.seq, result.item) == (1, 7)
    assert rest == [Heartbeat(), End("done", 1)]


@pytest.mark.parametrize(
    "broken", [chunk(LINE), chunk(LINE) + b"0\r\n\r\n", chunk(LINE)[:-9], b""], ids=["cut", "ended", "half", "nothing"]
)
def test_a_stream_without_its_end_is_an_error(canned: Callable[[bytes], EngineClient], broken: bytes) -> None:
    """However the line breaks off, a stream that did not say `end` is not taken for a whole one."""
    with pytest.raises(EngineUnreachable):
        list(canned(STREAM + broken).results("i"))


def refusal(status: int, code: str) -> bytes:
    """Make the reply of an engine that refuses."""
    body = b'{"error":{"code":"%s","message":"no","hint":"do it","recoverable":false}}' % code.encode()
    return b"HTTP/1.1 %d X\r\nconnection: close\r\n\r\n" % status + body


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "usage", WrongUsage),
        (404, "unknown-job", WrongUsage),
        (409, "refused", Refused),
        (410, "gone", Refused),
        (400, "unreadable", Unreadable),
        (503, "stopping", EngineUnreachable),
        (503, "busy", EngineUnreachable),
        (507, "not-writable", NotWritable),
        (500, "fault", EngineUnreachable),
        (418, "new-code", WrongUsage),
    ],
)
def test_refusals_keep_their_words(
    canned: Callable[[bytes], EngineClient], status: int, code: str, kind: type[CutlineError]
) -> None:
    """A refusal becomes the error class it stands for, with the engine's own code, message and hint."""
    for ask in (lambda client: client.job("i"), lambda client: list(client.results("i"))):
        with pytest.raises(kind) as refused:
            ask(canned(refusal(status, code)))
        assert (refused.value.code, refused.value.message, refused.value.hint) == (code, "no", "do it")


@pytest.mark.parametrize(
    "reply", [b"", b"rubbish", JSON, JSON + b"{", b"HTTP/1.1 502 X\r\nconnection: close\r\n\r\nhtml"]
)
def test_what_is_no_engine_is_an_error(canned: Callable[[bytes], EngineClient], reply: bytes) -> None:
    """A reply that makes no sense is one error with a hint, whatever it is."""
    with pytest.raises(EngineUnreachable) as error:
        canned(reply).status()
    assert error.value.hint


def test_an_engine_that_is_silent_is_given_up(canned: Callable[[bytes], EngineClient]) -> None:
    """An engine that accepts and never answers is an error after the read time-out."""
    canned(b"")
    with socket.socket(socket.AF_UNIX) as silent:
        path = paths.runtime_dir() / "silent"
        silent.bind(str(path))
        silent.listen()
        with (
            EngineClient(path, read_timeout_seconds=0.2) as client,
            pytest.raises(EngineUnreachable, match="not answer"),
        ):
            client.status()


def test_nobody_there_is_an_error() -> None:
    """A socket that does not exist is one error with a hint."""
    with EngineClient("/nowhere/engine.sock") as client:
        with pytest.raises(EngineUnreachable, match="cannot be reached") as error:
            client.status()
        assert "engine start" in error.value.hint
