"""Making and removing a Python environment: venv, pip, and the worker's wheel. What is left half made is removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine import paths
from engine.errors import CutlineError, NotWritable, Refused, WrongUsage
from engine.models import worker_wheel
from engine.models.environments import folder_of, python_in, stamp_of, stamp_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.models.environments import Environment

_LEAST_PYTHON = (3, 11)
_TRY = "import engine.jobs.worker"


def make(environment: Environment, tell: Callable[[str], object]) -> None:
    """Make an environment, in place of one that is there.

    Args:
        environment: What it is made of.
        tell: Hears every line that the tools say.

    Raises:
        CutlineError: It cannot be made; says why in one line and where the whole story stands. Nothing is left of it.
    """
    python = _interpreter(environment)
    folder, log = folder_of(environment.name), log_of(environment.name)
    paths.ensure(folder.parent)
    with _alone(folder), _nothing_half_made(folder), tempfile.TemporaryDirectory() as temporary:
        shutil.rmtree(folder, ignore_errors=True)
        requirements = Path(temporary, "requirements.txt")
        requirements.write_text("\n".join([*environment.requirements, *worker_wheel.NEEDS, ""]))
        wheel = worker_wheel.build(Path(temporary))
        inside = python_in(environment.name)
        pip: list[str | Path]
        pip = [inside, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--progress-bar=off"]
        steps: tuple[list[str | Path], ...] = (
            [python, "-I", "-m", "venv", folder],
            [*pip, "--requirement", requirements],
            [*pip, "--no-deps", wheel],
            [inside, "-I", "-c", _TRY],
        )
        with log.open("w") as story:
            for command in steps:
                _run(command, story.write, tell, log)
        stamp_path(environment.name).write_bytes(msgspec.json.encode(stamp_of(environment)))


def remove(name: str) -> bool:
    """Remove an environment, whole or half made; say whether there was one.

    Raises:
        NotWritable: A file of it cannot be removed.
    """
    folder = folder_of(name)
    if not folder.exists():
        return False
    with _alone(folder):
        stamp_path(name).unlink(missing_ok=True)  # first, so that what is left after a failure counts as half made
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise NotWritable(f"{error.filename} cannot be removed: {error.strerror}", "remove it yourself") from error
        log_of(name).unlink(missing_ok=True)
    return True


def log_of(name: str) -> Path:
    """Name the file that holds what the tools said when an environment was made."""
    return folder_of(name).with_name(f"{name}.log")


def _interpreter(environment: Environment) -> str:
    """Find the interpreter of an environment.

    Raises:
        WrongUsage: There is none, or it is too old.
    """
    if not environment.python:
        return sys.executable
    found = shutil.which(environment.python)
    needed = f"the worker needs Python {'.'.join(map(str, _LEAST_PYTHON))} or newer"
    if found is None:
        raise WrongUsage(f"{environment.name}: there is no interpreter {environment.python}", f"install it; {needed}")
    said = subprocess.run(
        [found, "-I", "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
    ).stdout.split()
    if tuple(map(int, filter(str.isdigit, said))) < _LEAST_PYTHON:
        raise WrongUsage(f"{environment.name}: {found} is Python {'.'.join(said) or '?'}", needed)
    return found


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from making or removing the same environment meanwhile.

    Raises:
        Refused: Somebody else is at it.
    """
    with folder.with_name(f".{folder.name}.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(f"{folder.name} is being made or removed by another process", "wait for it") from error
        yield


@contextlib.contextmanager
def _nothing_half_made(folder: Path) -> Iterator[None]:
    """Remove what there is of an environment when making it fails or is interrupted.

    Raises:
        NotWritable: No room, or no permission.
    """
    try:
        yield
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise NotWritable(f"{folder} cannot be made: {error.strerror}", "make room or give permission") from error
        raise


def _run(
    command: Sequence[str | Path], write: Callable[[str], object], tell: Callable[[str], object], log: Path
) -> None:
    """Run one tool to its end.

    Raises:
        CutlineError: It failed; with what it said itself.
    """
    # What the person's shell sets up for Python is about another interpreter, and --user about no environment at all.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PIP_USER": "0"}
    said: list[str] = []
    with subprocess.Popen(
        command,
        env=clean,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                write(line)
                said.append(line.strip())
                tell(said[-1])
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise CutlineError(f"the environment {log.stem} cannot be made: {_complaint(said)}", f"see {log}")


def _complaint(said: list[str]) -> str:
    """Choose the line that says best what went wrong: an error's last, else the last of all."""
    errors = [line for line in said if re.match(r"(?i)error\b|\w*Error:", line)]
    return (errors or list(filter(None, said)) or ["no reason was given"])[-1].removeprefix("ERROR: ")
