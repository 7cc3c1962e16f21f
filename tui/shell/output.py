"""What commands say: results on stdout, everything else on stderr, and nothing of it can drive the terminal."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from engine.captions.display import in_json, show
from engine.errors import NotWritable

if TYPE_CHECKING:
    from typing import TextIO

    from engine.errors import CutlineError

GREEN, RED, DIM = "32", "31", "2"


class Output:
    """The two streams of one command."""

    def __init__(self, *, json: bool = False) -> None:
        """Start.

        Args:
            json: Whether stdout is for a program: then `say` goes to stderr.
        """
        self.json = json
        self.errors: TextIO | None = sys.stderr
        # Names are bytes on disk and a terminal may be of another encoding: a sign it lacks is no reason to stop.
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError):  # None where who called closed it
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]

    def say(self, text: str = "") -> None:
        """Print one line of a result for a person."""
        if self.json:
            self.note(text)
        else:
            self._result(show(text))

    def say_line(self, text: str) -> None:
        """Print a result that holds names from outside, which cannot make it more than one line."""
        self.say(show(text, one_line=True))

    def document(self, fields: object) -> None:
        """Print one line of JSON; with `--json` the only thing on stdout."""
        self._result(in_json(msgspec.json.encode(fields).decode()))

    def note(self, text: str) -> None:
        """Print one line about what is going on to stderr."""
        self.raw_note(show(text, one_line=True) + "\n")

    def problem(self, error: CutlineError) -> None:
        """Print what went wrong, and what to do, in one line on stderr."""
        self.note(f"cutline: {error}")

    def raw_note(self, text: str) -> None:
        """Write to stderr as it is; a reader that went away, or was never there, ends nothing."""
        if self.errors is None:
            return
        with suppress(OSError, ValueError):
            self.errors.write(text)
            self.errors.flush()

    def painted(self, text: str, code: str) -> str:
        """Return text made safe and, where stdout is a terminal that wants colour, in one."""
        stream = self.errors if self.json else sys.stdout
        safe = show(text)
        return f"\x1b[{code}m{safe}\x1b[0m" if wants_colour(stream) else safe

    def print_painted(self, line: str) -> None:
        """Print a line made of `painted` pieces."""
        if self.json:
            self.raw_note(line + "\n")
        else:
            self._result(line)

    def _result(self, line: str) -> None:
        if sys.stdout is None:
            raise NotWritable(
                "cannot write the result: stdout is closed", "let it lead somewhere, if only to /dev/null"
            )
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            silence_stdout()
            raise NotWritable(f"cannot write the result: {error.strerror}", "look where stdout leads") from error


def silence_stdout() -> None:
    """Keep the interpreter from complaining at its end about what it could not write."""
    with suppress(OSError, ValueError):  # a stream without a file
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def wants_colour(stream: TextIO | None) -> bool:
    """Say whether colour may be used: a terminal, and nobody said no (https://no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def is_terminal(stream: TextIO | None) -> bool:
    """Say whether a stream is a terminal that can move its cursor."""
    try:
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False


def text_or_bytes(raw: bytes | None) -> Any:
    """Return a file's bytes as JSON can hold them: text, `{b64}` where they are not UTF-8, or None."""
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"b64": raw}  # msgspec writes bytes as base64


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it needs one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
