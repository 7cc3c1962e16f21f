"""What taggers' label files say, row by row: csv with a header, plain lines, and two kinds of JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.errors import Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from engine.models.tagger import LabelFile

MOST_NAMELESS = 3
"""So many rows may have no tag (a published file of PixAI's has one): their outputs are nobody's."""
_AGAIN = "get the label file of this very model again, or correct [labels] in its catalogue entry"


class Row(NamedTuple):
    """One output of the model, as the file has it."""

    name: str
    """Empty for an output that nobody can name."""
    category: str
    """The file's word or number for it; empty where it says nothing."""
    follows: tuple[str, ...]
    """Tags that follow from this one."""
    place: str
    """Where it stands, for messages: `line 7`, `label 6`."""


def read_rows(file: Path, described: LabelFile) -> list[Row]:
    """Read a label file; the order of its rows is that of the model's outputs.

    A byte order mark, blank lines, quotes, and commas inside quotes are all taken.

    Raises:
        Unreadable: It is not what the entry describes; names file and place.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror}", "give permission to read it") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{file} is not UTF-8 text", _AGAIN) from error
    if described.reader == "csv":
        rows = _csv(text, file, described)
    elif described.reader == "lines":
        lines = enumerate(text.splitlines(), start=1)
        rows = [Row(line.strip(), "", (), f"line {number}") for number, line in lines if line.strip()]
    else:
        rows = (_camie if described.reader == "camie" else _cl)(_json(text, file), file)
    nameless = [row.place for row in rows if not row.name]
    if len(nameless) == len(rows):
        raise Unreadable(f"{file} has no labels", _AGAIN)
    if len(nameless) > MOST_NAMELESS:
        raise Unreadable(f"{file}: {nameless[0]} has no tag, and {len(nameless) - 1} others have none", _AGAIN)
    return rows


def _csv(text: str, file: Path, described: LabelFile) -> list[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    wanted = [column for column in (described.name, described.category, described.derived) if column]
    try:
        header = reader.fieldnames or []
        for column in wanted:
            if column not in header:
                raise Unreadable(f"{file} has no column {column}, only {', '.join(header) or 'nothing'}", _AGAIN)
        rows = []
        for cells in reader:
            place = f"line {reader.line_num}"
            if any(cells[column] is None for column in wanted):
                raise Unreadable(f"{file}: {place} has too few columns", _AGAIN)
            category = cells[described.category].strip() if described.category else ""
            follows = _list(cells[described.derived], file, place) if described.derived else ()
            rows.append(Row(cells[described.name].strip(), category, follows, place))
    except csv.Error as error:
        raise Unreadable(f"{file}: line {reader.line_num}: {error}", _AGAIN) from error
    return rows


def _list(cell: str, file: Path, place: str) -> tuple[str, ...]:
    """Read a cell that holds a JSON list of tags; an empty one holds none."""
    try:
        names = json.loads(cell) if cell.strip() else []
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise Unreadable(f"{file}: {place}: {cell[:60]!r} is no JSON list of tags", _AGAIN)
    return tuple(names)


def _json(text: str, file: Path) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{file} is not JSON: {error}", _AGAIN) from error


def _camie(said: Any, file: Path) -> list[Row]:
    """Read `idx_to_tag` and `tag_to_category`, at the top (version 1) or nested in other tables (version 2)."""
    tables, left = None, [said]
    while left and tables is None:
        table = left.pop()
        if isinstance(table, dict):
            tags, categories = table.get("idx_to_tag"), table.get("tag_to_category")
            tables = (tags, categories) if isinstance(tags, dict | list) and isinstance(categories, dict) else None
            left.extend(table.values())
    if tables is None:
        raise Unreadable(f"{file} has no tables idx_to_tag and tag_to_category", _AGAIN)
    tags, categories = tables
    names = _in_order(tags if isinstance(tags, dict) else dict(enumerate(tags)), file)
    return [Row(_text(name), _text(categories.get(name, "")), (), place) for name, place in names]


def _cl(said: Any, file: Path) -> list[Row]:
    """Read a table of index → `{tag, category}`."""
    rows = []
    for label, place in _in_order(said if isinstance(said, dict) else {}, file):
        if not isinstance(label, dict):
            raise Unreadable(f"{file}: {place} is no table of tag and category", _AGAIN)
        rows.append(Row(_text(label.get("tag")), _text(label.get("category")), (), place))
    return rows


def _in_order(table: dict[Any, Any], file: Path) -> list[tuple[Any, str]]:
    """Return values and places of a table whose keys are 0, 1, 2, ..., written in any order."""
    try:
        numbered = {int(key): value for key, value in table.items()}
    except ValueError as error:
        raise Unreadable(f"{file} has a label whose key is no number", _AGAIN) from error
    for index in range(len(table)):
        if index not in numbered:
            raise Unreadable(f"{file} has {len(table)} labels, but none with the number {index}", _AGAIN)
    return [(numbered[index], f"label {index}") for index in range(len(table))]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
