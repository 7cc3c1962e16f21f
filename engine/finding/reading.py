"""One caption as the index wants it: quickly, and with the same tags as the exact reading gives."""

from __future__ import annotations

from typing import NamedTuple

from engine.captions.caption import BOM, parse, tag_key
from engine.captions.prose import FENCE, prose_start
from engine.captions.weights import name_key

_WEIGHTS = frozenset("([{<")
"""What a weight begins with."""


class Read(NamedTuple):
    """What the index keeps of a caption."""

    text: str
    """The whole file without its BOM."""
    tags: tuple[str, ...]
    """The key of each tag without its weight, in order."""
    prose: str
    """What is prose; empty where there is none."""
    written: tuple[str, ...]
    """Each tag as it is written, same order."""


def read_caption(raw: bytes | None, separator: str) -> Read:
    """Read a caption file; most are tags alone, which takes a quarter of the time that their places take."""
    if raw is None:
        return Read("", (), "", ())
    text = raw.removeprefix(BOM).decode("utf-8", "surrogateescape")
    if (
        b"\0" in raw
    ):  # UTF-16, or no text at all: what stands between its commas are no tags, and no edit could reach them
        return Read(text, (), "", ())
    if FENCE in text or text.rstrip().endswith(".") or prose_start(text, separator) is not None:
        caption = parse(raw, separator)
        prose = caption.text[slice(*caption.prose)] if caption.prose else ""
        written = tuple(tag.text for tag in caption.tags)
        return Read(caption.text, _keys(text, written), prose, written)
    written = tuple(tag for line in text.split("\n") for piece in line.split(separator) if (tag := piece.strip()))
    return Read(text, _keys(text, written), "", written)


def _keys(text: str, written: tuple[str, ...]) -> tuple[str, ...]:
    """Return what makes each tag the same in any spelling and weight; most captions hold no weight at all."""
    return tuple(map(name_key if _WEIGHTS.intersection(text) else tag_key, written))
