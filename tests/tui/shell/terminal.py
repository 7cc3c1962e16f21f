"""Running `cutline` in this process, as somebody at a shell would, and reading what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli import main

if TYPE_CHECKING:
    import pytest


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        """The documents on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """Somewhere to type commands."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Read from pytest's capture."""
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Said:
        """Run one command to its end."""
        self._capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse's --help
            code = int(end.code or 0)
        return Said(code, *self._capsys.readouterr())
