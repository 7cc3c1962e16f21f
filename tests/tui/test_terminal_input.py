"""What a terminal sends, as events: the same whatever it is cut into, and never a key that nobody typed."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

from tui import terminal_input
from tui.terminal_input import LONGEST_ANSWER, TerminalInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

START, END = "\x1b[200~", "\x1b[201~"
LOG = "log: \x1b[31mxaaad red\x1b[0m\n"
CLEAN_LOG = "log: xaaad red\n"
REPORTS = (
    "\x1b[I", "\x1b[O", "\x1b[<0;10;5M", "\x1b[<0;10;5m", "\x1b[<35;200;50M", "\x1b[<64;3;4M", "\x1b[<0;-1;4M",
    "\x1b[32;10;5M", "\x1b[M !!", "\x1b[12;40R", "\x1b[?2026;2$y", "\x1b[?2048;1$y", "\x1b[48;24;80;480;1600t",
    "\x1b[106u", "\x1b[106;3u", "\x1b[106;1;106u", "\x1b[27u", "\x1b[97;2;65u", "\x1b[57441;2u", END,
)  # fmt: skip
"""Focus, mouse in three codings, cursor, modes, size, keys of the kitty protocol, the end of no paste."""
NOT_AS_TEXTUAL = {"\x1b" + sign for sign in "1234567890-=§\x1bfb"}
"""Escape and a sign: Textual takes them for what some keyboards write or mean with the option key."""


def told(messages: Iterable[Message]) -> list[str]:
    """Return events as text: keys by their names, what is pasted in quotes, all else as Textual tells it."""
    return [
        (
            f"{message.key} {message.character}"
            if message.character and message.key != message.character
            else message.key
        )
        if isinstance(message, events.Key)
        else repr(message.text if isinstance(message, events.Paste) else message)
        for message in messages
    ]


def read(*pieces: str) -> list[str]:
    """Return what pieces that come one right behind the other are, with nothing behind them."""
    typed = TerminalInput()
    found = [message for piece in pieces for message in typed.feed(piece)]
    return told((*found, *typed.feed("")))


def textual(stream: str) -> list[str]:
    """Return what Textual makes of it."""
    parser = XTermParser()
    return told((*parser.feed(stream), *parser.feed("")))


@pytest.mark.parametrize(
    "stream", [*sorted(ANSI_SEQUENCES_KEYS.keys() - NOT_AS_TEXTUAL), *REPORTS, "aé猫 /\r\t\x00\x9b"]
)
def test_what_textual_knows_is_as_textual_has_it(stream: str) -> None:
    """Every key that Textual knows, and every report of a terminal, cut anywhere and between other keys."""
    wanted = textual(stream)
    for at in range(len(stream) + 1):
        assert read(*filter(None, (stream[:at], stream[at:]))) == wanted
    if stream != "\x1b":
        assert read(f"j{stream}a") == ["j", *wanted, "a"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (LOG, CLEAN_LOG),
        ("a\x1b]2;title\x07b\x1b]8;;http://x\x1b\\c\x1bP1q\x1b\\d\x1b_G\x1b\\e\x1b^x\x1b\\f\x1bXx\x1b\\g", "abcdefg"),
        ("a\x1b(Bb\x1b7c\x1bMd\x1b", "abcd"),
        ("a\x1b]no end\nof this\x00b", "ano end\nof thisb"),
        ("é\x1b猫\x1b\x1b[1mx\x1b[<0;1;1My\x1b[Az\x1b[200~!", "é猫xyz!"),
        ("two\r\nlines\ttab [31m ~", "two\r\nlines\ttab [31m ~"),
    ],
)
def test_what_is_pasted_is_one_text(text: str, wanted: str) -> None:
    """Nothing in it is a key, what it holds for terminals only is left out, and it may be cut anywhere."""
    stream = f"j{START}{text}{END}a"
    for at in range(1, len(stream)):
        assert read(stream[:at], stream[at:]) == ["j", repr(wanted), "a"]
    assert read(*stream) == ["j", repr(wanted), "a"]


def test_a_paste_of_many_reads() -> None:
    """A long text comes whole, and soon; one that has not ended is waited for, and nothing of it is a key."""
    text = "a\x1b[1mx\n" * 200_000
    stream = f"{START}{text}{END}"
    start = time.monotonic()
    assert read(*(stream[at : at + 4096] for at in range(0, len(stream), 4096))) == [repr("ax\n" * 200_000)]
    assert time.monotonic() - start < 20
    assert read(START, "xaaad\x1b", "[2") == []


def test_nothing_pasted_is_nothing() -> None:
    """Not even a selection goes for it."""
    assert read(f"{START}{END}a{START}\x1b[1m\x00{END}b") == ["a", "b"]


@pytest.mark.parametrize(
    ("stream", "wanted"),
    [
        ("\x1bje\x1b[1;5F", ["alt+j j", "e", "ctrl+end"]),
        ("\x1bJ\x1b1\x1bé", ["alt+shift+j J", "alt+1 1", "alt+é é"]),
        ("\x1b\r\x1b/\x1b-\x1b ", ["escape \x1b", "enter \r", "escape \x1b", "slash /", "escape \x1b", "minus -",
                                   "escape \x1b", "space  "]),
        ("\x1b\x1b\x1bj", ["escape \x1b", "escape \x1b", "alt+j j"]),
        ("\x1b\x1b[A", ["escape \x1b", "up"]),
        ("\x1b]]]\ra", ["escape \x1b", *["right_square_bracket ]"] * 3, "enter \r", "a"]),
        ("\x1bPa\x1bx", ["alt+shift+p P", "a", "alt+x x"]),
        ("\x1b[j\x1bOz", ["escape \x1b", "left_square_bracket [", "j", "alt+shift+o O", "z"]),
        ("\x1b[1\x01", ["escape \x1b", "left_square_bracket [", "1", "ctrl+a \x01"]),
        ("\x1bf\x1bb\x1b\x7f\x1b\ta", ["alt+f f", "alt+b b", "ctrl+w", "shift+tab", "a"]),
        ("\x1b", ["escape \x1b"]),
        ("\x1b[", ["escape \x1b", "left_square_bracket ["]),
        ("\x1bO", ["alt+shift+o O"]),
        ("\x1b]a\x1b", ["escape \x1b", "right_square_bracket ]", "a", "escape \x1b"]),
    ],
)  # fmt: skip
def test_escape_and_what_is_typed_behind_it(stream: str, wanted: list[str]) -> None:
    """In one burst nothing of it is lost or another key, but for letters and digits, which come as alt."""
    assert read(stream) == wanted
    assert read(*stream) == wanted


@pytest.mark.parametrize(
    "answer",
    [
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b]10;rgb:ff/ff/ff\x07", "\x1bP>|xterm(390)\x1b\\", "\x1bP1+r544e\x1b\\",
        "\x1b_Gi=31;OK\x1b\\", "\x1b^x\x07", "\x1bXx\x9c", "\x1b[?64;1;2;22c", "\x1b[>0;276;0c", "\x1b[4;600;800t",
        "\x1b[0n", "\x1b[2;1;1;112;112;1;0x",
    ],
)  # fmt: skip
def test_a_late_answer_is_no_key(answer: str) -> None:
    """Whatever a terminal says that nobody waits for is left out, and what is typed behind it is there."""
    for at in range(1, len(answer)):
        assert read("j", answer[:at], answer[at:], "a") == ["j", "a"]
    assert read(f"{answer}\x1b[A{answer}") == ["up"]


def test_numbers_that_no_terminal_sends_end_nothing() -> None:
    """Textual fails over them; what comes behind them is typed as ever."""
    assert read("\x1b[99999999u\x1b[99999999999999999999u", "\x1b[97;1:3u", "a\x1b[A") == ["a", "up"]


def test_words_of_an_input_method_come_whole() -> None:
    """Several characters in one sequence are longer than what Textual looks through."""
    assert read("\x1b[0;;" + ":".join(str(ord(sign)) for sign in "日本語を入力する") + "ua") == [
        *"日本語を入力する",
        "a",
    ]


def test_a_string_without_an_end_is_text() -> None:
    """It was typed: an escape, and what begins a string in the words of terminals."""
    assert read("\x1b]" + "a" * (LONGEST_ANSWER + 1))[:3] == ["escape \x1b", "right_square_bracket ]", "a"]


@pytest.mark.parametrize(
    ("held", "seconds", "wanted"),
    [
        ("\x1b", constants.ESCAPE_DELAY, ["escape \x1b"]),
        ("\x1b[", constants.ESCAPE_DELAY, ["escape \x1b", "left_square_bracket ["]),
        ("\x1bP1", constants.ESCAPE_DELAY, ["alt+shift+p P", "1"]),
        ("\x1b[<35;4", terminal_input.HALF_SECONDS, []),
        ("\x1b[20", terminal_input.HALF_SECONDS, []),
    ],
)
def test_what_is_not_whole_is_held_for_a_while(
    monkeypatch: pytest.MonkeyPatch, held: str, seconds: float, wanted: list[str]
) -> None:
    """An escape is one after its delay and no later; the other half of a sequence may come later than that."""
    now = 100.0
    monkeypatch.setattr(terminal_input, "get_time", lambda: now)
    typed = TerminalInput()
    assert told(typed.tick()) == []
    assert told(typed.feed(f"j{held}")) == ["j"]
    now += seconds - 0.01
    assert told(typed.tick()) == []
    now += 0.01
    assert told(typed.tick()) == wanted
    assert told(typed.tick()) == []
    assert told(typed.feed("a")) == ["a"]


def test_a_paste_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long its end takes, also amid its end."""
    now = 100.0
    monkeypatch.setattr(terminal_input, "get_time", lambda: now)
    typed = TerminalInput()
    found = []
    for piece in (START, "x\x1b", "[31my\x1b[20", "1~a"):
        found += told(typed.feed(piece))
        now += 60
        found += told(typed.tick())
    assert found == [repr("xy"), "a"]


@given(
    st.lists(
        st.sampled_from([
            "\x1b", "[", "]", "O", "P", "\\", "\x07", "M", "2", "0", "1", "~", ";", "$", "y", "<", "a", "x", "\r", "é", "猫",
            START, END, START[:4], END[:5], LOG, "\x1b[A", "\x1bOA", "\x1b[1;5F", "\x1b[[A", "\x1b[3$", "\x1b]11;rgb\x1b\\",
            *REPORTS,
        ]),
        max_size=30,
    ).map("".join),
    st.lists(st.integers(0, 300), max_size=12),
)  # fmt: skip
def test_it_is_the_same_whatever_it_is_cut_into(stream: str, cuts: list[int]) -> None:
    """What comes in one read or in many is the same."""
    bounds = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    assert (
        read(*(stream[start:end] for start, end in pairwise(bounds))) == read(*filter(None, [stream])) == read(*stream)
    )
