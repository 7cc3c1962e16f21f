"""Edits as a person spells them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.captions.editing.edit_grammar import FORMS, Edit, edit_text, parse_edit
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
        ("add:*_*", Edit("add", "*_*")),
        ("drop:=_=", Edit("drop", "=_=")),
        ("drop:@_@", Edit("drop", "@_@")),
        ("drop:* hair", Edit("drop", "* hair", wild=True)),
        (r"drop:\*_\*", Edit("drop", "*_*")),
        (r"drop:\*_?", Edit("drop", r"\*_?", wild=True)),
        ("rename:a=b", Edit("rename", "a", "b")),
        ("rename:\\=_\\= = closed eyes", Edit("rename", "=_=", "closed eyes")),
        ("rename:a\\\\=b", Edit("rename", "a\\", "b")),
        (r"rename:*_hair=\?", Edit("rename", "*_hair", "?", wild=True)),
        ("replace:a =", Edit("replace", "a ")),
        (r"replace:a\=b=c\\", Edit("replace", "a=b", "c\\")),
        (r"replace:\(=(", Edit("replace", r"\(", "(")),
        (r"regex:(\d)\s=\1", Edit("regex", r"(\d)\s", r"\1")),
        (r"regex:(?<=a)(?=b)(?P<n>c)(?P=n)=x\=\\", Edit("regex", r"(?<=a)(?=b)(?P<n>c)(?P=n)", r"x=\\")),
        (r"regex:\(?=x", Edit("regex", r"\(?", "x")),
        ("prefix:photo of ", Edit("prefix", "photo of ")),
        ("prefix:a, b\\=c, ", Edit("prefix", "a, b=c, ")),
        ("suffix:\r\nend", Edit("suffix", "\nend")),
        ("dedupe", Edit("dedupe")),
        ("order:first=1girl, solo ,", Edit("order", tags=("1girl", "solo"))),
        (r"order:first==_=,a\,b", Edit("order", tags=("=_=", "a,b"))),
    ],
)
def test_grammar(text: str, edit: Edit) -> None:
    """Each verb is read, a backslash takes the meaning from signs that have one, and regex keeps its own escapes."""
    assert parse_edit(text, ";") == edit
    assert parse_edit(edit_text(edit), ";") == edit


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("ad:smile", "did you mean add:"),
        ("renam:a=b", "did you mean rename:"),
        ("smile", "write rename:"),
        ("add", "write add:TAG"),
        ("add:", "write add:TAG"),
        ("drop: ", "write drop:TAG"),
        ("dedupe:a", "write dedupe"),
        ("rename:a", "write rename:"),
        ("rename:a=", "write rename:"),
        ("rename:=b", "write rename:"),
        ("rename:a=b=c", r"\\="),
        ("rename:a *=b *", r"\\\*"),
        ("replace:a", "write replace:"),
        ("replace:=a", "write replace:"),
        ("regex:a", "write regex:"),
        ("regex:=a", "write regex:"),
        ("regex:(a=b", "missing"),
        ("regex:" + "(" * 5000 + "=b", "cannot read the pattern"),
        (r"regex:(a)=\2", "first group"),
        (r"regex:(a)=\g<n>", "named"),
        (r"regex:a=\q", r"bad escape"),
        ("add:a@frist", r"\\@"),
        ("add:a, b", "one edit for each"),
        ("drop:a, b", "one edit for each"),
        ("rename:a=b,c", "one edit for each"),
        ("add:a\nb", "one edit for each"),
        ("order:first=", "write order:"),
        ("order:last=a", "write order:"),
        ("order:a,b", "write order:"),
        ("prefix:", "write prefix:"),
    ],
)
def test_what_cannot_be_read(text: str, hint: str) -> None:
    """A wrong edit is refused with what to write instead, never guessed."""
    with pytest.raises(WrongUsage, match=hint):
        parse_edit(text)


def test_each_verb_says_how_it_is_written() -> None:
    """The forms that help shows begin with their verb."""
    assert all(form.partition(":")[0] == verb for verb, (form, _) in FORMS.items())


TEXTS = st.text(st.sampled_from("ab =@,*?\\():"), min_size=1, max_size=8)
TRIMMED = TEXTS.map(str.strip).filter(bool)


@given(
    st.one_of(
        st.builds(lambda text, first: Edit("add", text, first=first), TRIMMED, st.booleans()),
        st.builds(lambda text: Edit("drop", text), TRIMMED),
        st.builds(lambda text, new: Edit("rename", text, new), TRIMMED, TRIMMED),
        st.builds(lambda text, new: Edit("replace", text, new), TEXTS, TEXTS),
        st.builds(lambda text: Edit("prefix", text), TEXTS),
        st.builds(lambda text: Edit("suffix", text), TEXTS),
        st.builds(lambda tags: Edit("order", tags=tuple(tags)), st.lists(TRIMMED, min_size=1, max_size=3)),
    )
)
def test_an_edit_is_read_as_it_is_written(edit: Edit) -> None:
    """What `edit_text` writes is read as the same edit, whatever signs are in it."""
    assert parse_edit(edit_text(edit), ";") == edit


@given(
    st.sampled_from(["drop:", "rename:", "regex:", "replace:", "add:", "order:first="]),
    st.text("a=@,*?\\(): ", max_size=12),
)
def test_what_was_read_is_written_so_that_it_is_read_again(verb: str, rest: str) -> None:
    """Whatever a person spells, history and screen can show it in words that mean the same."""
    try:
        edit = parse_edit(verb + rest, ";")
    except WrongUsage:
        assume(False)
    assert parse_edit(edit_text(edit), ";") == edit
