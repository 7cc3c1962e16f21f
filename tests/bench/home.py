"""A home of its own for everything that is measured: settings, caches, the engine's state; removed at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.wire import lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOREIGN = frozenset({"NO_COLOR", "PYTHONDONTWRITEBYTECODE"})


@contextmanager
def isolated(under: Path | None = None) -> Iterator[Path]:
    """Point HOME and the XDG folders into a new folder, and give it; stop its engine and remove it at the end.

    Args:
        under: Where to make it; None for the system's folder for temporary files.
    """
    room = Path(tempfile.mkdtemp(prefix="cutline-bench-", dir=under))
    home, runtime = room / "home", Path(tempfile.mkdtemp(prefix="cl-", dir="/tmp"))  # a socket's path must be short
    home.mkdir()
    before = dict(os.environ)
    # Without compiled modules every start would compile ours again, and not those of the bare app.
    for name in [name for name in os.environ if name.startswith("CUTLINE_") or name in _FOREIGN]:
        del os.environ[name]
    os.environ.update(
        HOME=str(home),
        XDG_CONFIG_HOME=str(home / ".config"),
        XDG_STATE_HOME=str(home / ".local/state"),
        XDG_CACHE_HOME=str(home / ".cache"),
        XDG_RUNTIME_DIR=str(runtime),
        PYTHONPYCACHEPREFIX=str(room / "compiled"),
        TERM="xterm-256color",
        COLORTERM="truecolor",
    )
    try:
        yield room
    finally:
        try:
            lifecycle.stop(now=True)
        finally:
            os.environ.clear()
            os.environ.update(before)
            shutil.rmtree(room, ignore_errors=True)
            shutil.rmtree(runtime, ignore_errors=True)
