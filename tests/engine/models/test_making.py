"""Making a Python environment: what is left when it fails, and what is said. Real ones: `tests/real/test_environment.py`."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

from engine.errors import CutlineError, NotWritable, Refused, WrongUsage
from engine.models import making
from engine.models.environments import Environment, folder_of, state_of

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = """#!/bin/sh
case "$*" in
  *version_info*) echo {version} ;;
  *venv*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; echo "made $4"; exit {venv} ;;
  *--requirement*) echo "PYTHONPATH=$PYTHONPATH"; {pip} ;;
  *--no-deps*) test -f "$9" || exit 5 ;;
  *worker*) {worker} ;;
esac
"""
"""What an interpreter does here: says its version, makes a venv that holds itself, installs, imports the worker."""


class Workshop:
    """Environments made with an interpreter that does what it is told."""

    def __init__(self, folder: Path) -> None:
        """Set up."""
        self._python = folder / "python"
        self.said: list[str] = []

    def environment(
        self, version: str = "3 12", venv: int = 0, pip: str = "echo Collecting a", worker: str = "true"
    ) -> Environment:
        """Describe an environment whose interpreter behaves so."""
        self._python.write_text(PYTHON.format(version=version, venv=venv, pip=pip, worker=worker))
        self._python.chmod(0o755)
        return Environment(name="small", summary="s", requirements=("a",), python=str(self._python))

    def make(self, environment: Environment) -> None:
        """Make it."""
        making.make(environment, self.said.append)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """Give a place to make environments."""
    return Workshop(tmp_path)


def test_an_environment_is_made_and_removed(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ready when all is done, what the tools said was told and stands in a file, and nothing of it stays."""
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    environment = workshop.environment()
    workshop.make(environment)
    assert state_of(environment) == "ready"
    assert workshop.said == [f"made {folder_of('small')}", "PYTHONPATH=", "Collecting a"]
    assert making.log_of("small").read_text().splitlines() == workshop.said
    assert making.remove("small")
    assert not making.remove("small")
    assert {file.name for file in folder_of("small").parent.iterdir()} == {".small.lock"}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"venv": 1}, "cannot be made: made /"),
        ({"pip": "echo 'ERROR: No matching distribution'; echo 'a notice'; exit 1"}, "made: No matching distribution"),
        ({"pip": "exit 1"}, "cannot be made: PYTHONPATH="),
        ({"worker": "echo \"ModuleNotFoundError: No module named 'msgspec'\"; exit 1"}, "named 'msgspec'"),
    ],
)
def test_a_failure_leaves_nothing_and_says_why(workshop: Workshop, how: dict[str, object], said: str) -> None:
    """In one line, with the file that holds the whole story."""
    environment = workshop.environment(**how)  # type: ignore[arg-type]
    with pytest.raises(CutlineError, match=said) as failed:
        workshop.make(environment)
    assert str(making.log_of("small")) in failed.value.hint
    assert making.log_of("small").read_text()
    assert state_of(environment) == "not made"


def test_an_interruption_leaves_nothing(workshop: Workshop) -> None:
    """Ctrl-C in the middle ends the tool that runs and removes what there is."""

    def interrupt(line: str) -> None:
        if line == "Collecting a":
            raise KeyboardInterrupt

    environment = workshop.environment(pip="echo Collecting a; sleep 60")
    with pytest.raises(KeyboardInterrupt):
        making.make(environment, interrupt)
    assert state_of(environment) == "not made"


def test_what_is_half_made_or_old_is_made_anew(workshop: Workshop) -> None:
    """What a killed process left counts as half made, and nothing of it gets into the new one."""
    environment = workshop.environment()
    left = folder_of("small") / "lib/left.py"
    left.parent.mkdir(parents=True)
    left.touch()
    assert state_of(environment) == "half made"
    workshop.make(environment)
    assert state_of(environment) == "ready"
    assert not left.exists()


def test_no_room_is_said(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where our own files cannot be written the folder is named and removed."""
    environment = workshop.environment()
    monkeypatch.setattr(making, "stamp_path", lambda name: folder_of(name) / "bin")
    with pytest.raises(NotWritable, match=f"{folder_of('small')} cannot be made: Is a directory"):
        workshop.make(environment)
    assert state_of(environment) == "not made"


@pytest.mark.parametrize("version", ["3 10", "2 7", ""])
def test_an_old_interpreter_is_refused(workshop: Workshop, version: str) -> None:
    """Before anything is made, and so is one that is not there."""
    with pytest.raises(WrongUsage, match=r"is Python .* \(the worker needs Python 3.11 or newer\)"):
        workshop.make(workshop.environment(version=version))
    nowhere = Environment(name="small", summary="s", requirements=("a",), python="no-such-python")
    with pytest.raises(WrongUsage, match="there is no interpreter no-such-python"):
        workshop.make(nowhere)
    assert not folder_of("small").parent.exists()


def test_two_do_not_make_the_same_one(workshop: Workshop) -> None:
    """While one process makes or removes it, another is refused and harms nothing."""
    environment = workshop.environment()
    workshop.make(environment)
    with folder_of("small").with_name(".small.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for deed in (lambda: workshop.make(environment), lambda: making.remove("small")):
            with pytest.raises(Refused, match="another process"):
                deed()
    assert state_of(environment) == "ready"
