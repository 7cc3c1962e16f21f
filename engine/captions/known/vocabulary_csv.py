"""Lists of known tags in the CSV form of the A1111 tag completion: `name,category,count,"alias,alias"`.

A header may be there or not, and a line may end after any field. Danbooru and e621 number their categories differently;
which numbers a file has is told by the greatest one.
"""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

from engine.captions.known.tag_index import TagList

_DANBOORU = {0: "general", 1: "artist", 3: "copyright", 4: "character", 5: "meta"}
_E621 = {0: "general", 1: "artist", 2: "contributor", 3: "copyright", 4: "character", 5: "species", 6: "invalid",
         7: "meta", 8: "lore"}  # fmt: skip
_MERGED_OFFSET = 7
"""In a list that joins both, e621's numbers are moved up by this."""
_FIELDS = 4
_MOST_DIGITS = 18
"""Of a count; more are none."""
_LONGEST_LINE = 100_000
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?\d{1,9}\Z", re.ASCII)
_NO_NAMES = frozenset({"", " "})
_HEADERS = frozenset({"name", "tag"})


class KnownTags(NamedTuple):
    """What such a file holds."""

    tags: TagList
    """In the order of the file."""
    broken: int
    """How many lines could not be read."""
    first_broken: int
    """The first of them, from 1; 0 where there is none."""


def read_known_tags(raw: bytes, separator: str = ",") -> KnownTags:
    """Read a list of known tags; a line that is no tag is counted, and harms no other.

    Args:
        raw: What the file holds; UTF-8 with a byte order mark or without, any line ends.
        separator: What stands between tags in captions; a name that holds it can be none.
    """
    lines = raw.decode("utf-8-sig", "surrogateescape").splitlines()
    good = [at for at, line in enumerate(lines) if len(line) <= _LONGEST_LINE and not line.count('"') % 2]
    broken = sorted(set(range(len(lines))).difference(good)) if len(good) < len(lines) else []
    if good and _is_header(lines[good[0]]):
        del good[0]
    is_clean = _is_utf8(raw)
    found = TagList()
    reader = csv.reader(lines[at] for at in good)
    for row in reader:
        name, category, count, aliases = row if len(row) == _FIELDS else [*row, "", "", "", ""][:_FIELDS]
        is_count = not count or (count.isdecimal() and len(count) <= _MOST_DIGITS)
        is_sound = name not in _NO_NAMES and separator not in name and is_count
        if is_sound and (is_clean or not _HALF_CHARACTER.search("".join(row))):
            found.names.append(name)
            found.categories.append(category)
            found.counts.append(int(count or 0))
            found.aliases.append(aliases)
        elif "".join(row).strip():
            broken.append(good[reader.line_num - 1])
    words = _categories(set(found.categories))
    found.categories = [words[category] for category in found.categories]
    return KnownTags(found, len(broken), 1 + min(broken, default=-1))


def _is_header(line: str) -> bool:
    name, category, *_ = [*next(csv.reader([line]), []), "", ""]
    return name.strip().casefold() in _HEADERS and not _is_number(category)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_number(text: str) -> bool:
    return _NUMBER.match(text.strip()) is not None


def _categories(written: set[str]) -> dict[str, str]:
    """Return our word for each category as it is written: a number, or a word already."""
    numbers = {text: int(text) for text in written if _is_number(text)}
    greatest = max(numbers.values(), default=0)
    merged = {number + _MERGED_OFFSET: word for number, word in _E621.items()} | _DANBOORU
    meanings = merged if greatest > max(_E621) else _E621 if greatest > max(_DANBOORU) else _DANBOORU
    return {text: meanings.get(numbers[text], "") if text in numbers else text.strip().casefold() for text in written}
