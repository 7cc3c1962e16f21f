"""Reading and writing caption text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.captions.caption import Caption, encode, join, parse, raw_of, tag_key, to_hand, with_text

SEPARATORS = st.sampled_from(",;|\n")
RAW = st.binary() | st.text(st.sampled_from("ab, .|\r\n\ufeffé;A")).map(str.encode) | st.text().map(str.encode)


def texts(caption: Caption) -> list[str]:
    """Return the texts of the tags alone."""
    return [tag.text for tag in caption.tags]


@given(RAW, SEPARATORS)
@example(b"\xef\xbb\xbf\xef\xbb\xbfa", ",")
@example(b"\xed\xa0\x80 \xff\xfea\x00", ",")
@example(b"\r\r\n", ",")
def test_reading_and_writing_keeps_every_byte(raw: bytes, separator: str) -> None:
    """A caption that is read and written is the same file, whatever bytes it holds."""
    caption = parse(raw, separator)
    assert encode(caption.text, caption) == raw_of(caption) == raw


@given(RAW, SEPARATORS)
def test_tags_and_prose_stand_where_they_say(raw: bytes, separator: str) -> None:
    """Spans are in order, do not overlap, hold the tag's text, and leave out nothing but what parts tags."""
    caption = parse(raw, separator)
    rest, at = "", 0
    for tag in caption.tags:
        assert at <= tag.start < tag.end
        assert caption.text[tag.start : tag.end] == tag.text == tag.text.strip()
        assert separator not in tag.text
        rest += caption.text[at : tag.start]
        at = tag.end
    if caption.prose:
        begin, end = caption.prose
        assert at <= begin < end
        rest += caption.text[at:begin]
        at = end
    rest += caption.text[at:]
    assert not rest.replace(separator, "").replace("|||", "").replace(".", "").strip()


def test_a_missing_file_is_not_an_empty_one() -> None:
    """No file and a file of zero bytes are both blank, and told apart."""
    absent, empty = parse(None), parse(b"")
    assert (absent.absent, absent.blank, absent.kind) == (True, True, "blank")
    assert (empty.absent, empty.blank, empty.kind) == (False, True, "blank")
    assert raw_of(absent) is None
    assert raw_of(empty) == b""


@pytest.mark.parametrize(
    ("raw", "separator", "tags"),
    [
        (b"1girl, solo,smile", ",", ["1girl", "solo", "smile"]),
        (b"a, b,", ",", ["a", "b"]),
        (b"\xef\xbb\xbfa, b\r\n", ",", ["a", "b"]),
        (b"a\nb\r\nc", ",", ["a", "b", "c"]),
        (b"a,, b", ",", ["a", "b"]),
        (b"1girl, solo, smile.", ",", ["1girl", "solo", "smile"]),
        (b"1girl, g.i., solo...", ",", ["1girl", "g.i.", "solo..."]),
        (b"miku ||| 1girl,solo |||smile, ||_||, a|b", ",", ["miku", "1girl", "solo", "smile", "||_||", "a|b"]),
        (b"a; b, c", ";", ["a", "b, c"]),
        (b"a | b", "|", ["a", "b"]),
        (b"a, b\nc\n", "\n", ["a, b", "c"]),
        (b"saber \\(fate\\), (red hair:1.2)", ",", ["saber \\(fate\\)", "(red hair:1.2)"]),
        ("初音ミク、長髪, 笑顔".encode(), ",", ["初音ミク、長髪", "笑顔"]),
        (b"caf\xe9, b", ",", ["caf\udce9", "b"]),
    ],
)
def test_tags(raw: bytes, separator: str, tags: list[str]) -> None:
    """Tags end at the separator, at line ends and at kohya's fence; a closing full stop belongs to none."""
    assert texts(parse(raw, separator)) == tags


def test_tags_then_prose() -> None:
    """A caption of both kinds has its tags, and its prose without the white space around it."""
    caption = parse(b"1girl, solo. A girl stands in a street, smiling.\n")
    assert (caption.kind, texts(caption)) == ("both", ["1girl", "solo"])
    assert caption.prose is not None
    assert caption.text[slice(*caption.prose)] == "A girl stands in a street, smiling."


@pytest.mark.parametrize(
    ("raw", "gap"),
    [
        (b"a,b,c", ","),
        (b"a, b,c, d", ", "),
        (b"a", ", "),
        (b"a\nb", "\n"),
        (b"a,\r\nb", ",\r\n"),
        (b"a ||| b", ", "),
        (b"a,, b", ", "),
        (None, ", "),
    ],
)
def test_the_gap_is_the_files_own(raw: bytes | None, gap: str) -> None:
    """A new tag is joined as the others are; where there is no example, with separator and space."""
    assert parse(raw).gap == gap


@pytest.mark.parametrize(
    ("raw", "newline"),
    [(b"a\r\nb\r\n", "\r\n"), (b"a\nb", "\n"), (b"a\r\nb\n", "\n"), (b"a\r\r\nb", "\n"), (b"a", "\n")],
)
def test_newline_style(raw: bytes, newline: str) -> None:
    """A file has Windows line ends only if all of its lines do."""
    assert parse(raw).newline == newline


@given(RAW)
@example(b"\r\r\n")
@example(b"a\r\n\nb")
@example(b"\n")
def test_a_hand_edit_that_changes_nothing_changes_no_byte(raw: bytes) -> None:
    """Saving without a change gives the same bytes, given as the editor had it or as the file has it."""
    caption = parse(raw)
    assert with_text(caption, to_hand(caption)) == raw
    assert with_text(caption, caption.text) == raw


@pytest.mark.parametrize(
    ("raw", "edited", "after"),
    [
        (b"a\r\nb\r\n", "a\nc", b"a\r\nc\r\n"),
        (b"a", "b\n\n", b"b"),
        (b"a\n", "b", b"b\n"),
        (b"\xef\xbb\xbfa\n", "b", b"\xef\xbb\xbfb\n"),
        (b"a", "b\r\nc", b"b\nc"),
        (b"caf\xe9\n", "caf\udce9, b", b"caf\xe9, b\n"),
        (b"a\n", "", b""),
        (b"a", " \n ", b""),
        (b"", "a", b"a"),
        (None, "a", b"a"),
        (None, "a\nb", b"a\nb"),
        (None, " \n", None),
        (None, "", None),
    ],
)
def test_hand_edits(raw: bytes | None, edited: str, after: bytes | None) -> None:
    """A hand edit takes on the file's line ends, BOM and final newline; an absent caption needs text to appear."""
    assert with_text(parse(raw), edited) == after


@pytest.mark.parametrize(
    "raw", [b"!" * 50_000 + b"x", b"\n" * 50_000 + b"x", b"a" + b" " * 50_000 + b"b", b"A b. " * 10_000]
)
def test_odd_files_are_read_in_a_moment(raw: bytes) -> None:
    """Reading and saving takes time in proportion to the file, also where a pattern could go astray."""
    caption = parse(raw)
    assert with_text(caption, to_hand(caption)) == raw


def test_half_a_character_from_a_model_can_be_written() -> None:
    """Text that no file can hold becomes a replacement sign instead of an error."""
    assert encode("a \ud800", parse(None)) == "a \ufffd".encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("long_hair", "Long  Hair"),
        ("saber \\(fate\\)", "saber_(fate)"),
        (" smile ", "smile"),
        ("^_^", "^_^"),
        ("ß", "SS"),
    ],
)
def test_spellings_of_one_tag(one: str, other: str) -> None:
    """Case, underscores, escapes and surrounding space do not make another tag."""
    assert tag_key(one) == tag_key(other)


@pytest.mark.parametrize(("one", "other"), [("_", "__"), ("\\o/", "o/"), ("long hair", "longhair"), ("a", "b")])
def test_different_tags(one: str, other: str) -> None:
    """What only looks alike is another tag."""
    assert tag_key(one) != tag_key(other)


def test_join() -> None:
    """A new caption is tags, then prose."""
    assert join(["a", "b"], "A cat sits.") == "a, b, A cat sits."
    assert join([], "A cat.") == "A cat."
    assert join(["a", "b"], separator=";") == "a; b"
    assert join(["a", "b"], separator="\n") == "a\nb"
    assert join([]) == ""


def test_an_edit_that_changes_nothing_keeps_mixed_line_ends() -> None:
    """A file whose lines end in both ways is the same after it was opened and written as it was."""
    raw = b"a, b\r\nc\nd\n"
    caption = parse(raw)
    assert with_text(caption, "a, b\nc\nd") == raw
    assert with_text(caption, to_hand(caption)) == raw
