"""Ctrl-C at moments that a person cannot choose: in the middle of an import, and at the very end."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.tui.shell.terminal import Terminal
from tui import interrupts
from tui.shell import looking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = """
import atexit, signal, sys

how, *sys.argv[1:] = sys.argv[1:]

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == how:
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                pass  # so do a weak reference's callback and much else that runs in an import

sys.meta_path.insert(0, Finder())
if how == "at the end":
    atexit.register(signal.raise_signal, signal.SIGINT)  # runs after those that come later
if how == "ignored":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    how = "engine.settings"
if how == "textual.app":
    from tui.shell import review
    review.on_terminal = lambda: True
from tui.__main__ import main
sys.exit(main())
"""


def cutline(how: str, *arguments: object) -> tuple[int, int, str]:
    """Run the program with an interrupt at some moment; return its exit code, its lines of results, and its errors."""
    command = [sys.executable, "-c", PROGRAM, how, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, len(ran.stdout.splitlines()), ran.stderr


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("stats", "tui.cli"),
        ("stats", "engine.settings"),
        ("stats", "tui.shell.looking"),
        ("stats", "engine.workspace"),
        ("show", "PIL"),
        ("review", "textual.app"),
    ],
)
def test_an_interrupt_in_an_import_ends_the_process(dataset: Path, command: str, module: str) -> None:
    """Whatever swallows KeyboardInterrupt in an import, the process ends with one line and 130."""
    more = [min(dataset.rglob("*.png")).relative_to(dataset)] if command == "show" else []
    assert cutline(module, command, dataset, *more) == (130, 0, "cutline: interrupted\n")


def test_an_interrupt_after_the_end_changes_nothing(dataset: Path) -> None:
    """Once a command is done, its exit code stands, and Python's own end says nothing."""
    assert cutline("at the end", "stats", dataset) == (0, 12, "")


def test_interrupts_that_are_to_be_ignored_are(dataset: Path) -> None:
    """Under `nohup`, or behind `&` in a script, Ctrl-C is meant for others."""
    assert cutline("ignored", "stats", dataset) == (0, 12, "")


@pytest.fixture
def ending() -> Iterator[None]:
    """Let interrupts end the process, as it does before a command begins."""
    before = signal.signal(signal.SIGINT, interrupts.end)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ending")
def test_a_command_meets_interrupts_as_exceptions(
    capsys: pytest.CaptureFixture[str], dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a command runs it can answer an interrupt; before and after, the process ends."""
    seen: list[object] = []

    def stats(*_: object) -> int:
        seen.append(signal.getsignal(signal.SIGINT))
        signal.raise_signal(signal.SIGINT)
        raise AssertionError

    monkeypatch.setattr(looking, "stats", stats)
    assert Terminal(capsys)("stats", dataset).code == 130
    assert seen == [signal.default_int_handler]
    assert signal.getsignal(signal.SIGINT) is interrupts.end
