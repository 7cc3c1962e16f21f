"""A collector without a terminal: follows one detached job, decides its results, and ends.

Run as `python -P -m engine.tagging.background`, what to do on its stdin. When it is killed, whoever opens the dataset
next goes on where it was: the job stays open in the store, and its `--accept` with it.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine import log_file, paths, settings
from engine.errors import CutlineError
from engine.tagging.accept import accept_proposals, open_of
from engine.tagging.follow import follow
from engine.tagging.open_jobs import open_jobs
from engine.wire import lifecycle
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.tagging.ask import Asked
    from engine.tagging.follow import Heard

log = logging.getLogger("cutline.collector")


class Errand(msgspec.Struct, frozen=True):
    """What a background collector is sent out for."""

    root: bytes
    """The dataset's folder."""
    jobs: tuple[str, ...]
    """To be followed to their end."""
    source: str
    images: tuple[int, ...]
    """Whose candidates of this source are accepted, those of earlier answers included."""
    group: int | None


def log_path() -> Path:
    """Name the file in which collectors say what they did."""
    return paths.state_dir() / "collectors.log"


def start(root: Path, asked: Asked) -> int:
    """Send a collector out, in a session of its own; return its process id."""
    jobs = (*(earlier.job for earlier in asked.awaited), *([asked.job] if asked.job else []))
    errand = Errand(os.fsencode(root), jobs, asked.source, asked.chosen, asked.group)
    paths.ensure(paths.state_dir())
    with log_file.open_to_append(log_path()) as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.tagging.background"],
            cwd="/",
            env=lifecycle.clean_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    assert process.stdin is not None
    with process.stdin as line:
        line.write(msgspec.msgpack.encode(errand))
    process.returncode = 0  # it goes on without us: nothing to wait for, nothing to warn of
    return process.pid


def run(errand: Errand) -> None:
    """Follow the jobs to their end and accept what they and earlier answers propose.

    Raises:
        CutlineError: The dataset cannot be used, or the engine stays away.
    """
    workspace = Workspace.open(Path(os.fsdecode(errand.root)), settings.load())
    decided = refused = 0

    def hear(news: Heard) -> None:
        nonlocal decided, refused
        decided += sum(told.decided for _, told in news.told)
        refused += sum(bool(told.reason) for _, told in news.told)

    try:
        for job in open_jobs(workspace):
            if job.id in errand.jobs:
                follow(workspace, job, lifecycle.find_or_start, hear)
        for image, proposal in open_of(workspace, errand.source, frozenset(errand.images)):
            told = accept_proposals(workspace, image, frozenset({proposal}), errand.group)
            decided += told.decided
            refused += bool(told.reason)
    finally:
        workspace.close()
        log.info("%s: %d accepted as group %s, %d refused", workspace.root, decided, errand.group, refused)


def main() -> int:
    """Run the errand that stdin names."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the end of a login does not end the job
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    errand = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Errand)
    try:
        run(errand)
    except CutlineError as error:
        log.error("%s: %s", os.fsdecode(errand.root), error)  # noqa: TRY400  (one line says it all)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
