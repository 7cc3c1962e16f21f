"""A tagger's labels: which tag each output is the score of, and which tags follow from others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.captions.viewing.scores import LabelTable
from engine.errors import Unreadable
from engine.models.label_files import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from engine.models.label_files import Row
    from engine.models.tagger import LabelFile

RATING = "rating"
"""The category of which the best is always kept."""


NOBODYS = -1


class Labels(NamedTuple):
    """The tags, and how they come from the outputs."""

    table: LabelTable
    """Every tag once in its category: those of the file in its order, then those that only follow."""
    of_output: tuple[int, ...]
    """For each output the tag it is the score of; 0, 1, 2, ... unless the file has a tag twice, and -1 where it has none."""
    following: tuple[tuple[int, int], ...]
    """(output, tag): the tag's score is at least that output's."""
    file: Path
    """Where they were read, for messages."""


def read_labels(file: Path, described: LabelFile) -> Labels:
    """Read a label file as a catalogue entry describes it.

    A tag that is there twice in one category is one tag, with the better of the two scores. A category that the
    entry's `categories` lacks is an error; where an entry maps none, the file's own word holds, and `general` where it
    has no word.

    Raises:
        Unreadable: It is not what the entry describes; names file and place.
    """
    places: dict[tuple[str, str], int] = {}
    rows = read_rows(file, described)
    of_output = tuple(
        places.setdefault(_tag(row, file, described), len(places)) if row.name else NOBODYS for row in rows
    )
    following = tuple(
        (output, places.setdefault((name, described.derived_category), len(places)))
        for output, row in enumerate(rows)
        for name in row.follows
    )
    names, categories = zip(*places, strict=True)
    return Labels(LabelTable(names, categories), of_output, following, file)


def check_count(outputs: int, labels: Labels, spare: int = 0) -> None:
    """Make sure that labels and outputs belong together.

    Args:
        outputs: How many scores the model gives for a picture.
        labels: What the label file names.
        spare: So many outputs after the last label may be there.

    Raises:
        Unreadable: They do not.
    """
    named = len(labels.of_output)
    if outputs not in {named, named + spare}:
        raise Unreadable(
            f"the model has {outputs} outputs, but {labels.file} has {named} labels",
            "get model and labels of the same version",
        )


def _tag(row: Row, file: Path, described: LabelFile) -> tuple[str, str]:
    """Return the tag's name and our word for its category."""
    for prefix, category in described.category_prefixes.items():
        if row.name.startswith(prefix) and row.name != prefix:
            return row.name[len(prefix) :], category
    if not described.categories:
        return row.name, row.category.lower() or "general"
    if row.category not in described.categories:
        raise Unreadable(
            f"{file}: {row.place}: the category {row.category!r} of {row.name} is not known",
            "add it to [labels] categories in the model's catalogue entry",
        )
    return row.name, described.categories[row.category]
