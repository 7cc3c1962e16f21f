"""Lists and tables of tags as people keep them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.viewing.tag_lists import parse_replacements, read_implications, read_replacements, read_tags
from engine.errors import WrongUsage

AUTHORS = (
    "tag_id,name,category,count,use_it\r\n"
    "9999999,general,9,807858,0\r\n"
    "470575,1girl,0,4225150,0\r\n"
    '5626,"blurry_background",0,100,1\r\n'
    '12,"a,b",0,99,1\r\n'
    '13,"say ""hi""",0,98,1\r\n'
    "14,blurry,0,97,1\r\n"
    "14,blurry,0,97,1\r\n"
)
"""A tagger's `selected_tags.csv` as people change it: a column of 0 and 1 after those of the model."""


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("a\n\n b_c \r\n# a comment\n#\n#1_(x)\na\n", ("a", "b_c", "#1_(x)")),
        ("a, b\n", ("a, b",)),  # one line is one tag
        (AUTHORS, ("blurry_background", "a,b", 'say "hi"', "blurry")),
        (AUTHORS.replace(",use_it", ""), ("blurry_background", "a,b", 'say "hi"', "blurry")),  # a column without title
        ("name,category\nx,0\ny,1\n", ("x", "y")),  # the category is no choice, though it is 0 and 1
        ("name,score\nx,0.5\ny,1\n", ("x", "y")),
        ("Name;Keep\nx;1\ny;\n", ("x",)),
        ("name\tkeep\nx\tTrue\ny\tFalse\n", ("x",)),
        ("name,include,checked\nx,1,0\ny,0,1\n", ("x",)),
        (",name,mine\n0,x,1\n1,y,0\n", ("x",)),  # written with an index
        ("name,mine\nx,1.0\ny,0.0\n", ("x",)),
        ("name\nx\n", ("name", "x")),
    ],
)
def test_lists(text: str, tags: tuple[str, ...]) -> None:
    """A tag a line, or a CSV and the rows that are meant."""
    assert read_tags(text, "list.txt") == tags


@pytest.mark.parametrize(
    ("text", "file", "message"),
    [
        ("\n# nothing\n", "a.txt", "holds no tag"),
        ("", "a.csv", "holds no tag"),
        ("name,keep\nx,0\n", "a.csv", "holds no tag"),
        ("tag,keep\nx,0\n", "a.csv", "no column `name`"),
        ("name,mine,yours\nx,0,1\n", "a.csv", "several columns of 0 and 1: mine, yours"),
        ("name,keep,use\nx,0,1\n", "a.csv", "several columns of 0 and 1: keep, use"),
        ("name,keep\n" + "x" * 200_000 + ",1\n", "a.csv", "no list of tags"),
    ],
)
def test_lists_that_say_nothing_clear_are_refused(text: str, file: str, message: str) -> None:
    """The error says what is wrong in one line."""
    with pytest.raises(WrongUsage, match=message):
        read_tags(text, file)


def test_a_csv_of_names_alone_needs_its_ending() -> None:
    """In a file that ends in .csv the first line is the header."""
    assert read_tags("name\nx\n", "list.CSV") == ("x",)


def test_replacements_on_the_command_line() -> None:
    """As kohya's scripts take them, with escapes; nothing after the comma drops a tag."""
    assert parse_replacements(r"a,b;c d, e ;f,;g\,h,i\;j\,k;") == {"a": "b", "c d": "e", "f": "", "g,h": "i;j,k"}
    assert parse_replacements(" ") == {}
    for wrong in ("a", "a,b,c", ",b", "a,b;c"):
        with pytest.raises(WrongUsage, match="is no replacement"):
            parse_replacements(wrong)


@given(st.dictionaries(st.text("ab ,;", min_size=1).filter(str.strip), st.text("ab,; "), max_size=4))
def test_every_pair_can_be_written(pairs: dict[str, str]) -> None:
    """Escaped, any tag can be replaced by any text; only the white space around them is lost."""

    def escaped(text: str) -> str:
        return text.replace(",", "\\,").replace(";", "\\;")

    written = ";".join(f"{escaped(old)},{escaped(new)}" for old, new in pairs.items())
    assert parse_replacements(written) == {old.strip(): new.strip() for old, new in pairs.items()}


def test_replacements_in_a_file() -> None:
    """Two columns, with or without a header; several tags in quotes or in further columns."""
    text = 'old,new\r\n1girl,"woman, person"\nsolo,\na,b,c\n'
    assert read_replacements(text, "r.csv") == {"1girl": "woman, person", "solo": "", "a": "b, c"}
    assert read_replacements("a;b\n", "r.csv") == {"a": "b"}
    for wrong in ("a\n", ",b\n", "old,new\n", ""):
        with pytest.raises(WrongUsage):
            read_replacements(wrong, "r.csv")


def test_implications() -> None:
    """Rows add up; Danbooru's own columns are known."""
    text = 'tag,implied\ncat_ears,animal_ears\ncat_ears,"cat, ears"\na,b,c\n'
    assert read_implications(text, "i.csv") == {"cat_ears": ("animal_ears", "cat", "ears"), "a": ("b", "c")}
    theirs = "id,antecedent_name,consequent_name,status\n1,a,b,active\n2,a,c,active\n"
    assert read_implications(theirs, "i.csv") == {"a": ("b", "c")}
    for wrong in ("a\n", "a,\n", "", "tag,implied\n", "id,antecedent_name,consequent_name\n1,a\n"):
        with pytest.raises(WrongUsage):
            read_implications(wrong, "i.csv")
