"""Lists and tables of tags as people keep them: text, one a line, and CSV; whoever reads the file passes its text."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from engine.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DELIMITERS = ",;\t"
"""Between the fields of a CSV; which one, its header tells."""
LABEL_COLUMNS = frozenset({"", "tag_id", "id", "index", "name", "category", "count", "post_count"})
"""Columns of a label file that are never a choice of tags, whatever numbers they hold; lower case."""
CHOICE_COLUMNS = ("include", "keep", "use", "selected")
"""Which of several columns of 0 and 1 is meant."""
IMPLICATION_HEADERS = (("tag", "implied"), ("antecedent_name", "consequent_name"))
"""First lines of a file of implications: ours, and that of Danbooru's."""

_YES, _NO = frozenset({"1", "1.0", "true"}), frozenset({"0", "0.0", "false", ""})
_UNESCAPED = {mark: re.compile(rf"(?<!\\){re.escape(mark)}") for mark in ",;"}


def read_tags(text: str, file: str) -> tuple[str, ...]:
    """Read a list of tags, each once.

    One a line, where a line of `#` alone or `# ` with words is a comment; or a CSV whose header has `name`, such as
    the `selected_tags.csv` of a tagger. Where that has a column of 0 and 1 beside those of the model, the rows with 1
    are meant: the one column there is, or the one called include, keep, use or selected.

    Args:
        text: What the file holds.
        file: Its name, for messages; a name that ends in .csv and several columns ask for the header.

    Raises:
        WrongUsage: It holds no tag, or nobody can tell which column is meant.
    """
    header, rows = _table(text)
    if "name" in header and (len(header) > 1 or _is_csv(file)):
        tags = _chosen(header, rows, file)
    elif len(header) > 1 and _is_csv(file):
        raise WrongUsage(f"{file} has no column `name`", "give it a first line such as: name,include")
    else:
        lines = (line.strip() for line in text.splitlines())
        tags = [line for line in lines if line and line != "#" and not line.startswith("# ")]
    if not tags:
        raise WrongUsage(f"{file} holds no tag", "write one tag a line, or mark rows of a CSV with 1")
    return tuple(dict.fromkeys(tags))


def read_replacements(text: str, file: str) -> dict[str, str]:
    """Read a CSV of two columns, `old,new`; the header may be left out; new may be empty, or several tags in quotes.

    Raises:
        WrongUsage: A line has no second column, or there is none.
    """
    pairs: dict[str, str] = {}
    for number, row in _rows(text):
        if number == 1 and [field.casefold() for field in row[:2]] == ["old", "new"]:
            continue
        if len(row) < 2 or not row[0]:  # noqa: PLR2004  (old and new)
            raise WrongUsage(
                f"{file}: row {number} is no pair", "write old,new; with nothing after the comma to drop it"
            )
        pairs[row[0]] = ", ".join(field for field in row[1:] if field)
    if not pairs:
        raise WrongUsage(f"{file} holds no replacement", "write old,new in each line")
    return pairs


def parse_replacements(text: str) -> dict[str, str]:
    r"""Read replacements written as kohya's scripts take them: `a,b;c,d`, with `\,` and `\;` for the signs themselves.

    Raises:
        WrongUsage: A pair is none.
    """
    pairs: dict[str, str] = {}
    for pair in filter(str.strip, _UNESCAPED[";"].split(text)):
        halves = [half.replace("\\,", ",").replace("\\;", ";").strip() for half in _UNESCAPED[","].split(pair)]
        if len(halves) != 2 or not halves[0]:  # noqa: PLR2004  (old and new)
            hint = r"write old,new;old,new; a comma in a tag is \, and a semicolon \;"
            raise WrongUsage(f"`{pair}` is no replacement", hint)
        pairs[halves[0]] = halves[1]
    return pairs


def read_implications(text: str, file: str) -> dict[str, tuple[str, ...]]:
    """Read a CSV of `tag,implied`: each row adds to what follows from its tag; more columns name more.

    Raises:
        WrongUsage: A row names nothing that follows, or there is none.
    """
    found: dict[str, list[str]] = {}
    columns: list[int] = []
    for number, row in _rows(text):
        header = tuple(field.casefold() for field in row)
        if number == 1 and (places := _header_of_implications(header)):
            columns = places if len(header) > len(places) else []  # two columns: further fields name more, too
            continue
        tag, *rest = [row[place] for place in columns if place < len(row)] if columns else row
        implied = [other for field in rest for name in field.split(",") if (other := name.strip())]
        if not tag or not implied:
            raise WrongUsage(f"{file}: row {number} says nothing", "write tag,implied in each line")
        found.setdefault(tag, []).extend(implied)
    if not found:
        raise WrongUsage(f"{file} holds no implication", "write tag,implied in each line")
    return {tag: tuple(dict.fromkeys(implied)) for tag, implied in found.items()}


def _header_of_implications(header: Sequence[str]) -> list[int]:
    """Return where the two columns stand, or nothing where this is no header."""
    for names in IMPLICATION_HEADERS:
        if set(names) <= set(header):
            return [header.index(name) for name in names]
    return []


def _is_csv(file: str) -> bool:
    return file.casefold().endswith((".csv", ".tsv"))


def _chosen(header: Sequence[str], rows: Sequence[Sequence[str]], file: str) -> list[str]:
    """Return the names of the rows that are meant."""
    name = header.index("name")
    columns = [at for at, title in enumerate(header) if title not in LABEL_COLUMNS and _is_choice(rows, at)]
    if len(columns) > 1:
        called = [at for at in columns if header[at] in CHOICE_COLUMNS]
        if len(called) != 1:
            names = ", ".join(header[at] for at in columns)
            raise WrongUsage(
                f"{file} has several columns of 0 and 1: {names}", "name the one you mean `include`, and only that one"
            )
        columns = called
    meant = [row for row in rows if all(row[at].casefold() in _YES for at in columns)]
    return [row[name] for row in meant if row[name]]


def _is_choice(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Say whether a column holds 0 and 1 (empty for 0), and not only empty fields."""
    values = {row[at].casefold() for row in rows}
    return values <= _YES | _NO and values != {""}


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    """Read text as a CSV: the first line in lower case, and the other rows, each as long as the longest.

    A column without a title is called by its place, `column 5`, but the first, which is then an index.
    """
    rows = [row for _, row in _rows(text)]
    if not rows:
        return [], []
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    header = [title.casefold() or (f"column {at}" if at > 1 else "") for at, title in enumerate(rows[0], 1)]
    return header, rows[1:]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, from 1, their fields stripped; the first line shows what parts them."""
    first = next(filter(str.strip, text.splitlines()), "")
    delimiter = max(DELIMITERS, key=first.count)
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            yield number, [field.strip() for field in row]
    except csv.Error as error:
        raise WrongUsage(f"the file is no list of tags: {error}", "write one tag a line, or a CSV") from error
