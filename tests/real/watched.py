"""A program in a real pseudo-terminal: every byte it writes is kept, and a terminal of ours draws what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pyte

from tests.bench.pty_app import PtyApp

if TYPE_CHECKING:
    from collections.abc import Sequence

_OURS = re.compile(
    r"\x1b\[[0-9;?<>=$]*[A-Za-z]"  # CSI: colours, the cursor, modes
    r"|\x1b\]1[01];\?(?:\x07|\x1b\\)"  # which colours the terminal has
    r"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"  # the shape of the mouse's pointer
    r"|\x1b[()][0AB]|\x1b[78=>]"  # character sets, the cursor kept and back
)
"""What Textual itself says to a terminal, but for text."""
MARK = "7777"
"""Stands in every sequence that a hostile text holds: one of ours has no such number."""
_NEVER = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""What text never holds where it is written: what terminals obey or hide, bidi controls above all."""


class Offence(NamedTuple):
    """Something a terminal was told that we did not mean to say."""

    what: str
    around: str


class Watched(PtyApp):
    """A program, all that it said, and what is on its screen."""

    def __init__(self, command: Sequence[str], columns: int, rows: int) -> None:
        """Start it."""
        self.said = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        super().__init__(command, columns, rows)

    def take(self, piece: bytes) -> None:
        """Keep and draw what was said."""
        self.said += piece
        self._stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[A-Zac-z]", _known, piece))

    @property
    def lines(self) -> list[str]:
        """The lines of the screen."""
        screen = self._screen
        return ["".join(screen.buffer[y][x].data for x in range(screen.columns)).rstrip() for y in range(screen.lines)]

    def offences(self) -> list[Offence]:
        """Return everything said since the last time that is no text and no sequence of ours."""
        text, self.said = self.said.decode("utf-8", "surrogateescape"), b""
        ours = [match for match in _OURS.finditer(text) if MARK in match[0]]
        found = [Offence("a sequence of the text", _around(text, match.start())) for match in ours]
        printed = _OURS.sub("", text)
        found += [Offence(f"U+{ord(m[0]):04X}", _around(printed, m.start())) for m in _NEVER.finditer(printed)]
        return found


def _known(match: re.Match[bytes]) -> bytes:
    """Leave out private sequences that pyte would draw as text; those of modes it knows."""
    return match[0] if match[0].startswith(b"\x1b[?") and match[0][-1:] in b"hl" else b""


def _around(text: str, at: int) -> str:
    return ascii(text[max(0, at - 40) : at + 40])
