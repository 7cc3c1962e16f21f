"""Find the engine, start it when there is none, stop it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from engine import paths
from engine.errors import EngineUnreachable, TooNew
from engine.wire.address import log_path, read_note
from engine.wire.client import EngineClient
from engine.wire.protocol import PROTOCOL_VERSION, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

START_SECONDS = 15.0
"""An engine that does not answer by then has failed to start."""
STOP_SECONDS = 120.0
"""A picture in flight may take so long."""
_POLL_SECONDS = 0.01
_LOG_PREFIX = re.compile(r"^[-\d]+ [:,\d]+ [\w.]+ ")
_PASSED_ON = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|XDG_.*|HF_.*|HUGGINGFACE_.*|TRANSFORMERS_.*|TORCH_.*"
    r"|PYTORCH_.*|CUDA_.*|NVIDIA_.*|HIP_.*|ROCR_.*|LD_LIBRARY_PATH|DYLD_.*|OMP_.*|MKL_.*|SSL_.*|REQUESTS_CA_BUNDLE"
    r"|(?i:https?_proxy|no_proxy|all_proxy)|CUTLINE_.*|VIRTUAL_ENV",
)
"""Variables an engine started here inherits; it outlives the shell, so nothing else of the shell goes with it."""


def find() -> EngineClient | None:
    """Return a client of the engine that runs, or None when none does.

    Raises:
        TooNew: The engine and this program do not understand each other.
    """
    note = read_note()
    if note is None:
        return None
    client = EngineClient(note.socket)
    try:
        _greet(client.status())
    except EngineUnreachable:
        client.close()
        return None
    except TooNew:
        client.close()
        raise
    return client


def find_or_start() -> EngineClient:
    """Return a client of the engine, starting one when none runs; two who start at once get the same one.

    Raises:
        TooNew: The engine and this program do not understand each other.
        EngineUnreachable: It cannot be started.
    """
    if client := find():
        return client
    deadline = time.monotonic() + START_SECONDS
    starting: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        if starting is None:
            starting = start()
        time.sleep(_POLL_SECONDS)
        code = starting.poll()
        if client := find():
            _let_go(starting)
            return client
        if code:
            raise EngineUnreachable(
                f"the engine cannot be started: {_last_words(log_path())}", "see: cutline engine logs"
            )
        if code == 0:
            starting = None  # another engine was there; it is just starting, or just going
    if starting is not None:
        _let_go(starting)
    raise EngineUnreachable("the engine does not answer after its start", "see: cutline engine logs")


def start() -> subprocess.Popen[bytes]:
    """Start the engine in a session of its own, with its messages in the log; it may find that there is one."""
    paths.ensure(paths.state_dir())
    with log_path().open("ab") as log:
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
        now: Abandon pictures in flight; they are taken up again at the next start.

    Raises:
        EngineUnreachable: It does not end.
    """
    note = read_note()
    if note is None:
        return False
    with EngineClient(note.socket) as client:
        try:
            client.shutdown(now=now)
        except EngineUnreachable:
            return False
    deadline = time.monotonic() + STOP_SECONDS
    while read_note() == note:
        if time.monotonic() > deadline:
            raise EngineUnreachable("the engine does not end", f"its process is {note.pid}; see: cutline engine logs")
        time.sleep(_POLL_SECONDS)
    return True


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep the variables that an engine needs."""
    return {name: value for name, value in environment.items() if _PASSED_ON.fullmatch(name)}


def _greet(status: Status) -> None:
    """Check that both sides speak the same protocol."""
    if not status.protocol.min <= PROTOCOL_VERSION <= status.protocol.max:
        older = "an older" if status.protocol.max < PROTOCOL_VERSION else "a newer"
        raise TooNew(f"the engine that runs is of {older} cutline ({status.version})", "run: cutline engine stop")


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Let a process go on without us: there is nothing to wait for, and nothing to warn of."""
    process.returncode = process.poll() or 0


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return _LOG_PREFIX.sub("", lines[-1]) if lines else "it said nothing"
