"""The Hugging Face Hub, through its own client: what it says of a file, and the file's bytes.

huggingface_hub is an extra; nothing of it is imported before it is needed.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from engine.errors import CutlineError
from engine.models.hub_errors import Passing, in_words
from engine.models.hub_variables import endpoint
from engine.models.weights import hub_cache

if TYPE_CHECKING:
    from typing import BinaryIO

TRIES = 5
"""So often in a row a connection may bring nothing, before the download ends."""
PAUSE_SECONDS = 1.0
"""Between two of them."""
_CHUNK_BYTES = 256 << 10
"""What is lost at most when a connection drops."""
_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PART, _NO_SUCH_PART = 206, 416


class Remote(NamedTuple):
    """One file of a repository, as the hub describes it."""

    repo: str
    """OWNER/NAME."""
    path: str
    commit: str
    """40 hex digits, of the whole repository."""
    checksum: str
    """sha256 of a large file, 64 hex digits, or git's sha1 of a small one, 40; also its name in the cache."""
    size: int
    """In bytes."""


class Watcher(Protocol):
    """Who hears how a download goes."""

    def advance(self, by: int = 1) -> None:
        """So many bytes more are here; fewer where a part has to come again."""

    def waits(self, why: str) -> None:
        """Nothing moves for this reason; empty when it moves again."""


def describe(repo: str, path: str, revision: str) -> Remote:
    """Ask the hub about one file.

    Raises:
        CutlineError: It cannot be asked, or says no; with what to do.
    """
    where = endpoint()
    with in_words(repo, path, revision):
        from huggingface_hub import get_hf_file_metadata, hf_hub_url  # noqa: PLC0415  (an extra)

        said = get_hf_file_metadata(hf_hub_url(repo, path, revision=revision, endpoint=where), endpoint=where)
    checksum = said.etag or ""
    if not said.commit_hash or said.size is None or not _CHECKSUM.fullmatch(checksum):
        raise CutlineError(
            f"{where} names no commit, size or checksum of {path}", "let HF_ENDPOINT lead to a Hugging Face hub"
        )
    return Remote(repo, path, said.commit_hash, checksum, said.size)


def fetch(remote: Remote, into: BinaryIO, watch: Watcher) -> None:
    """Download a file, going on where `into` ends; a connection that drops is taken up again.

    Args:
        remote: What.
        into: Where to, open for appending; it keeps what came when this fails.
        watch: Hears how it goes.

    Raises:
        CutlineError: It cannot be had; with what to do.
        OSError: `into` cannot be written.
    """
    idle = 0
    while (begin := into.tell()) < remote.size:
        try:
            with in_words(remote.repo, remote.path, remote.commit):
                _stream(remote, into, watch)
        except Passing:
            if into.tell() == begin and idle >= TRIES:
                raise
        idle = idle + 1 if into.tell() <= begin else 0
        into.flush()
        if into.tell() < remote.size:
            watch.waits("the connection dropped, trying again")
            time.sleep(PAUSE_SECONDS)


def link(remote: Remote) -> None:
    """Give a file that lies in the cache under its checksum its name there, where all Hugging Face libraries look.

    Raises:
        CutlineError: The hub cannot be asked.
        OSError: The cache cannot be written.
    """
    where = endpoint()
    with in_words(remote.repo, remote.path, remote.commit):
        from huggingface_hub import hf_hub_download  # noqa: PLC0415  (an extra)

        hf_hub_download(remote.repo, remote.path, revision=remote.commit, cache_dir=hub_cache(), endpoint=where)


def _stream(remote: Remote, into: BinaryIO, watch: Watcher) -> None:
    """Read what is missing, as far as one connection brings it."""
    from huggingface_hub import constants, get_session, hf_hub_url, hf_raise_for_status, utils  # noqa: PLC0415

    # Documented, but exported in a way that a type checker does not see.
    token: dict[str, str] = utils.build_hf_headers()  # type: ignore[attr-defined]

    have = into.tell()
    # Not the address that the hub redirects to, which is good for minutes: the client follows it, and takes the token
    # along only where the host stays the same. And not compressed, or a part of it could not be asked for.
    url = hf_hub_url(remote.repo, remote.path, revision=remote.commit, endpoint=endpoint())
    headers = {**token, "Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with get_session().stream("GET", url, headers=headers, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT) as response:
        if have and response.status_code != _PART and (response.is_success or response.status_code == _NO_SUCH_PART):
            into.truncate(0)
            into.seek(0)
            watch.advance(-have)
        if response.status_code == _NO_SUCH_PART:
            return
        if response.is_error:
            response.read()
        hf_raise_for_status(response)
        for chunk in response.iter_bytes(_CHUNK_BYTES):
            into.write(chunk)
            watch.waits("")
            watch.advance(len(chunk))
