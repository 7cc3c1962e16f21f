"""The vocabularies a person has: lists of their own, and the labels of the taggers whose files are here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from engine.captions.known.tag_index import Known, TagList
from engine.captions.known.vocabulary import KnownIndex, count_tags
from engine.captions.known.vocabulary_csv import read_known_tags
from engine.dataset.images import caption_key
from engine.errors import CutlineError
from engine.models import registry, weights
from engine.models.labels import read_labels
from engine.paths import config_dir

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from engine.dataset.caption_files import CaptionFiles

FOLDER = "vocabularies"
"""Of the config folder: its .csv files are read without being named in the settings."""
LARGEST_BYTES = 256 << 20
"""Some fifty times the longest list that people pass round; a larger file is not one."""


def load_known(files: Sequence[str], separator: str = ",") -> tuple[KnownIndex, tuple[str, ...]]:
    """Read all lists and label files; blocks for a second where there are hundreds of thousands of tags.

    Args:
        files: CSV files named in the settings; relative ones lie in the config folder.
        separator: What stands between tags in captions.

    Returns:
        What they know, and what could not be read, one raw line each.
    """
    problems: list[str] = []
    sources = [*_lists(files, separator, problems), *_labels(problems)]
    return KnownIndex(sources), tuple(problems)


def count_own(
    files: CaptionFiles, images: Iterable[bytes], extension: str, separator: str, stop: Callable[[], bool]
) -> Counter[str]:
    """Count the tags in a dataset's captions; blocks for a second for each 20,000 of them.

    Args:
        files: The dataset's captions.
        images: Keys of its images.
        extension: What a caption file ends in.
        separator: What stands between tags.
        stop: Asked at each image; where it says yes, the rest is not counted.
    """
    keys = dict.fromkeys(caption_key(image, extension) for image in images)
    return count_tags(files.read_many(key for key in keys if not stop()), separator)


def _lists(files: Sequence[str], separator: str, problems: list[str]) -> Iterator[TagList]:
    named = [config_dir() / os.path.expanduser(file) for file in files]  # noqa: PTH111  (a user nobody knows is no error)
    for file in dict.fromkeys([*named, *sorted((config_dir() / FOLDER).glob("*.csv"))]):
        try:
            raw = _read(file)
        except OSError as error:
            problems.append(f"the vocabulary {file} cannot be read: {error.strerror}")
            continue
        found = read_known_tags(raw, separator)
        if found.broken:
            first = found.first_broken
            lines = f"line {first}" if found.broken == 1 else f"{found.broken:,} lines, the first is {first}"
            problems.append(f"{file.name}: left out {lines}: no name,category,count")
        yield found.tags


def _read(file: Path) -> bytes:
    """Read a list.

    Raises:
        OSError: It is not there, may not be read, or could be read for ever: a device, a pipe.
    """
    if not file.is_file():
        raise OSError(0, "it is no plain file" if file.exists() else "there is no such file")
    if file.stat().st_size > LARGEST_BYTES:
        raise OSError(0, f"it is larger than {LARGEST_BYTES >> 20} MiB")
    return file.read_bytes()


def _labels(problems: list[str]) -> Iterator[TagList]:
    try:
        entries, _ = registry.entries_and_faults()  # faults are told by whatever needs the model
    except CutlineError as fault:
        problems.append(str(fault))
        return
    for entry in entries:
        if entry.labels is None:
            continue
        try:
            file = weights.places(entry).get("labels")
            table = read_labels(file, entry.labels).table if file is not None else None
        except (CutlineError, OSError) as fault:
            problems.append(f"the labels of {entry.name} are no vocabulary: {fault}")
            continue
        if table is not None:
            yield _as_list(zip(table.names, table.categories, strict=True))


def _as_list(labels: Iterable[tuple[str, str]]) -> TagList:
    tags = TagList()
    for name, category in labels:
        if name.isprintable():
            tags.add(Known(name, category, 0))
    return tags
