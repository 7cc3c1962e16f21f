"""The Hugging Face Hub, through its own client: what it says of a file, and the file's bytes.

huggingface_hub is an extra; nothing of it is imported before it is needed.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from engine.errors import CutlineError, WrongUsage
from engine.models.weights import hub_cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

TRIES = 5
"""So often in a row a connection may bring nothing, before the download ends."""
PAUSE_SECONDS = 1.0
"""Between two of them."""
_CHUNK_BYTES = 256 << 10
"""What is lost at most when a connection drops."""
_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PART, _NO_SUCH_PART = 206, 416
_MAY_PASS = frozenset({408, 429, 500, 502, 503, 504})
"""What a hub answers when it has too much to do."""


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


def endpoint() -> str:
    """Return the address of the hub: HF_ENDPOINT, or the public one.

    Raises:
        WrongUsage: huggingface_hub is not installed, or a variable that it reads is wrong.
    """
    with _client():
        from huggingface_hub import constants  # noqa: PLC0415  (an extra)

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def is_offline() -> bool:
    """Say whether HF_HUB_OFFLINE forbids asking the hub.

    Raises:
        WrongUsage: huggingface_hub is not installed, or a variable that it reads is wrong.
    """
    with _client():
        from huggingface_hub import constants  # noqa: PLC0415  (an extra)

    return constants.is_offline_mode()


def describe(repo: str, path: str, revision: str) -> Remote:
    """Ask the hub about one file.

    Raises:
        CutlineError: It cannot be asked, or says no; with what to do.
    """
    where = endpoint()
    with _in_words(repo, path, revision):
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
            with _in_words(remote.repo, remote.path, remote.commit):
                _stream(remote, into, watch)
        except _Passing:
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
    with _in_words(remote.repo, remote.path, remote.commit):
        from huggingface_hub import hf_hub_download  # noqa: PLC0415  (an extra)

        hf_hub_download(remote.repo, remote.path, revision=remote.commit, cache_dir=hub_cache(), endpoint=where)


class _Passing(CutlineError):
    """Try again: what went wrong may be over in a moment."""


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


@contextmanager
def _client() -> Iterator[None]:
    """Say what to install where huggingface_hub is missing, and what to correct where it does not like a variable.

    Raises:
        WrongUsage: It is, or does not.
    """
    _check_endpoint()  # it cannot even be imported with some that are wrong
    try:
        yield
    except ImportError as error:
        raise WrongUsage(
            f"downloading needs {error.name}, which is not installed",
            "in cutline's folder run: pip install -e '.[cpu]', or '.[gpu]'",
        ) from error
    except ValueError as error:
        raise WrongUsage(
            f"huggingface_hub cannot read its variables: {_reason(error)}", "correct those that begin with HF_"
        ) from error


def _check_endpoint() -> None:
    """Look whether HF_ENDPOINT, if it is set, can be an address.

    Raises:
        WrongUsage: It cannot.
    """
    said = os.environ.get("HF_ENDPOINT", "https://hub")
    try:
        parts = urlsplit(said)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or not said.isprintable() or " " in said:
        wrong = f"is no address of a hub: {said}" if said else "is empty"
        raise WrongUsage(f"HF_ENDPOINT {wrong}", "unset it, or set it to one that begins with https://")


def _token() -> str:
    """Return the token of the person; empty for none.

    Raises:
        WrongUsage: It cannot be read, or sent.
    """
    from huggingface_hub import constants, get_token  # noqa: PLC0415  (an extra)

    kept, said = constants.HF_TOKEN_PATH, os.environ.get
    try:
        token = get_token() or ""
    except (OSError, UnicodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "it is no text"
        hint = "HF_TOKEN_PATH name a file" if said("HF_TOKEN_PATH") else "HF_HOME name a folder"
        raise WrongUsage(f"no token can be read from {kept}: {reason}", f"let {hint} that can be read") from error
    if not (token.isascii() and token.isprintable()):
        where = next((name for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") if said(name)), kept)
        raise WrongUsage(
            f"{where} holds no token: letters without accents, digits and _ make one", "copy it anew, or unset HF_TOKEN"
        )
    return token


@contextmanager
def _in_words(repo: str, path: str, revision: str) -> Iterator[None]:
    """Turn what the client raises into one line that says what to do.

    Raises:
        CutlineError: Something went wrong.
    """
    with _client():
        from httpx2 import HTTPError, InvalidURL  # noqa: PLC0415  (what huggingface_hub itself speaks through)
        from huggingface_hub import errors, logging  # noqa: PLC0415  (an extra)

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it would explain at length what is said here in a line
    where, known = endpoint(), _token()
    try:
        yield
    except errors.GatedRepoError as error:
        token = "wait for their answer, or use the token of the account that did" if known else "set HF_TOKEN"
        raise CutlineError(
            f"{repo} is open only to those who accepted its terms", f"accept them at {where}/{repo}, then {token}"
        ) from error
    except errors.RepositoryNotFoundError as error:
        hint = "HF_TOKEN may be of another account" if known else "set HF_TOKEN if it is private"
        raise CutlineError(
            f"{where} has no repository {repo}, or does not show it", f"correct weights.repo of the model; {hint}"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise CutlineError(f"{repo} has no revision {revision}", "correct weights.revision of the model") from error
    except errors.RemoteEntryNotFoundError as error:
        raise CutlineError(f"{repo} has no file {path} at {revision}", "correct weights.files of the model") from error
    except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError) as error:
        raise _unreachable(error, where, path) from error
    except errors.HfHubHTTPError as error:
        raise _refusal(error.response.status_code, where, repo, path) from error
    except InvalidURL as error:
        raise WrongUsage(
            f"{where} cannot be asked: {_reason(error)}", "correct HF_ENDPOINT, or the proxy in HTTPS_PROXY"
        ) from error
    except HTTPError as error:
        raise _Passing(
            f"cannot download {path} from {where}: {_reason(error)}",
            "look at the connection, then pull again: what came is kept",
        ) from error


def _unreachable(error: Exception, where: str, path: str) -> CutlineError:
    if is_offline():
        return CutlineError(f"cannot download {path}: HF_HUB_OFFLINE is set", "unset it, then pull again")
    return _Passing(f"{where} cannot be asked for {path}: {_reason(error)}", "look at the connection, then pull again")


def _refusal(status: int, where: str, repo: str, path: str) -> CutlineError:
    """Say what an answer means that is about no single thing."""
    said = f"{where} answers {status} for {path}"
    if status == 401:  # noqa: PLR2004  (the number is its name)
        return CutlineError(f"{said}: it does not take HF_TOKEN", f"make a token at {where}/settings/tokens")
    if status == 403:  # noqa: PLR2004
        return CutlineError(f"{said}: HF_TOKEN does not allow it", f"look at {where}/settings/tokens")
    if status in _MAY_PASS:
        return _Passing(said, "try again later: what came is kept")
    return CutlineError(said, f"look at {where}/{repo}; weights.repo of the model or HF_ENDPOINT may be wrong")


def _reason(error: BaseException) -> str:
    """Return what went wrong in a few words, of the first cause that has any."""
    while not str(error) and (error.__cause__ or error.__context__):
        error = error.__cause__ or error.__context__ or error
    return (str(error) or type(error).__name__).splitlines()[0]
