"""Disks that fill up, under the engine's spool and under the review store."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.real.strikes.fault import CannotStrike, Report
from tests.real.strikes.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

    from tests.real.strikes.scene import Scene

SIZE = "12m"
WAITING = "waiting for space"


def under_the_spool(scene: Scene, times: int) -> Report:
    """Leave no room for the engine: its job waits, says so, and goes on by itself when there is some."""
    model = scene.model("steady", seconds=0.002)
    with _small_disk(scene.state):
        full, refused, message = 0, 0, ""
        while full < times:
            scene.draw(300)
            client = scene.start("tag", scene.root, "--model", model)
            scene.under_way()
            until(lambda: _fill(scene.state) and _state(scene) in {WAITING, "done"}, "the job feels it")
            told = scene.newest()
            if told and told.state == WAITING:
                full, message = full + 1, told.message
                assert "full" in message, told
                assert told.done < told.items
                refused += _refuses(scene, model)
            (scene.state / BALLAST).unlink()  # and nobody tells the engine
            said, _ = client.communicate()
            assert client.returncode == 0, said
            scene.run("engine", "stop")  # the next one begins a new journal, which must grow again
        assert scene.tag(model)["failed"] == 0  # what was refused is asked again
        proof = f"ENOSPC there {full} times; the job said `{message}`, another was refused in one line {refused} times"
        return Report(min(full, refused), proof, scene.audit("steady"))


def under_the_store(scene: Scene, times: int) -> Report:
    """Leave no room for the review store: `tag` says so in one line, and the next one collects and accepts the rest."""
    model = scene.model("steady", seconds=0.004)
    with _small_disk(scene.root):
        full, line = 0, ""
        while full < times:
            scene.draw(150)
            client = scene.start("tag", scene.root, "--model", model, "--accept")
            scene.under_way()
            while client.poll() is None:
                _fill(scene.root)
            said, _ = client.communicate()
            assert "Traceback" not in said, said
            if client.returncode and "full" in said:
                full, line = full + 1, said.splitlines()[-1]
            (scene.root / BALLAST).unlink()
            scene.tag(model, "--accept")
        proof = f"ENOSPC there {full} times; `tag` said `{line}`"
        return Report(full, proof, scene.audit("steady", accepted=True))


BALLAST = "ballast"


def _fill(folder: Path) -> bool:
    """Write until there is no room any more."""
    with (folder / BALLAST).open("ab", buffering=0) as file:
        for size in (1 << 20, 4096):
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                _write_forever(file, bytes(size))
    return True


def _write_forever(file: FileIO, block: bytes) -> None:
    while True:
        file.write(block)


def _refuses(scene: Scene, model: str) -> bool:
    """Say whether the engine refuses a further job in one line."""
    scene.draw(1)
    client = scene.start("tag", scene.root, "--model", model, "--again")
    said, _ = client.communicate()
    return client.returncode == 1 and "full" in said and len(said.splitlines()) == 1


def _state(scene: Scene) -> str:
    job = scene.newest()
    return job.state if job else ""


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system of a few MB over a folder.

    Raises:
        CannotStrike: That is not allowed here.
    """
    if os.getuid() != 0 or not shutil.which("mount"):
        raise CannotStrike("only root may mount a small disk")
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "cutline-faults", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        raise CannotStrike(f"no small disk can be mounted: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
