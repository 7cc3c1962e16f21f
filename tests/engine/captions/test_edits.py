"""Edits and their grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse
from engine.captions.edits import Edit, apply_edit, parse_edit
from engine.errors import WrongUsage


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("add:smile", Edit("add", "smile")),
        ("add: long hair @first", Edit("add", "long hair", first=True)),
        ("add:smile@last", Edit("add", "smile")),
        ("add:\\@_\\@@first", Edit("add", "@_@", first=True)),
        ("add:saber \\(fate\\)", Edit("add", "saber \\(fate\\)")),
        ("add:\\\\o/", Edit("add", "\\o/")),
        ("add:a:b=c", Edit("add", "a:b=c")),
        ("drop:=_=", Edit("drop", "=_=")),
        ("drop:@_@", Edit("drop", "@_@")),
        ("rename:a=b", Edit("rename", "a", "b")),
        ("rename:\\=_\\= = closed eyes", Edit("rename", "=_=", "closed eyes")),
        ("rename:a\\\\=b", Edit("rename", "a\\", "b")),
        ("prefix:photo of ", Edit("prefix", "photo of ")),
        ("prefix:a, b\\=c, ", Edit("prefix", "a, b=c, ")),
    ],
)
def test_grammar(text: str, edit: Edit) -> None:
    """Each verb is read, and a backslash takes the meaning from `=`, `@` and itself only."""
    assert parse_edit(text) == edit


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("ad:smile", "did you mean add:"),
        ("renam:a=b", "did you mean rename:"),
        ("smile", "write add:TAG"),
        ("add", "did you mean add:"),
        ("add:", "write add:TAG"),
        ("drop: ", "write add:TAG"),
        ("rename:a", "one ="),
        ("rename:a=", "write add:TAG"),
        ("rename:a=b=c", "one ="),
        ("add:a@frist", r"\\@"),
        ("add:a, b", "one edit for each"),
        ("rename:a=b,c", "one edit for each"),
        ("add:a\nb", "one edit for each"),
    ],
)
def test_what_cannot_be_read(text: str, hint: str) -> None:
    """A wrong edit is refused with what to write instead, never guessed."""
    with pytest.raises(WrongUsage, match=hint):
        parse_edit(text)


@pytest.mark.parametrize(
    ("raw", "edit", "after"),
    [
        (b"a, b,\n", "add:c", b"a, b, c,\n"),
        (b"a,b", "add:c@first", b"c,a,b"),
        (b"Long_Hair", "add:long hair", b"Long_Hair"),
        (b"A cat sits here.", "add:c", b"c, A cat sits here."),
        (None, "add:c", b"c"),
        (b"", "add:c@first", b"c"),
        (b"a, B, b, c", "drop:b", b"a, c"),
        (b"a", "drop:b", b"a"),
        (None, "drop:b", None),
        (b"a\n", "drop:a", b"\n"),
        (b"A cat sits here.", "drop:cat", b"A cat sits here."),
        (b"a, saber_(fate), c", "rename:saber (fate)=saber", b"a, saber, c"),
        (b"a, long_hair", "rename:long_hair=long hair", b"a, long hair"),
        (b"a, b, c", "rename:a=C", b"b, c"),
        (b"a, b, a", "rename:a=c", b"c, b, c"),
        (b"\xef\xbb\xbfa\r\nb\r\n", "rename:b=c", b"\xef\xbb\xbfa\r\nc\r\n"),
        (b"\xef\xbb\xbfa", "prefix:ohwx, ", b"\xef\xbb\xbfohwx, a"),
        (b"ohwx, a", "prefix:ohwx, ", b"ohwx, a"),
        (b"\n", "prefix:ohwx, ", b"\n"),
        (None, "prefix:ohwx, ", None),
    ],
)
def test_edits(raw: bytes | None, edit: str, after: bytes | None) -> None:
    """Each edit changes what it names and nothing else."""
    assert apply_edit(parse(raw), parse_edit(edit)) == after


@given(
    st.binary() | st.text(st.sampled_from("ab, .\r\nA")).map(str.encode) | st.none(),
    st.sampled_from(["drop:zz", "rename:zz=y", "rename:a=a"]),
)
def test_an_edit_that_finds_nothing_changes_no_byte(raw: bytes | None, edit: str) -> None:
    """Where there is nothing to do the file stays as it is."""
    current = parse(raw)
    if edit != "rename:a=a" or all(tag.text != "A" for tag in current.tags):
        assert apply_edit(current, parse_edit(edit)) == raw


@given(
    st.lists(st.text("abcA ", min_size=1)).map(", ".join),
    st.sampled_from(["add:a", "add:b@first", "drop:a", "rename:a=b", "prefix:a, "]),
)
def test_an_edit_done_twice_is_done_once(text: str, edit: str) -> None:
    """Repeating an edit changes nothing more."""
    once = apply_edit(parse(text.encode()), parse_edit(edit))
    assert apply_edit(parse(once), parse_edit(edit)) == once
