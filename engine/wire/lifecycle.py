"""Find the engine, start it when there is none, stop it."""

from __future__ import annotations

import math
import os
import re
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from engine import paths
from engine.errors import EngineUnreachable, TooNew
from engine.log_file import log_path, open_to_append
from engine.wire.address import engine_lives, read_note
from engine.wire.client import EngineClient
from engine.wire.light_httpx import httpx
from engine.wire.protocol import CLIENT_READ_TIMEOUT_SECONDS, FINAL_STATES, PROTOCOL_VERSION, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.wire.address import Address

START_SECONDS = 15.0
"""An engine that does not answer by then has failed to start."""
GREETING_SECONDS = CLIENT_READ_TIMEOUT_SECONDS
"""An engine that runs and says nothing for so long hangs."""
REBIND_SECONDS = 3.0
"""An engine that cannot be found by then, though it lives, hangs: it looks after its socket and its note each second."""
ABANDON_SECONDS = 30.0
"""To abandon what is in flight takes no longer."""
_LOOK_SECONDS = 1.0
"""How often it is asked whether the engine that should end has died."""
_POLL_SECONDS = 0.01
_LEAST_ROOM_BYTES = 64 << 10
"""An engine that has less on its disk cannot begin."""
_LOG_PREFIX = re.compile(r"^[-\d]+ [:,\d]+ [\w.]+ ")
_PASSED_ON = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|XDG_.*|HF_(?!TOKEN$).*|HUGGINGFACE_.*|TRANSFORMERS_.*|TORCH_.*"
    r"|PYTORCH_.*|CUDA_.*|NVIDIA_.*|HIP_.*|ROCR_.*|LD_LIBRARY_PATH|DYLD_.*|OMP_.*|MKL_.*|SSL_.*|REQUESTS_CA_BUNDLE"
    r"|(?i:https?_proxy|no_proxy|all_proxy)|CUTLINE_.*|VIRTUAL_ENV",
)
"""Variables an engine started here inherits; it outlives the shell, so nothing else of the shell goes with it.

HF_TOKEN does not: the engine downloads nothing, `cutline models pull` does."""
_FOLDERS = frozenset({"HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
"""Variables of these that name a folder, perhaps from where the shell is; the engine is elsewhere."""


class Difference(NamedTuple):
    """What is to be said of an engine that is of another version than this program."""

    message: str
    """One line."""
    understood: bool
    """Whether the two speak a common protocol all the same."""
    busy: bool
    """Whether it has jobs that a restart would hold up."""


class OtherVersion(TooNew):
    """Restart the engine: it and this program do not understand each other."""

    def __init__(self, difference: Difference) -> None:
        """Hold what differs."""
        hint = "wait for its jobs, then: " if difference.busy else "run: "
        super().__init__(difference.message, f"{hint}cutline engine stop")
        self.difference = difference


def difference(status: Status, version: str) -> Difference | None:
    """Compare an engine with this program; None when they are the same.

    Args:
        status: What the engine says.
        version: Of this program.
    """
    understood = status.protocol.min <= PROTOCOL_VERSION <= status.protocol.max
    if understood and status.version == version:
        return None
    busy = any(number for state, number in status.jobs.items() if state not in FINAL_STATES | {"paused"})
    if understood:
        return Difference(f"the engine that runs is cutline {status.version}, this is {version}", understood, busy)
    age = "an older" if status.protocol.max < PROTOCOL_VERSION else "a newer"
    return Difference(f"the engine that runs is of {age} cutline ({status.version})", understood, busy)


def program_version() -> str:
    """Return the version of this program."""
    from importlib import metadata  # noqa: PLC0415  (slow, and a screen does without)

    return metadata.version("cutline")


def find() -> EngineClient | None:
    """Return a client of the engine that runs, or None when none does.

    Raises:
        OtherVersion: The engine and this program do not understand each other.
        EngineUnreachable: It hangs.
    """
    note = read_note()
    if note is None:
        return None
    client = EngineClient(note.socket, GREETING_SECONDS)
    try:
        _greet(client.status())
    except EngineUnreachable as error:
        client.close()
        if isinstance(error.__cause__, httpx.TimeoutException):
            raise _hanging(note) from error
        return None
    except OtherVersion:
        client.close()
        raise
    return client


def find_or_start() -> EngineClient:
    """Return a client of the engine, starting one when none runs; two who start at once get the same one.

    Raises:
        OtherVersion: The engine and this program do not understand each other.
        EngineUnreachable: It cannot be started, or hangs.
    """
    if client := find():
        return client
    deadline = time.monotonic() + START_SECONDS
    starting: subprocess.Popen[bytes] | None = None
    try:
        while time.monotonic() < deadline:
            if starting is None:
                starting = start()
            time.sleep(_POLL_SECONDS)
            code = starting.poll()
            if client := find():
                return client
            if code:
                raise _not_started(_last_words(log_path()))
            if code == 0:
                starting = None  # another engine was there; it is just starting, or just going
    finally:
        if starting is not None:
            _let_go(starting)
    raise _never_answered()


def start() -> subprocess.Popen[bytes]:
    """Start the engine in a session of its own, with its messages in the log; it may find that there is one.

    Raises:
        NotWritable: The state folder cannot be made.
        EngineUnreachable: The log cannot be opened.
    """
    paths.ensure(paths.state_dir())
    try:
        log = open_to_append(log_path())
    except OSError as error:
        raise _not_started(f"{log_path()}: {error.strerror}") from error
    with log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.wire.serve"],
            cwd="/",
            env=clean_environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop(*, now: bool = False) -> bool:
    """Stop the engine and wait until it is gone; say whether there was one.

    Args:
        now: Abandon pictures in flight; they are taken up again at the next start. Else they are waited for, however
            long they take; a further call with `now` hurries.

    Raises:
        EngineUnreachable: It hangs.
    """
    deadline = time.monotonic() + REBIND_SECONDS
    note = read_note()
    while engine_lives():
        note = read_note()
        if note is not None and _told_to_stop(note, now=now):
            _wait_for_the_end(note, time.monotonic() + ABANDON_SECONDS if now else math.inf)
            return True
        if time.monotonic() > deadline:
            raise _hanging(note)
        time.sleep(_POLL_SECONDS)
    return False


def _told_to_stop(note: Address, *, now: bool) -> bool:
    """Tell the engine; False where nobody listens: it has only just begun, or makes its socket anew."""
    with EngineClient(note.socket, GREETING_SECONDS) as client:
        try:
            client.shutdown(now=now)
        except EngineUnreachable as error:
            if isinstance(error.__cause__, httpx.TimeoutException):
                raise _hanging(note) from error
            return False
    return True


def _wait_for_the_end(note: Address, deadline: float) -> None:
    """Wait until an engine's note and lock are gone, or are another engine's."""
    look = time.monotonic() + _LOOK_SECONDS
    while (here := read_note()) is None or here.pid == note.pid:
        if here is None or time.monotonic() > look:  # an engine that was killed leaves its note
            if not engine_lives():
                return
            look = time.monotonic() + _LOOK_SECONDS
        if time.monotonic() > deadline:
            raise _hanging(note)
        time.sleep(_POLL_SECONDS)


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep the variables that an engine needs; those that name folders, whole."""
    kept = {name: value for name, value in environment.items() if _PASSED_ON.fullmatch(name)}
    whole = {name: os.path.abspath(os.path.expandvars(os.path.expanduser(kept[name]))) for name in _FOLDERS & set(kept)}  # noqa: PTH100, PTH111  (expandvars wants text)
    return kept | whole


def _greet(status: Status) -> None:
    """Check that both sides speak the same protocol; whatever else differs is for those who ask."""
    found = difference(status, status.version)
    if found is not None:
        raise OtherVersion(found)


def _hanging(note: Address | None) -> EngineUnreachable:
    if note is None:
        return EngineUnreachable("the engine does not answer", "see: cutline engine logs")
    place = "" if note.host in {"", socket.gethostname()} else f" on {note.host}"
    return EngineUnreachable(
        f"the engine does not answer: process {note.pid}{place}",
        f"if it stays so: kill -9 {note.pid}; the next engine goes on with its jobs",
    )


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Let a process go on without us: there is nothing to wait for, and nothing to warn of."""
    process.returncode = process.poll() or 0


def _never_answered() -> EngineUnreachable:
    """Say why nobody answers long after a start."""
    if _is_full(paths.state_dir()):  # it may run, and cannot write where it is
        return _not_started("")
    note = read_note()
    if note is not None and engine_lives():
        return _hanging(note)
    return EngineUnreachable("the engine does not answer after its start", "see: cutline engine logs")


def _not_started(why: str) -> EngineUnreachable:
    """Say why there is no engine; where the disk is full nothing else counts, and nothing may be left to read."""
    state = paths.state_dir()
    if _is_full(state):
        return EngineUnreachable(
            f"the engine cannot be started: the disk of {state} is full", "make room, then try again"
        )
    return EngineUnreachable(f"the engine cannot be started: {why}", "see: cutline engine logs")


def _is_full(folder: Path) -> bool:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _LEAST_ROOM_BYTES


def _last_words(log: Path) -> str:
    """Quote the last line of the log, unless it was cut off in the middle."""
    *lines, rest = log.read_text(errors="replace").split("\n")
    if rest:
        return "its log breaks off"
    return _LOG_PREFIX.sub("", lines[-1]) if lines else "it said nothing"
