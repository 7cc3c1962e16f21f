"""Both ends of the conversation: lines that are said, and lines that a person types. No control of the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from engine.captions.display import show
from engine.errors import NotWritable, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.shell.output import Output


class Conversation:
    """Says lines on stdout, and takes lines from stdin."""

    def __init__(self, out: Output) -> None:
        """Use the streams of the command.

        Args:
            out: Prints lines.
        """
        self._out = out

    def say(self, lines: Iterable[str]) -> None:
        """Say lines, each of them raw text and one line, whatever is in it."""
        for line in lines:
            self._out.say_line(line)

    def ask(self, prompt: str) -> str | None:
        """Wait for a line and return it without its end, bytes that are no text as surrogates; None when none comes.

        Nothing but the prompt is written meanwhile: who listens or feels for it is not interrupted.

        Args:
            prompt: Stands before what is typed.
        """
        if sys.stdin is None or sys.stdout is None:
            return None
        try:
            sys.stdout.write(prompt)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise NotWritable(f"cannot write: {error.strerror}", "look where stdout leads") from error
        try:
            line = sys.stdin.buffer.readline()
        except OSError:  # the terminal is gone
            line = b""
        if not line:
            return None
        return line.removesuffix(b"\n").removesuffix(b"\r").decode(sys.stdin.encoding, "surrogateescape")


def checked(text: str) -> str:
    """Return text that a person typed for a caption.

    Raises:
        WrongUsage: It holds what no caption should: an arrow key, pressed where there is no editor, sends such signs.
    """
    if any(not sign.isprintable() and ord(sign) < ord(" ") and sign != "\t" for sign in text) or "\x7f" in text:
        shown = show(text, one_line=True)
        raise WrongUsage(f"what you typed holds control characters, {shown}", "type it again; nothing was taken")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise WrongUsage("what you typed is not UTF-8", "type it again; nothing was taken") from error
    return text
