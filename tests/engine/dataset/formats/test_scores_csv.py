"""Scores as CSV text."""

from __future__ import annotations

import csv
import io

import pytest

from engine.captions.viewing.scores import FULL_SCALE, TagScore, to_u16
from engine.dataset.formats.scores_csv import HEADER, ScoreRow, lines, read
from engine.errors import Unreadable


def rows(raw: bytes) -> list[ScoreRow]:
    """Read a file's bytes."""
    text = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", errors="surrogateescape", newline="")
    return list(read(text, "s.csv"))


def test_every_stored_score_comes_back_exactly() -> None:
    """Five decimals tell all 65,536 scores apart."""
    scores = [TagScore("t", stored / FULL_SCALE, "general") for stored in range(FULL_SCALE + 1)]
    written = HEADER + lines(b"a.png", scores)
    assert [to_u16(row.score) for row in rows(written)] == list(range(FULL_SCALE + 1))
    assert {len(line) for line in written.splitlines()[1:]} == {len("a.png,t,general,0.12345")}


@pytest.mark.parametrize(
    "image",
    [b"a.png", b'a, "b"\n.png', b"a\r.png", b"a\r\n.png", b"caf\xe9.png", "é☺.png".encode(), b" a .png", b"'=1.png"],
)
@pytest.mark.parametrize("tag", ["long_hair", "a,b", '"', '""a"', "two\nlines", "a\rb", " a ", "^_^", "é", "\\(x\\)"])
def test_odd_names_come_back(image: bytes, tag: str) -> None:
    """Names of images and tags survive whatever signs they hold; images also bytes that are no text."""
    written = HEADER + lines(image, [TagScore(tag, 0.5, "a, b"), TagScore("x", 0.25, "rating")])
    assert rows(written) == [ScoreRow(image, tag, "a, b", 0.5), ScoreRow(image, "x", "rating", 0.25)]


def test_others_can_read_it() -> None:
    """What is written is what Python's own reader of CSV expects."""
    written = HEADER + lines(b'a, "b"\n.png', [TagScore("x,y", 0.5, "general")])
    assert list(csv.reader(io.StringIO(written.decode(), newline=""))) == [
        ["image", "tag", "category", "score"],
        ['a, "b"\n.png', "x,y", "general", "0.50000"],
    ]


def test_columns_go_by_their_names() -> None:
    """Columns stand in any order and case, others are passed over, so are a BOM, empty lines and line ends of Windows."""
    written = b"\xef\xbb\xbfScore,model, TAG ,note,image\r\n0.5,m,cat,,a.png\r\n\r\n1e-05,m,dog,,b.png\r\n"
    assert rows(written) == [ScoreRow(b"a.png", "cat", "general", 0.5), ScoreRow(b"b.png", "dog", "general", 1e-05)]
    assert rows(b"image,tag,category,score\na.png,cat,,1\n") == [ScoreRow(b"a.png", "cat", "general", 1.0)]
    assert rows(HEADER) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"a.png,cat,general,85%", "the score `85%` is no number from 0 to 1"),
        (b"a.png,cat,general,85", "the score `85` is"),
        (b"a.png,cat,general,-0.01", "the score `-0.01` is"),
        (b"a.png,cat,general,nan", "the score `nan` is"),
        (b"a.png,cat,general,inf", "the score `inf` is"),
        (b"a.png,cat,general,0_1", "the score `0_1` is"),
        (b'a.png,cat,general,"0,5"', "the score `0,5` is"),
        (b"a.png,cat,general,", "the score `` is"),
        (b"a.png,cat,general," + b"9" * 1000, f"the score `{'9' * 40}` is"),
        (b"a.png,,general,0.5", "the tag is empty"),
        (b"a.png, ,general,0.5", "the tag is empty"),
        (b"a.png,caf\xe9,general,0.5", "the tag is not UTF-8"),
        (b"a.png,cat,caf\xe9,0.5", "the category is not UTF-8"),
        (b",cat,general,0.5", "it names no image"),
        (b"a,b.png,cat,general,0.5", "it has 5 values, the first line names 4 columns"),
        (b"a.png,cat,0.5", "it has 3 values"),
        (b'"a.png,cat,general,0.5', "unexpected end of data"),
        (b'"a" b.png,cat,general,0.5', "expected after"),
        (b"a.png," + b"x" * 200_000 + b",general,0.5", "field larger than"),
    ],
)
def test_a_wrong_line_is_named(line: bytes, why: str) -> None:
    """What is wrong is said with the number of the line on which it begins, counted as an editor does."""
    with pytest.raises(Unreadable) as refused:
        rows(HEADER + b'"two\nlines.png",cat,general,0.5\n\n' + line + b"\n")
    assert refused.value.message.startswith("s.csv, line 5: ")
    assert why in refused.value.message
    assert "nothing was stored" in refused.value.hint


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "s.csv is empty"),
        (b"image,tag,category\n", "s.csv has no column `score`"),
        (b"image;tag;category;score\n", "s.csv has no column `image`"),
        ("image,tag,score\n".encode("utf-16"), "s.csv has no column `image`"),
        (b"\x89PNG\r\n\x1a\n\0\0", "s.csv has no column `image`"),
        (b"image,tag,tag,score\n", "s.csv has two columns `tag`"),
    ],
)
def test_a_file_of_another_kind_is_refused(raw: bytes, why: str) -> None:
    """A file without the needed columns is refused with what its first line should be."""
    with pytest.raises(Unreadable) as refused:
        rows(raw)
    assert refused.value.message == why
    assert refused.value.hint
