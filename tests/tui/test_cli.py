"""Which command is meant, and how every command ends."""

from __future__ import annotations

import importlib
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine import paths
from tests.tui.shell.terminal import Terminal
from tui import cli
from tui.shell import looking
from tui.shell.parser import Parser

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cutline(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Give a command line."""
    return Terminal(capsys)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help_with_a_sentence_and_an_example(cutline: Terminal, name: str) -> None:
    """`--help` says in one sentence what the command does and shows how it is called."""
    said = cutline(*name.split(), "--help")
    command = cli.COMMANDS[name]
    assert said.code == 0
    assert f"usage: cutline {name}" in said.out
    assert command.sentence in said.out
    assert f"example: {command.example}" in said.out


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_example_is_a_call_that_its_command_understands(name: str) -> None:
    """The example in a command's help names that command and only options that it has."""
    command = cli.COMMANDS[name]
    program, *rest = shlex.split(command.example)
    parser = Parser(name, command.sentence, command.example)
    getattr(importlib.import_module(f"tui.shell.{command.home}"), f"{name.rsplit(maxsplit=1)[-1]}_options")(parser)
    assert program == "cutline"
    assert rest[: len(name.split())] == name.split()
    parser.read(rest[len(name.split()) :])


def test_help_lists_every_command(cutline: Terminal) -> None:
    """`cutline --help` names all commands, `cutline jobs` those that begin so."""
    said = cutline("--help")
    assert said.code == 0
    assert all(f"  {name} " in said.out for name in cli.COMMANDS)
    jobs = cutline("jobs")
    assert jobs.code == 0
    assert "jobs follow" in jobs.out
    assert "engine start" not in jobs.out


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (["tga"], "did you mean tag?"),
        (["jobs", "lsit"], "did you mean list?"),
        (["tag", "x", "--modle", "m"], "did you mean --model?"),
        (["tag", "x", "--model", "m", "--merge", "apend"], "did you mean append?"),
        (["tag", "x", "--model", "m", "--threshold", "2"], "`2` is no number from 0 to 1"),
        (["tag", "x"], "--model is missing"),
        (["show", "x"], "IMAGE is missing"),
        (["show", "x", "y", "z"], "one argument too many: z"),
        (["tag", "x", "--model"], "expected one argument"),
        (["undo", "x", "--steps", "1", "--group", "2"], "not allowed with"),
        (["stats", "no-such-folder"], "no-such-folder does not exist"),
        (["review", "x", "--sort", "queu"], "did you mean queue?"),
        (["review", "x", "--filter", "stat:pending"], "--filter: there is no term `stat` at character 1"),
    ],
)
def test_wrong_usage_is_one_line_that_helps(cutline: Terminal, typed: list[str], hint: str) -> None:
    """What makes no sense ends with exit code 2 and one line on stderr that says what to do instead."""
    said = cutline(*typed)
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("cutline: ")
    assert hint in said.err


def test_a_folder_alone_means_its_review(cutline: Terminal, dataset: Path) -> None:
    """`cutline DIR` opens the review screen, which needs a terminal."""
    said = cutline(dataset)
    assert said.code == 2
    assert "needs a terminal" in said.err
    assert "/nonexist does not exist" in cutline("/nonexist").err  # first what is wrong with or without one


def test_an_unexpected_error_is_one_line_and_a_log(
    cutline: Terminal, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault shows no traceback: it is written into the log, which the line names."""

    def fail(*_: object) -> int:
        raise ZeroDivisionError("seven")

    monkeypatch.setattr(looking, "stats", fail)
    said = cutline("stats", dataset)
    log = paths.state_dir() / "cutline.log"
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "ZeroDivisionError: seven" in said.err
    assert str(log) in said.err
    assert "Traceback" in log.read_text()
    assert f"cutline stats {dataset}" in log.read_text()


def test_an_interruption_ends_with_130(cutline: Terminal, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends any command with one line and exit code 130."""

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(looking, "stats", interrupted)
    said = cutline("stats", dataset)
    assert (said.code, said.out, said.err) == (130, "", "cutline: interrupted\n")


def test_escape_sequences_in_arguments_are_shown_not_obeyed(cutline: Terminal) -> None:
    """A name that could drive the terminal comes back as text."""
    said = cutline("stats", "evil\x1b]0;title\x07")
    assert "\x1b" not in said.err
    assert "evil␛]0;title" in said.err


def program(*arguments: object, **streams: int) -> subprocess.Popen[bytes]:
    """Start the real program."""
    command = [sys.executable, "-m", "tui", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ, **streams)  # type: ignore[call-overload, no-any-return]


def test_a_reader_that_went_away_is_no_error(dataset: Path) -> None:
    """`cutline stats DIR | true` says nothing and leaves no traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    with program("stats", dataset, stdout=writing) as ran:
        os.close(writing)
        assert ran.stderr is not None
        assert ran.stderr.read() == b""
    assert ran.returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
def test_a_full_disk_behind_stdout_is_said(dataset: Path) -> None:
    """A result that cannot be written is a failure with one line."""
    full = os.open("/dev/full", os.O_WRONLY)
    with program("stats", dataset, stdout=full) as ran:
        os.close(full)
        assert ran.stderr is not None
        assert ran.stderr.read().splitlines() == [
            b"cutline: cannot write the result: No space left on device (look where stdout leads)"
        ]
    assert ran.returncode == 1
