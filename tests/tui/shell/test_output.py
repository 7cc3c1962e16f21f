"""What goes to which stream, and in what shape."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from engine.errors import WrongUsage
from tui.shell.output import Output, text_or_bytes, wants_colour

if TYPE_CHECKING:
    import pytest


class Glass(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Claim to be one."""
        return True


def test_results_and_remarks_go_to_different_streams(capsys: pytest.CaptureFixture[str]) -> None:
    """Results are on stdout, remarks and errors on stderr."""
    out = Output()
    out.say("result")
    out.note("remark")
    out.problem(WrongUsage("wrong", "do right"))
    assert capsys.readouterr() == ("result\n", "remark\ncutline: wrong (do right)\n")


def test_with_json_only_documents_reach_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--json` what is for a person goes to stderr."""
    out = Output(json=True)
    out.say("for a person")
    out.document({"a": text_or_bytes(b"\xff"), "b": text_or_bytes("ü".encode()), "c": text_or_bytes(None)})
    said = capsys.readouterr()
    assert json.loads(said.out) == {"a": {"b64": "/w=="}, "b": "ü", "c": None}
    assert said.err == "for a person\n"


def test_json_cannot_drive_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What a terminal obeys is escaped in JSON, too, and reads as what it was."""
    caption = "a \x9b31m\x1b[2J\x7f \u202ecat"
    Output(json=True).document({"caption": caption})
    out = capsys.readouterr().out
    assert out.strip().isprintable()
    assert json.loads(out) == {"caption": caption}


def test_names_cannot_add_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """A newline or an escape sequence in a name stays inside its line as a visible sign."""
    Output().say_line("a\nb\x1b[31m")
    assert capsys.readouterr().out == "a↵b␛[31m\n"


def test_colour_needs_a_terminal_and_nobody_against_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour is used on a terminal, unless NO_COLOR or a dumb terminal say no."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour(Glass())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "")
    assert wants_colour(Glass())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Glass())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(Glass())
