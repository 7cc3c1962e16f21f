"""The process itself: closed streams, a working directory that is gone, and which file it begins in."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tui.__main__ import main

ROOT = Path(__file__).parents[2]


def cutline(shell: str, *arguments: object) -> tuple[int, str, str]:
    """Run the program in a line of shell, where it is called `cutline`; return exit code, stdout, stderr."""
    program = shlex.join((sys.executable, "-P", "-m", "tui"))
    given = ["sh", "-c", f'cutline() {{ {program} "$@"; }}; {shell}', "sh", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(given, capture_output=True, text=True, check=False, env=env)
    return ran.returncode, ran.stdout, ran.stderr


def test_the_installed_command_begins_here() -> None:
    """`cutline` and `python -m tui` are the same."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert declared == {"cutline": f"{main.__module__}:{main.__name__}"}


@pytest.mark.parametrize("command", ["stats", "stats --json", "--help", "--version"])
def test_a_result_that_cannot_be_said_is_a_failure(dataset: Path, command: str) -> None:
    """With stdout closed there is one line on stderr, and exit code 1."""
    said = cutline(f"cutline {command} {'' if command[0] == '-' else '$1'} >&-", dataset)
    line = "cutline: cannot write the result: stdout is closed (let it lead somewhere, if only to /dev/null)\n"
    assert said == (1, "", line)


def test_a_command_without_a_result_needs_no_stdout(dataset: Path) -> None:
    """An empty history is said by saying nothing, which a closed stdout allows."""
    assert cutline('cutline history "$1" >&-', dataset) == (0, "", "")


def test_closed_errors_and_input_are_not_missed(dataset: Path) -> None:
    """Results come and exit codes stay as they are when stderr or stdin is closed."""
    code, out, _ = cutline('cutline stats "$1" <&- 2>&-', dataset)
    assert (code, len(out.splitlines())) == (0, 12)
    assert cutline("cutline stats nowhere 2>&-") == (2, "", "")
    assert cutline('cutline stats "$1" <&- >&- 2>&-', dataset)[0] == 1
    assert cutline('cutline accept "$1" 2>&- >&-', dataset)[0] == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_terminal(dataset: Path, closed: str) -> None:
    """The review screen says that it needs a terminal."""
    code, _, err = cutline(f'cutline "$1" {closed}', dataset)
    assert code == 2
    assert closed == "2>&-" or "needs a terminal" in err


def test_no_file_of_ours_gets_the_number_of_a_closed_stream(dataset: Path) -> None:
    """What a library says to a closed stdout or stderr cannot get into a file that cutline opened."""
    program = """
import os, sys
from tui.__main__ import main
sys.argv[1:] = ["stats", sys.argv[1]]
main()
os._exit(os.open("/", os.O_RDONLY))
"""
    given = ["sh", "-c", '"$@" <&- >&- 2>&-', "sh", sys.executable, "-c", program, str(dataset)]
    assert subprocess.run(given, check=False, cwd=ROOT).returncode > 2


@pytest.mark.parametrize("typed", ["stats .", "", "review", "accept sub", "tag . --model pixel_stats"])
def test_a_folder_below_one_that_was_deleted(tmp_path: Path, typed: str) -> None:
    """In a working directory that is gone a relative folder is one line with a hint."""
    code, out, err = cutline(f'mkdir "$1" && cd "$1" && rmdir "$1" && cutline {typed}', tmp_path / "gone")
    assert (code, out) == (2, "")
    assert err == "cutline: the folder you are in was deleted (change to another one, or name the whole path)\n"


def test_a_whole_path_needs_no_working_directory(tmp_path: Path, dataset: Path) -> None:
    """In a working directory that is gone an absolute folder is opened as ever."""
    code, out, err = cutline('mkdir "$1" && cd "$1" && rmdir "$1" && cutline stats "$2"', tmp_path / "gone", dataset)
    assert (code, len(out.splitlines()), err) == (0, 12, "")
