"""Typed text: what no caption should hold is refused before it is taken."""

from __future__ import annotations

import io
import sys

import pytest

from engine.errors import WrongUsage
from tui.plain.conversation import Conversation, checked
from tui.shell.output import Output


@pytest.mark.parametrize("text", ["a\x1b[A", "\0", "a\rb", "\x7f", "\udcff"])
def test_signs_of_keys_are_no_text(text: str) -> None:
    """Arrow keys, NUL, rubbed-out signs and broken UTF-8 are refused."""
    with pytest.raises(WrongUsage):
        checked(text)


@pytest.mark.parametrize("text", ["a\tb", "猫, café", "\u202e", "👩\u200d💻"])
def test_other_text_is_taken(text: str) -> None:
    """Everything else is the person's business."""
    assert checked(text) == text


def test_a_line_from_outside_stays_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said is made safe, and the end of input is told from an empty line."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"one\r\n\n\xff\nlast"), "utf-8"))
    talk = Conversation(Output())
    talk.say(["a\x1b[2J\nb"])
    heard = [talk.ask("> ") for _ in range(5)]
    assert heard == ["one", "", "\udcff", "last", None]
    assert capsys.readouterr().out == "a␛[2J↵b\n" + "> " * 5
