"""What edits do to a caption's bytes."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from engine.captions.caption import parse
from engine.captions.editing import edits as edits_module
from engine.captions.editing.edits import Edit, apply_edits, parse_edit
from engine.errors import WrongUsage

TAGS = st.sampled_from(
    ["a", "b", "long_hair", "Long hair", "(a:1.2)", "((b))", "saber \\(fate\\)", "(a", "b:1.2)", ":)", "A", "Red hat"]
)
ROWS = st.lists(TAGS, max_size=6)
SENTENCES = st.sampled_from(["", "", "A cat sits on the mat.", "the image shows a cat"])
LINE_ENDS = st.sampled_from(["", "\n", "\r\n"])
RAGGED = st.text(st.sampled_from("ab, \n\r|()A"), max_size=20).map(str.encode)
"""Text as no tool would write it; without full stops, for `a.` is a tag or the end of all tags by where it stands."""


@st.composite
def captions(draw: st.DrawFn) -> bytes:
    """Give a caption file in one of the styles that tools write: gaps, fences, prose, BOM, line ends."""
    row = draw(ROWS)
    text = ""
    for tag in row:
        gap = draw(st.sampled_from([", ", ", ", ",", " , ", "\n", " ||| ", ",\r\n"])) if text else ""
        text += gap + tag
    closing = draw(st.sampled_from(["", "", ",", "."]))
    prose = draw(SENTENCES)
    text += f", {prose}" if prose and text else prose or closing * bool(text)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + (text + draw(LINE_ENDS)).encode()


EDITS = st.sampled_from(
    [
        *("rename:a=b", "rename:long hair=hair", "rename:* hair=hair", "rename:a=A", "rename:b=(b:0.5)"),
        *("drop:a", "drop:?", "drop:*", "add:new tag", "add:long hair@first", "dedupe"),
        *("order:first=b,a", "order:first=long hair", "order:first=A,saber (fate),Red hat"),
        *("replace:a=q", "replace:a=", r"regex:\b(a)\b=[\1]", r"regex:\s+= ", "prefix:ohwx, ", "suffix:, end"),
    ]
)
REPEATABLE = st.sampled_from(
    [
        *("dedupe", "add:new tag", "add:new tag@first", "drop:a", "drop:* hair", "drop:?", "rename:a=b"),
        *("rename:?=b", "rename:long hair=hair", "order:first=b,a", "order:first=long hair,b", "prefix:x, "),
        *("suffix:, x", "prefix:A photo of ", "replace:a=q", "regex:a+=q"),
    ]
)


def after(raw: bytes | None, *edits: str, separator: str = ",") -> bytes | None:
    """Do edits as a person spells them."""
    return apply_edits(raw, [parse_edit(edit, separator) for edit in edits], separator)


@pytest.mark.parametrize(
    ("raw", "edit", "expected"),
    [
        (b"a, b,\n", "add:c", b"a, b, c,\n"),
        (b"a,b", "add:c@first", b"c,a,b"),
        (b"Long_Hair", "add:long hair", b"Long_Hair"),
        (b"x, (long_hair:1.2)", "add:long hair", b"x, (long_hair:1.2)"),
        (b"A cat sits here.", "add:c", b"c, A cat sits here."),
        (None, "add:c", b"c"),
        (b"", "add:c@first", b"c"),
        (b"\n", "add:c", b"c\n"),
        (b" \t\r\n", "add:c", b"c\r\n"),
        (b"\xef\xbb\xbf  ", "add:c@first", b"\xef\xbb\xbfc"),
        (b"a, b. The cat sits on a mat.", "add:c", b"a, b, c. The cat sits on a mat."),
        (b"a ||| b", "add:c", b"a ||| b, c"),
        (b"a, B, b, c", "drop:b", b"a, c"),
        (b"a", "drop:b", b"a"),
        (None, "drop:b", None),
        (b"a\n", "drop:a", b"\n"),
        (b"a", "drop:a", b""),
        (b"A cat sits here.", "drop:cat", b"A cat sits here."),
        (b"red hair, Blue_Hair, hair", "drop:* hair", b"hair"),
        (b"x, (red hair:1.2), y", "drop:red hair", b"x, y"),
        (b"a, (a:1.2)", "drop:(a:1.2)", b"a"),
        (b"ab, ac, abc", "drop:a?", b"abc"),
        (b"*_*, a_b, x", r"drop:\*_\*", b"a_b, x"),
        (b"a, b ||| c, d", "drop:b", b"a ||| c, d"),
        (b"a ||| b ||| c", "drop:b", b"a ||| ||| c"),
        (b"a\nb\nc", "drop:b", b"a\nc"),
        (b"(a, b:1.2), c", "drop:a", b"(b:1.2), c"),
        (b"(a, b:1.2), c", "drop:b", b"(a:1.2), c"),
        (b"(a, b:1.2), c", "drop:?", b""),
    ],
)
def test_adding_and_dropping(raw: bytes | None, edit: str, expected: bytes | None) -> None:
    """A tag goes in or out in the style of the file; fences, line ends and weights stay with the others."""
    assert after(raw, edit) == expected


@pytest.mark.parametrize(
    ("raw", "edit", "expected"),
    [
        (b"a, saber_(fate), c", "rename:saber (fate)=saber", b"a, saber, c"),
        (b"a, long_hair", "rename:long_hair=long hair", b"a, long hair"),
        (b"a, b, c", "rename:a=C", b"b, c"),
        (b"a, b, a", "rename:a=c", b"c, b"),
        (b"a, (a:1.2)", "rename:a=a", b"a, (a:1.2)"),
        (b"A, x", "rename:a=a", b"a, x"),
        (b"(a:1.2), x", "rename:a=b", b"(b:1.2), x"),
        (b"(a:1.2), x", "rename:a=(b:0.8)", b"(b:0.8), x"),
        (b"(a:1.2), x", "rename:(a:1.2)=b", b"b, x"),
        (b"red hair, x, blue hair", "rename:* hair=hair", b"hair, x"),
        (b"red hair, hair", "rename:*hair=hair", b"hair"),
        (b"a ||| b", "rename:b=c", b"a ||| c"),
        (b"\xef\xbb\xbfa\r\nb\r\n", "rename:b=c", b"\xef\xbb\xbfa\r\nc\r\n"),
        (b"a, caf\xe9", "rename:a=b", b"b, caf\xe9"),
    ],
)
def test_renaming(raw: bytes, edit: str, expected: bytes) -> None:
    """The tag keeps its place and weight; where the new name is there already the old one goes, but never to nothing."""
    assert after(raw, edit) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a, b, A", b"a, b"),
        (b"long_hair, x, Long  Hair,\n", b"long_hair, x,\n"),
        (b"(a:1.2), a", b"(a:1.2)"),
        (b"a, b ||| a, c", b"a, b ||| c"),
        (b"a, b, A cat sits on a mat, a cat indeed.", b"a, b, A cat sits on a mat, a cat indeed."),
        (b"a\nb\na\n", b"a\nb\n"),
        (b":), :), :(", b":), :("),
    ],
)
def test_removing_duplicates(raw: bytes, expected: bytes) -> None:
    """The first stays, whatever the spelling and weight of the others; prose repeats what it likes."""
    assert after(raw, "dedupe") == expected


@pytest.mark.parametrize(
    ("raw", "edit", "expected"),
    [
        (b"a, b, c\n", "order:first=c,b", b"c, b, a\n"),
        (b"a, b, c", "order:first=B,zz", b"b, a, c"),
        (b"a, b", "order:first=zz", b"a, b"),
        (b"b,c, a", "order:first=b,c", b"b,c, a"),
        (b"a, (b:1.2), b", "order:first=b", b"(b:1.2), b, a"),
        (b"a ||| c, b", "order:first=b", b"a ||| b, c"),
        (b"cat ||| dog, cat, mat", "order:first=mat,cat", b"cat ||| mat, cat, dog"),
        (b"a, b\nc ||| ||| x,y\nd, e", "order:first=b,e", b"b, a\nc ||| ||| e, x,y\nd"),
        (b"a ||| b", "order:first=b", b"a ||| b"),
        (b"a, b\nc, d", "order:first=d", b"d, a, b\nc"),
        (b"x, (a, b:1.2)", "order:first=b", b"(a, b:1.2), x"),
        (b"a, b. The cat sits on a mat.", "order:first=b", b"b, a. The cat sits on a mat."),
        (b"a, wow! A cat sits on the mat.", "order:first=wow!", b"wow!, a, A cat sits on the mat."),
        (b"\xef\xbb\xbfa\r\nb\r\n", "order:first=b", b"\xef\xbb\xbfb\r\na\r\n"),
    ],
)
def test_ordering(raw: bytes, edit: str, expected: bytes) -> None:
    """Tags come first in the order given, each on its side of a fence, and before prose."""
    assert after(raw, edit) == expected


@pytest.mark.parametrize(
    ("raw", "edit", "expected"),
    [
        (b"a cat, A cat sits.", "replace:cat=dog", b"a dog, A dog sits."),
        (b"a, A", "replace:a=b", b"b, A"),
        (b"x blurry y", "replace: blurry=", b"x y"),
        (b"2girls, 3girls", r"regex:(\d)girls=\1 girls", b"2 girls, 3 girls"),
        (b"A cat, a cat", "regex:(?i)a cat=dog", b"dog, dog"),
        (b"x=y, z=y", r"regex:(?<=x)\=y=\\", b"x\\, z=y"),
        (b"a, b\n", "regex:$=, c", b"a, b, c\n"),
        (b"a\r\nb\r\n", r"regex:\n=, ", b"a, b\r\n"),
        (b"a, b\r\nc\r\n", r"regex:, =\n", b"a\r\nb\r\nc\r\n"),
        (b"a  \n", r"regex:\s+$=", b"a\n"),
        (b"cat\n", "replace:cat=", b""),
        (b"caf\xe9, cat", "replace:cat=dog", b"caf\xe9, dog"),
        (None, "regex:^=x", None),
        (b"\xef\xbb\xbfa", "prefix:ohwx, ", b"\xef\xbb\xbfohwx, a"),
        (b"ohwx, a", "prefix:ohwx, ", b"ohwx, a"),
        (b"\n", "prefix:ohwx, ", b"\n"),
        (b" , |||\n", "suffix:x", b" , |||\n"),
        (None, "prefix:ohwx, ", None),
        (b"a, b\r\n", "suffix:, c", b"a, b, c\r\n"),
        (b"a, c\n", "suffix:, c", b"a, c\n"),
        (None, "suffix:x", None),
    ],
)
def test_editing_the_text(raw: bytes | None, edit: str, expected: bytes | None) -> None:
    """Text is edited as a whole, prose too, in the file's own line ends; what is blank or absent gets no frame."""
    assert after(raw, edit) == expected


def test_edits_are_done_in_turn() -> None:
    """Each edit is done to what the one before made."""
    assert after(b"a, b", "rename:a=c", "drop:c", "add:c") == b"b, c"


def test_the_separator_is_that_of_the_settings() -> None:
    """Tags may be parted by another sign, and then hold commas."""
    assert after(b"a; b, c; d", "drop:b, c", "order:first=d", separator=";") == b"d; a"
    assert after(b"a\nb\n", "order:first=b", separator="\n") == b"b\na\n"
    assert after(b"a", "add:b", separator="\n") == b"a\nb"


def test_a_pattern_that_takes_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A regular expression is given up after a while, in words."""
    monkeypatch.setattr("engine.captions.editing.patterns.MATCH_SECONDS", 0.05)
    with pytest.raises(WrongUsage, match="takes too long on a caption"):
        after(b"a" * 60 + b"b", "regex:(a|aa)+$=x")


@given(captions() | RAGGED | st.binary(max_size=20), EDITS)
def test_what_an_edit_does_not_concern_stays(raw: bytes, edit: str) -> None:
    """The BOM, the line ends at the end and the prose stay, whatever is done to the tags."""
    made = after(raw, edit)
    assert made is not None
    before, now = parse(raw), parse(made)
    assert now.bom == before.bom
    if edit.startswith(("rename", "drop", "add", "dedupe", "order")) and before.prose:
        prose = before.text[slice(*before.prose)]
        assert prose in now.text
        assert now.text.rpartition(prose)[2].strip() == before.text[before.prose[1] :].strip()
    if made.strip(b"\xef\xbb\xbf\r\n \x00"):
        ends = len(before.text) - len(before.text.rstrip("\r\n"))
        assert now.text.endswith(before.text[len(before.text) - ends :])


@given(captions() | RAGGED | st.binary(max_size=20), st.sampled_from(["drop:zz", "rename:zz=y", "order:first=zz,yy"]))
def test_an_edit_that_finds_nothing_changes_no_byte(raw: bytes, edit: str) -> None:
    """Where there is nothing to do the file stays as it is."""
    assert after(raw, edit, "replace:zz=y", "regex:z{2}=y") == raw


@given(captions())
def test_renaming_a_tag_to_itself_deletes_none(raw: bytes) -> None:
    """A tag renamed to itself, in whatever spelling, is still there as often as it was."""
    made = after(raw, "rename:a=A", "rename:Long Hair=long_hair", "rename:saber (fate)=saber (fate)")
    before, now = parse(raw), parse(made)
    assume(before.prose is None and now.prose is None)
    assert len(now.tags) == len(before.tags)


@given(captions() | RAGGED, REPEATABLE)
@example(b"a ||| a.", "rename:?=b")
def test_an_edit_done_twice_is_done_once(raw: bytes, edit: str) -> None:
    """Repeating an edit changes nothing more, where the text still says where its prose begins (see `prose`)."""
    once = after(raw, edit)
    assume((parse(raw).prose is None) == (parse(once).prose is None))
    assert after(once, edit) == once


@given(captions() | RAGGED, st.sampled_from(["order:first=b,a", "order:first=long hair,A", "dedupe", "drop:b"]))
def test_fences_stay(raw: bytes, edit: str) -> None:
    """No fence between tags is lost as long as tags are left, so that the trainer keeps what is before it."""
    made = after(raw, edit)
    assume(parse(made).tags)
    assert made is not None
    assume(b"." not in raw)  # a full stop closes the tags, and no fence stands before it
    assert made.count(b"|||") == raw.count(b"|||")


@given(captions() | RAGGED, st.permutations(["a", "b", "long hair", "red hat"]), st.integers(1, 4))
def test_the_order_is_the_one_given(raw: bytes, tags: list[str], number: int) -> None:
    """All tags that were there are still there, those named first and in that order."""
    assume(b"|||" not in raw)
    edit = Edit("order", tags=tuple(tags[:number]))
    before, now = parse(raw), parse(apply_edits(raw, [edit]))
    assume(not any(tag.text[0] in "(." or tag.text.endswith(")") for tag in before.tags))
    assume(before.prose is None and now.prose is None)
    names = [tag.text.casefold().replace("_", " ") for tag in now.tags]
    assert sorted(names) == sorted(tag.text.casefold().replace("_", " ") for tag in before.tags)
    ranks = [edit.tags.index(name) if name in edit.tags else len(edit.tags) for name in names]
    assert ranks == sorted(ranks)


@given(captions() | RAGGED, EDITS, st.sampled_from(",,;|\n"))
def test_the_quick_way_is_the_careful_way(raw: bytes, edit: str, separator: str) -> None:
    """Captions of the usual style, which are not parsed, become what parsing makes of them."""
    one = parse_edit(edit)
    assume(one.verb in {"rename", "drop", "add", "dedupe", "order"})
    assert apply_edits(raw, [one], separator) == edits_module._carefully(parse(raw, separator), one)
