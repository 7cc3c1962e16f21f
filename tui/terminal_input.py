"""What a terminal sends, cut into pieces that mean one thing, before Textual reads keys from it.

Textual takes a sequence that it does not know for keys, each character one. Here each key may decide about an image, so
nothing that nobody typed gets through: what is pasted stays text, and answers that nobody waits for are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._time import get_time
from textual._xterm_parser import (
    _MAX_SEQUENCE_SEARCH_THRESHOLD,
    BRACKETED_PASTE_END,
    BRACKETED_PASTE_START,
    XTermParser,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from textual.message import Message

ESC = "\x1b"
HALF_SECONDS = 1.0
"""So long the other half of a sequence that nobody types is waited for; over a line that lags it may come late."""
TYPED_LENGTH = 3
"""In characters: one more than escape and `[` or `O` has no number in it, so it may have been typed."""
LONGEST_ANSWER = 4096
"""In characters; what goes on for longer without an end is no answer of a terminal."""

_ODD = "|".join(re.escape(key[1:]) for key in ANSI_SEQUENCES_KEYS if re.fullmatch(r"\x1b\[(\[.|\d+\$)", key))
"""Function keys of two terminals whose sequences keep to no rule."""
_MOUSE = r"\[<[-\d;]*"
"""What a mouse does; Ghostty counts below nought where it is beside the window."""
_ANSWER = rf"[]P_^X][^\x00-\x1f\x7f\x9c]{{0,{LONGEST_ANSWER}}}"
_END = r"(?:\x07|\x1b\\|\x9c)"
_WHOLE = re.compile(
    rf"\x1b(?:(?P<key>{_ODD}|{_MOUSE}[Mm]|\[M[^\x00-\x1f]{{3}}|\[(?![\[M])[0-?]*[ -/]*[@-~]|O[!-~])"
    rf"|(?P<answer>{_ANSWER}{_END}))"
)
"""A key, a click or an answer about modes and places; or an answer that is a text."""
_HALF = re.compile(rf"\x1b(?:\[(?:[0-?]*[ -/]*|\[|M[^\x00-\x1f]{{0,2}})|{_MOUSE}|O|{_ANSWER}\x1b?)?")
"""What may become whole with what comes next."""
_TYPED = re.compile(rf"\x1b(?:[\[O]|{_ANSWER}\x1b?)?")
"""What of that may have been typed: escape, and keys right behind it."""
_OF_NO_TEXT = re.compile(rf"\x1b(?:\[[0-?]*[ -/]*[@-~]|{_ANSWER}{_END}|[ -/]*[0-~])?|\x00")
"""What a text holds for terminals only."""


class TerminalInput(XTermParser):
    """What a terminal sends, as events: keys, clicks and what is pasted."""

    def __init__(self, debug: bool = False) -> None:  # noqa: FBT001, FBT002  (as Textual has it)
        """Start before the first character."""
        super().__init__(debug)
        self._rest = ""
        """What came and is not whole yet; of a paste no more than may be the beginning of its end."""
        self._due: float | None = None
        """When the rest is taken as it is; None for never."""
        self._pasted: list[str] | None = None
        """What came of a paste that goes on; None outside of one."""

    def feed(self, data: str) -> Iterator[Message]:
        """Take what came, an empty text at the end of all; yield what that is."""
        if not data:
            yield from self._take_rest()
            yield from super().feed("")
            return
        now = get_time()
        stream, self._rest = self._rest + data, ""
        yield from self._cut(stream)
        patience = constants.ESCAPE_DELAY if _TYPED.fullmatch(self._rest) else HALF_SECONDS
        self._due = now + patience if self._rest and self._pasted is None else None

    def tick(self) -> Iterator[Message]:
        """Yield what was held, once nothing came for long enough; to be called while nothing comes."""
        if self._due is not None and get_time() >= self._due:
            yield from self._take_rest()

    def _take_rest(self) -> Iterator[Message]:
        """Take what was held for what it is: keys if it may have been typed, else half of something, that is nothing."""
        rest, self._rest, self._due = self._rest, "", None
        if self._pasted is None and _TYPED.fullmatch(rest):
            yield from self._escape_and(rest[1:2])
            yield from self._text(rest[2:].removesuffix(ESC))
            if rest[2:].endswith(ESC):
                yield _escape()

    def _cut(self, stream: str) -> Iterator[Message]:
        """Yield what is in a stream, and hold its end where that is not whole."""
        at = 0
        while at < len(stream):
            if self._pasted is not None:
                at = yield from self._paste(self._pasted, stream, at)
            elif stream[at] != ESC:
                end = stream.find(ESC, at)
                end = len(stream) if end < 0 else end
                yield from self._text(stream[at:end])
                at = end
            elif stream.startswith(BRACKETED_PASTE_START, at):
                self._pasted = []
                at += len(BRACKETED_PASTE_START)
            elif whole := _WHOLE.match(stream, at):
                at = yield from self._sequence(stream, whole)
            elif _HALF.fullmatch(stream, at):
                self._rest = stream[at:]
                return
            else:
                at = yield from self._escaped(stream, at)

    def _paste(self, pasted: list[str], stream: str, at: int) -> Generator[Message, None, int]:
        """Go on with what is pasted; return where it ends."""
        end = stream.find(BRACKETED_PASTE_END, at)
        if end < 0:
            held = next(n for n in range(5, -1, -1) if stream.endswith(BRACKETED_PASTE_END[:n], at))
            self._rest = stream[len(stream) - held :]
            pasted.append(stream[at : len(stream) - held])
            return len(stream)
        self._pasted = None
        if text := _OF_NO_TEXT.sub("", "".join((*pasted, stream[at:end]))):
            yield events.Paste(text)
        return end + len(BRACKETED_PASTE_END)

    def _escaped(self, stream: str, at: int) -> Generator[Message, None, int]:
        """Take escape, with the character behind it where both are one key; return where that ends."""
        pair = stream[at : at + 2]
        if isinstance(ANSI_SEQUENCES_KEYS.get(pair), tuple) and pair[1] != ESC and not pair[1].isalnum():
            yield from self._sequence_to_key_events(pair)
            return at + 2
        if pair[1].isalnum():
            yield from self._escape_and(pair[1])
            return at + 2
        yield _escape()
        return at + 1

    def _escape_and(self, character: str) -> Iterator[Message]:
        """Yield escape and what was typed right behind it: with a letter or digit it is alt, which cannot be told apart."""
        if character.isalnum():
            yield from self._sequence_to_key_events(character, alt=True)
        else:
            yield _escape()
            yield from self._text(character)

    def _text(self, text: str) -> Iterator[Message]:
        if text:
            yield from super().feed(text)

    def _sequence(self, stream: str, whole: re.Match[str]) -> Generator[Message, None, int]:
        """Take a whole sequence; return where what was taken ends."""
        if whole["key"]:
            known = self._known(whole[0])
            if known is None and len(whole[0]) == TYPED_LENGTH:
                return (yield from self._escaped(stream, whole.start()))
            yield from known or ()
        return whole.end()

    def _known(self, sequence: str) -> list[Message] | None:
        """Return what Textual makes of a whole sequence; None of one that it does not know, or fails over."""
        try:
            if len(sequence) > _MAX_SEQUENCE_SEARCH_THRESHOLD:  # it would give up amid what an input method sends
                return list(self._sequence_to_key_events(sequence))
            known = list(super().feed(sequence))
            if self._awaiting.timeout is None:
                return known
        except (ValueError, ArithmeticError):  # over numbers that no terminal sends
            pass
        # It would take what comes next for more of it, or take nothing any more.
        self._tokens.clear()
        self._gen = self.parse(self._tokens.append)
        self._awaiting = next(self._gen)
        return None


def _escape() -> events.Key:
    return events.Key("escape", ESC)
