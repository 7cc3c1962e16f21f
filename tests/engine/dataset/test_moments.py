"""Tests of the moments at which a process can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parents[3]
_SCRIPT = """
from engine.dataset.moments import reached
for turn in range(1, 4):
    for moment in ("first", "second"):
        print(moment, turn, flush=True)
        reached(moment)
"""


@pytest.mark.parametrize(
    ("wanted", "last"), [("first", "first 1"), ("second", "second 1"), ("first:3", "first 3"), ("second:2", "second 2")]
)
def test_the_process_dies_at_the_moment_asked_for(wanted: str, last: str) -> None:
    """The process is killed when it passes the named moment for the given time, and not before."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        cwd=_REPOSITORY,
        env=os.environ | {"CUTLINE_KILL_AT": wanted},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == -signal.SIGKILL
    assert done.stdout.splitlines()[-1] == last


def test_other_moments_and_an_empty_variable_do_nothing() -> None:
    """Nothing happens at moments nobody asked for."""
    for wanted in ("", "third", "first:4"):
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            cwd=_REPOSITORY,
            env=os.environ | {"CUTLINE_KILL_AT": wanted},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "second 3"
