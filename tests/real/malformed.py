"""Throws malformed requests at a Unix socket: `python -m tests.real.malformed SOCKET JOB SEED COUNT`.

Prints one JSON object: how many of each kind were thrown, and which replies came. JOB is the id of a job whose
results may be asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT_ONCE = 8
"""Connections that are talking."""
SLOW_AT_ONCE = 300
"""Connections that say nothing or little, besides: more than the engine lets in."""
REPLY_SECONDS = 10.0
SLOW_SECONDS = 7.0
"""Longer than the engine waits for the rest of a request."""
NOBODY = "0" * 32
CHANGES = ("pause", "resume", "cancel", "retry", "forget", "collectors", "collected")
POSTS = ("/v1/jobs", "/v1/jobs?dry_run=true", *(f"/v1/jobs/{NOBODY}/{change}" for change in CHANGES))
GETS = ("/v1/status", "/v1/models", "/v1/jobs", f"/v1/jobs/{NOBODY}", f"/v1/jobs/{NOBODY}/results", "/v1/events")
JOB = {
    "id": NOBODY,
    "collector": "me",
    "root": "/nowhere",
    "steps": [{"name": "a", "model": "odd", "options": {"gate": "x"}, "prompt": "", "after": []}],
    "items": [{"item": 1, "key": "a.png"}],
    "priority": "normal",
    "folders": ["/"],
}
STRANGE: tuple[object, ...] = (
    None,
    True,
    -1,
    1.5,
    2**63,
    2**64,
    10**40,
    10**400,
    -(10**30),
    "",
    "\0",
    "x" * 5000,
    "../" * 50,
    "猫" * 300,
    [],
    {},
    [[]],
    {"name_b64": "!"},
    {"name_b64": "AA=="},
    [None] * 50,
)


def request(method: str, path: str, body: bytes = b"", *headers: bytes) -> bytes:
    """Write one request with its length."""
    lines = [f"{method} {path} HTTP/1.1".encode("latin-1"), b"host: engine", *headers]
    if body:
        lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Throws:
    """Every kind of malformed request, as the bytes to send; `None` among them means: wait for what comes."""

    def __init__(self, chance: random.Random, job: str) -> None:
        """Draw from a source of chance; ask for the results of a job."""
        self._chance = chance
        self._job = job
        self.kinds: dict[str, Callable[[], Iterator[bytes]]] = {
            name: method
            for name in dir(self)
            if not name.startswith("_") and name != "kinds" and callable(method := getattr(self, name))
        }

    def bad_json(self) -> Iterator[bytes]:
        """Send a body that is cut, or has bytes changed."""
        body = bytearray(json.dumps(JOB).encode())
        for _ in range(self._chance.randrange(1, 6)):
            body[self._chance.randrange(len(body))] = self._chance.randrange(256)
        yield request("POST", self._chance.choice(POSTS), bytes(body[: self._chance.randrange(1, len(body))]))

    def wrong_types(self) -> Iterator[bytes]:
        """Put something strange in the place of a value."""
        job = json.loads(json.dumps(JOB))
        place = self._chance.choice([job, job["steps"][0], job["items"][0], job["steps"][0]["options"]])
        place[self._chance.choice(list(place))] = self._chance.choice(STRANGE)
        yield request("POST", self._chance.choice(POSTS), json.dumps(job).encode())

    def unknown_fields(self) -> Iterator[bytes]:
        """Say something that nobody understands."""
        body = {"field_of_tomorrow": self._chance.choice(STRANGE)}
        yield request("POST", self._chance.choice([*POSTS, "/v1/shutdown"]), json.dumps(body).encode())

    def strange_queries(self) -> Iterator[bytes]:
        """Ask with queries that mean nothing."""
        query = self._chance.choice(
            ("after=-1", f"after={10**40}", "after=x", "follow=maybe", "a=b", "%00", "after=%FF")
        )
        yield request("GET", f"/v1/jobs/{self._job}/results?{query}&x=1")

    def deep(self) -> Iterator[bytes]:
        """Nest lists or objects deeper than anybody reads."""
        depth = self._chance.choice((900, 1100, 30_000))
        nested = b"[" * depth + b"]" * depth
        if self._chance.random() < 0.5:
            nested = json.dumps(JOB).encode().replace(b'"x"', nested)
        yield request("POST", "/v1/jobs", nested)

    def huge_bodies(self) -> Iterator[bytes]:
        """Announce or send more than is allowed."""
        if self._chance.random() < 0.5:
            yield request("POST", self._chance.choice(POSTS[2:]), b" " * self._chance.randrange(70_000, 400_000))
        else:
            yield b"POST /v1/jobs HTTP/1.1\r\nhost: e\r\ncontent-length: %d\r\n\r\n" % self._chance.choice(
                (2**28, 2**62, 10**19)
            )
            yield b" " * 5000

    def huge_heads(self) -> Iterator[bytes]:
        """Send a path, a header, or a number of headers that is too large."""
        size = self._chance.randrange(20_000, 150_000)
        yield self._chance.choice(
            (
                request("GET", "/v1/" + "a" * size),
                request("GET", "/v1/status", b"", b"x: " + b"a" * size),
                request("GET", "/v1/status", b"", *[b"x%d: y" % n for n in range(size // 8)]),
                b"G" * size,
            )
        )

    def half_sent(self) -> Iterator[bytes]:
        """Leave in the middle."""
        whole = request("POST", self._chance.choice(POSTS), json.dumps(JOB).encode())
        yield whole[: self._chance.randrange(1, len(whole))]
        yield b""

    def wrong_methods(self) -> Iterator[bytes]:
        """Use methods that routes do not have."""
        method = self._chance.choice(("PUT", "DELETE", "PATCH", "BREW", "TRACE", "CONNECT", "x" * 40, "HEAD"))
        yield request(method, self._chance.choice((*POSTS, *GETS[:-1])), self._chance.choice((b"", b"{}")))

    def wrong_paths(self) -> Iterator[bytes]:
        """Ask for what is not there."""
        yield request(
            "GET",
            self._chance.choice(
                (
                    "/",
                    "*",
                    "//v1//status",
                    "/v1/status/",
                    "/v1/../../etc/passwd",
                    "/v1/jobs/%00",
                    "/v1/jobs/%ff%fe",
                    "/v1/jobs/%",
                    f"/v1/jobs/{'x' * 3000}",
                    "http://elsewhere/v1/status/x",
                    "/v1/jobs/\x7f",
                    "/v1/jobs/é",
                    "?after=1",
                )
            ),
        )

    def garbage(self) -> Iterator[bytes]:
        """Send bytes that are no HTTP."""
        yield self._chance.randbytes(self._chance.randrange(1, 3000)) + b"\r\n\r\n"

    def wrong_http(self) -> Iterator[bytes]:
        """Bend the rules of HTTP."""
        yield self._chance.choice(
            (
                b"GET /v1/status\r\n\r\n",
                b"GET /v1/status HTTP/9.9\r\n\r\n",
                b"GET /v1/status HTTP/1.1\r\n\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                request("GET", "/v1/status", b"", b"host: [", b"host: ]"),
                b"GET /v1/status/ HTTP/1.1\r\nhost: [::\r\n\r\n",
                b"GET /v1/jobs?x=1 HTTP/1.1\r\nhost: [::\r\n\r\n",
                request("GET", "/v1/nowhere", b"", b"upgrade: websocket", b"connection: upgrade"),
                request("POST", "/v1/jobs", b"{}", b"content-length: 7"),
                b"POST /v1/jobs HTTP/1.1\r\nhost: e\r\ncontent-length: -1\r\n\r\n",
                b"POST /v1/jobs HTTP/1.1\r\nhost: e\r\ncontent-length: 0x10\r\n\r\n",
                b"POST /v1/jobs HTTP/1.1\r\nhost: e\r\ntransfer-encoding: gzip\r\n\r\n",
                b"POST /v1/jobs HTTP/1.1\r\nhost: e\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n[1]",
                request("GET", "/v1/nowhere", b"", b"no colon"),
                request("GET", "/v1/nowhere", b"", b" folded: x", b"\x00: y"),
            )
        )

    def pipelined(self) -> Iterator[bytes]:
        """Send many requests at once, good ones and bad ones."""
        good = [request("GET", path) for path in GETS[:4]]
        bad = [request("GET", "/v1/nowhere"), request("POST", "/v1/jobs", b"{"), b"garbage\r\n\r\n"]
        yield b"".join(self._chance.choices(good, k=4) + self._chance.choices([*good, *bad], k=8))

    def chunked(self) -> Iterator[bytes]:
        """Send chunks that are none, too many, or too large."""
        yield request("POST", self._chance.choice(POSTS), b"", b"transfer-encoding: chunked")
        yield self._chance.choice(
            (
                b"zz\r\n",
                b"-1\r\n",
                b"ffffffffffffffffffff\r\n",
                b"5\r\n{}\r\n0\r\n\r\n",
                b"1\r\n{\r\n" * 8000 + b"0\r\n\r\n",
                b"1;" + b"x" * 40_000 + b"\r\n{\r\n",
                b"2\r\n{}\r\n0\r\n" + b"a: b\r\n" * 4000 + b"\r\n",
                b"2\r\n{}XX0\r\n\r\n",
            )
        )

    def body_to_a_get(self) -> Iterator[bytes]:
        """Go on with a body that nobody asked for."""
        yield request("GET", self._chance.choice(GETS[:4]), b"", b"transfer-encoding: chunked")
        yield b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
        yield self._chance.choice((b"nonsense\r\n", b"0\r\n\r\n", b""))

    def left_streams(self) -> Iterator[bytes]:
        """Ask for a stream and leave."""
        path = self._chance.choice(("/v1/events", f"/v1/jobs/{self._job}/results?follow=true"))
        yield request("GET", path)
        yield b""


class Thrower:
    """The connections, and what came back."""

    def __init__(self, socket: str, job: str, seed: int) -> None:
        """Set up for one socket."""
        self._socket = socket
        self._chance = random.Random(seed)
        self._throws = Throws(self._chance, job)
        self.thrown: Counter[str] = Counter()
        self.replies: Counter[str] = Counter()
        self._slow = asyncio.Semaphore(SLOW_AT_ONCE)

    async def run(self, count: int) -> None:
        """Throw so many."""
        left = iter(range(count))
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._talk(left, tasks))

    async def _talk(self, left: Iterator[int], tasks: asyncio.TaskGroup) -> None:
        for _ in left:
            if self._chance.random() < 0.1 and not self._slow.locked():
                await self._slow.acquire()
                self.thrown["slow"] += 1
                tasks.create_task(self._dawdle(request("POST", "/v1/jobs", b"x" * 100)))
                continue
            kind = self._chance.choice(list(self._throws.kinds))
            self.thrown[kind] += 1
            await self._throw(list(self._throws.kinds[kind]()))

    async def _throw(self, parts: list[bytes]) -> None:
        """Send the parts, and read what comes; an empty part means: leave without reading."""
        line = await self._connect()
        if line is None:
            return
        reader, writer = line
        with contextlib.suppress(OSError):
            for part in parts:
                writer.write(part)
                await writer.drain()
            if parts[-1]:
                async with asyncio.timeout(REPLY_SECONDS):
                    head = await reader.read(4096)
                self.replies[head[:12].decode("latin-1") if head.startswith(b"HTTP/1.1 ") else f"{head[:12]!r}"] += 1
        writer.transport.abort()

    async def _dawdle(self, whole: bytes) -> None:
        """Send a part of a request, then a byte now and then, until the engine has enough."""
        line = await self._connect()
        if line is not None:
            reader, writer = line
            with contextlib.suppress(OSError):
                writer.write(whole[: self._chance.randrange(len(whole) - 20)])
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SLOW_SECONDS):
                        while await reader.read(4096):
                            pass
                        self.replies["slow ones closed"] += 1
            writer.transport.abort()
        self._slow.release()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            return await asyncio.open_unix_connection(self._socket)
        except BlockingIOError:  # the queue at the door is full for a moment
            self.replies["not let in"] += 1
            await asyncio.sleep(0.01)
            return None


def main() -> None:
    """Throw, then say what came of it."""
    socket, job, seed, count = sys.argv[1:]

    async def throw() -> Thrower:
        thrower = Thrower(socket, job, int(seed))
        await thrower.run(int(count))
        return thrower

    done = asyncio.run(throw())
    print(json.dumps({"thrown": done.thrown, "replies": done.replies}))


if __name__ == "__main__":
    main()
