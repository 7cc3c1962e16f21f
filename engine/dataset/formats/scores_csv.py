r"""Scores as CSV: a line that names the columns, then a line for each tag of each image.

    image,tag,category,score
    10_cat/1.png,long_hair,general,0.91234

Written in UTF-8 with commas and `\n`; a value with a comma, a quote or a line end stands in quotes, a quote in it is
doubled (RFC 4180). An image's name that is not UTF-8 stands there with the bytes it has. Five decimals are enough for
a score to come back as exactly the 16 bits it is stored in.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.captions.viewing.scores import TagScore

HEADER = b"image,tag,category,score\n"
NEEDED = ("image", "tag", "score")
CATEGORY = "category"
DEFAULT_CATEGORY = "general"
"""Where the file has no such column, or nothing in it."""
SHOWN_CHARACTERS = 40
"""Of a value that is wrong, in an error."""
_NEEDS_QUOTES = re.compile(r'[",\r\n]')


class ScoreRow(NamedTuple):
    """One line of the file, checked."""

    image: bytes
    """As the file names it; not empty."""
    tag: str
    """As the file spells it; not blank."""
    category: str
    score: float
    """From 0 to 1."""


def lines(image: bytes, scores: Iterable[TagScore]) -> bytes:
    """Write what is said of one image, a line a tag, in the order given.

    Args:
        image: Path relative to the dataset's folder.
        scores: Its tags.
    """
    name = _quoted(image.decode(errors="surrogateescape"))
    text = "".join(f"{name},{_quoted(tag)},{_quoted(category)},{score:.5f}\n" for tag, score, category in scores)
    return text.encode(errors="surrogateescape")


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(value) else value


def read(text: Iterable[str], file: str) -> Iterator[ScoreRow]:
    """Read and check a file; columns may stand in any order, and others than ours are passed over.

    Args:
        text: Its lines with their ends as they are, bytes that are not UTF-8 as lone surrogates, without a BOM.
        file: What to call it in an error.

    Raises:
        Unreadable: It is no such file, or a line of it is wrong; says which and why.
    """
    reader = csv.reader(text, strict=True)
    line = 1
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        (image, tag, score), category = _columns(header, file)
        line = reader.line_num + 1
        for values in reader:
            if len(values) == len(header):
                named = (values[category] if category is not None else "") or DEFAULT_CATEGORY
                try:
                    yield ScoreRow(
                        _image(values[image]), _text(values[tag], "tag"), _text(named, CATEGORY), _score(values[score])
                    )
                except ValueError as wrong:
                    raise _wrong_line(file, line, str(wrong)) from None
            elif values:  # not an empty line
                raise _wrong_line(
                    file, line, f"it has {len(values)} values, the first line names {len(header)} columns"
                )
            line = reader.line_num + 1
    except csv.Error as wrong:
        raise _wrong_line(file, line, str(wrong)) from wrong


def _columns(header: Sequence[str], file: str) -> tuple[list[int], int | None]:
    """Say where the columns are: those in `NEEDED`, and that of the category."""
    if not header:
        raise Unreadable(f"{file} is empty", f"its first line names the columns: {HEADER.decode().strip()}")
    for name in (*NEEDED, CATEGORY):
        if name in NEEDED and name not in header:
            hint = f"its first line names the columns, in UTF-8 and with commas: {HEADER.decode().strip()}"
            raise Unreadable(f"{file} has no column `{name}`", hint)
        if header.count(name) > 1:
            raise Unreadable(f"{file} has two columns `{name}`", "leave one of them, or give the other another name")
    return [header.index(name) for name in NEEDED], header.index(CATEGORY) if CATEGORY in header else None


def _image(name: str) -> bytes:
    if not name:
        raise ValueError("it names no image")
    return name.encode(errors="surrogateescape")


def _text(value: str, column: str) -> str:
    if not value.strip():
        raise ValueError(f"the {column} is empty")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"the {column} is not UTF-8") from None
    return value


def _score(text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = -1.0
    if 0.0 <= score <= 1.0 and "_" not in text:  # float("0_1") is 1
        return score
    raise ValueError(f"the score `{text[:SHOWN_CHARACTERS]}` is no number from 0 to 1")


def _wrong_line(file: str, line: int, why: str) -> Unreadable:
    return Unreadable(f"{file}, line {line}: {why}", "correct it and import it again; nothing was stored")
