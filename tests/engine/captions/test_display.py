"""What a person sees of text from outside."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.captions.display import drawn_in_editor, from_editor, show, to_editor
from engine.errors import Refused

ANY_TEXT = st.text(st.characters(categories=None, min_codepoint=0, max_codepoint=0x10FFFF, exclude_categories=()))
NASTY = st.text(
    st.sampled_from("a [/]\x00\x07\x1b\x7f\x80\x85\x9b\xad\r\n\t\u061c\u200d\u200e\u202e\u2028\u2066\udc9b\ud800👩é")
)
BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


@given(ANY_TEXT | NASTY)
def test_nothing_shown_can_be_obeyed(text: str) -> None:
    """No control character, bidi control, line separator or lone surrogate is ever shown."""
    for sign in show(text):
        assert sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(sign) not in BIDI
        assert sign not in "\u200e\u200f\u061c"


@given(ANY_TEXT | NASTY)
def test_showing_twice_is_showing_once(text: str) -> None:
    """What is shown holds nothing that would be shown differently."""
    assert show(show(text)) == show(text)


@given(st.binary())
def test_bytes_are_shown_like_their_text(raw: bytes) -> None:
    """Bytes of any kind can be shown, and those that are UTF-8 look like the text they are."""
    assert show(raw) == show(raw.decode("utf-8", "surrogateescape"))


@given(ANY_TEXT | NASTY)
def test_one_line_is_one_line(text: str) -> None:
    """In a field of one line no newline remains."""
    assert "\n" not in show(text, one_line=True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1girl, solo", "1girl, solo"),
        ("a [/] b [red]c[/red]", "a [/] b [red]c[/red]"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b2J", "\\x9b2J"),
        (b"caf\xe9", "caf\\xe9"),
        ("\ud83d!", "\\ud83d!"),
        ("abc\u202egnp", "abc\\u202egnp"),
        ("one\r\ntwo\rthree\n", "one\ntwo␍three\n"),
        ("a\tb\x7f", "a␉b␡"),
        ("👩\u200d🚀 日本語 é", "👩\u200d🚀 日本語 é"),
        ("❤\ufe0f\u200d🔥 👩🏽\u200d🚀", "❤\ufe0f\u200d🔥 👩🏽\u200d🚀"),
        ("cat\u200d, do\u200dg, \u200d👩", "cat\\u200d, do\\u200dg, \\u200d👩"),
    ],
)
def test_tokens(text: str | bytes, shown: str) -> None:
    """Each kind of danger has its visible token, and harmless text is left alone."""
    assert show(text) == shown


def test_newlines_become_return_signs_in_one_line() -> None:
    """A field of one line shows where the lines end, whichever system wrote them."""
    assert show("a\r\nb\n", one_line=True) == "a↵b↵"


@given(ANY_TEXT | NASTY)
def test_the_editor_gives_back_what_it_was_given(text: str) -> None:
    """Text that goes through the editor unchanged comes back unchanged, and holds no control on the way."""
    assume(not any(0xFD000 <= ord(sign) < 0xFE000 for sign in text))
    edited = to_editor(text)
    assert from_editor(edited) == text
    assert show(edited) == edited
    assert edited.count("\n") == text.count("\n") == len(edited.split("\n")) - 1
    assert len(edited.splitlines()) <= edited.count("\n") + 1  # an editor splits lines at more than newlines


def test_the_editor_refuses_what_it_could_not_give_back() -> None:
    """A caption that already holds the private characters is refused instead of being changed."""
    with pytest.raises(Refused):
        to_editor("a \U000fd003 b")


def test_icons_typed_by_a_person_stay_icons() -> None:
    """Private characters of icon fonts do not turn into controls on saving."""
    assert from_editor("\U000f001b \U000f0080 \ue0b0") == "\U000f001b \U000f0080 \ue0b0"


@given(ANY_TEXT | NASTY)
def test_an_editor_draws_sign_for_sign(text: str) -> None:
    """What is drawn is as long as what is held, can be obeyed no more than that, and holds nothing private of ours."""
    try:
        held = to_editor(text)
    except Refused:
        return
    drawn = drawn_in_editor(held)
    assert len(drawn) == len(held)
    assert show(drawn) == drawn
    assert not any("\U000fd000" <= sign < "\U000fe000" for sign in drawn)


def test_control_characters_look_different_in_the_editor() -> None:
    """Each of C0, and DEL, has its control picture; what has none is a replacement sign."""
    controls = "".join(chr(code) for code in (*range(10), *range(11, 32), 127))
    assert drawn_in_editor(to_editor(controls)) == show(controls)
    assert drawn_in_editor(to_editor("a\x1b[2J \x00\n\x9b\u202e")) == "a␛[2J ␀\n\ufffd\ufffd"
