"""A small stand-in of the Hugging Face Hub on loopback, which answers as the real one does, and fails as it is told."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message

LARGE = (".onnx", ".safetensors")
"""Files that the hub keeps as LFS: named by sha256, and served from another host."""

LONGEST_PAUSE_SECONDS = 20.0


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: Message


def commit_of(files: Mapping[str, bytes]) -> str:
    """Return the commit of some files: 40 hex digits."""
    return hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()


def git_sha1(content: bytes) -> str:
    """Return what git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub:
    """The hub, and the host that large files lie on; use it as a context."""

    def __init__(self) -> None:
        """Hold no repository."""
        self.branches: dict[str, dict[str, str]] = {}
        """Repository → branch → commit."""
        self.commits: dict[str, dict[str, bytes]] = {}
        """Commit → path → content."""
        self.tokens: dict[str, str] = {}
        """Repository that is gated → the token it takes."""
        self.drops: list[int] = []
        """After so many bytes of its body a further answer breaks off; each once."""
        self.spoilt: set[str] = set()
        """Paths whose content comes wrong."""
        self.pauses_after = 0
        """After so many bytes of a body nothing more comes until `pauses_after` is 0 again; 0 for no pause."""
        self.ignores_ranges = False
        self.delay = 0.0
        """Seconds before each answer."""
        self.status = 0
        """Answered to everything; 0 for nothing out of the ordinary."""
        self.asked: list[Asked] = []
        self._servers = [_Server(self, store=False), _Server(self, store=True)]

    def __enter__(self) -> Self:
        """Begin to listen."""
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def url(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self._servers[0].server_port}"

    @property
    def store(self) -> str:
        """The host of large files: another port, so another host to a client that guards its token."""
        return f"http://127.0.0.1:{self._servers[1].server_port}"

    def put(self, repo: str, files: Mapping[str, bytes], branch: str = "main") -> str:
        """Commit files to a branch, in place of all that was there, and return the commit."""
        commit = commit_of(files)
        self.commits[commit] = dict(files)
        self.branches.setdefault(repo, {})[branch] = commit
        return commit

    def bodies(self, path: str) -> list[Asked]:
        """Return the requests for the content of a file that reached the host it lies on."""
        large = path.endswith(LARGE)
        return [
            asked
            for asked in self.asked
            if asked.method == "GET"
            and asked.path.startswith("/store/" if large else "/api/")
            and asked.path.endswith(path)
        ]


class _Server(ThreadingHTTPServer):
    def __init__(self, hub: Hub, *, store: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hub, self.is_store = hub, store


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name in the base class)
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        hub = self.server.hub
        hub.asked.append(Asked(self.command, self.path, self.headers))
        time.sleep(hub.delay)
        if hub.status:
            self._refuse(hub.status, "", "out of order")
        elif self.server.is_store and (found := re.fullmatch(r"/store/([0-9a-f]{40})/(.+)", self.path)):
            self._send(hub.commits[found[1]][found[2]], found[2], {})
        elif found := re.fullmatch(r"/api/resolve-cache/models/([^/]+/[^/]+)/([^/]+)/(.+)", self.path):
            content = hub.commits[found[2]][found[3]]
            self._send(content, found[3], {"X-Repo-Commit": found[2], "ETag": f'"{git_sha1(content)}"'})
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", self.path):
            self._resolve(*found.groups())
        else:
            self._refuse(404, "", "no such page")

    def _resolve(self, repo: str, revision: str, path: str) -> None:
        hub = self.server.hub
        if repo not in hub.branches:
            self._refuse(401, "RepoNotFound", "Repository not found")
            return
        sent = self.headers.get("Authorization", "")
        if repo in hub.tokens and sent != f"Bearer {hub.tokens[repo]}":
            self._refuse(403 if sent else 401, "GatedRepo", "Access to model is restricted")
            return
        commit = hub.branches[repo].get(revision, revision)
        if commit not in hub.commits:
            self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
            return
        if path not in hub.commits[commit]:
            self._refuse(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": commit})
            return
        content = hub.commits[commit][path]
        if not path.endswith(LARGE):
            self._refer(307, f"/api/resolve-cache/models/{repo}/{commit}/{path}", {"X-Repo-Commit": commit})
            return
        sha256 = hashlib.sha256(content).hexdigest()
        headers = {
            "X-Repo-Commit": commit,
            "X-Linked-Size": str(len(content)),
            "X-Linked-Etag": f'"{sha256}"',
            "ETag": f'"{git_sha1(content)}"',
            # Whoever took this up would come to an address that is not here.
            "X-Xet-Hash": sha256[::-1],
            "Link": f'<{hub.url}/api/models/{repo}/xet-read-token/{commit}>; rel="xet-auth"',
        }
        self._refer(302, f"{hub.store}/store/{commit}/{path}", headers)

    def _refer(self, status: int, location: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Location": location, "Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, content: bytes, path: str, headers: Mapping[str, str]) -> None:
        hub = self.server.hub
        if path in hub.spoilt:
            content = bytes(255 - byte for byte in content)
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(asked[1]) if asked and not hub.ignores_ranges else 0
        self.send_response(206 if begin else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Accept-Ranges", "bytes")
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        if self.command == "HEAD":
            return
        if hub.pauses_after and len(content) > hub.pauses_after:
            self.wfile.write(content[begin : hub.pauses_after])
            deadline = time.monotonic() + LONGEST_PAUSE_SECONDS
            while hub.pauses_after and time.monotonic() < deadline:
                time.sleep(0.01)
            self.close_connection = True
        elif hub.drops:
            self.wfile.write(content[begin : begin + hub.drops.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(content[begin:])

    def _refuse(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"X-Error-Code": code, "X-Error-Message": message, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()
