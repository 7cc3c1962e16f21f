"""What an edit changed in a caption, in a few words: tags that went and came, or the text around the first difference."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine.captions.caption import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN_CHARACTERS = 40
"""Of a caption or a tag."""
SHOWN_TAGS = 6
"""The others are counted."""
LEAD = 12
"""Characters before the first difference that are shown."""


def edit_words(before: bytes | None, after: bytes | None, separator: str) -> list[str]:
    """Return what changed, each part in one line.

    Args:
        before: The caption's bytes; None where there was no file.
        after: The same afterwards.
        separator: Between tags, one character.
    """
    if before is not None and after is not None and (tags := list(_tag_changes(before, after, separator))):
        more = len(tags) - SHOWN_TAGS
        return [*tags[:SHOWN_TAGS], f"and {more} more"] if more > 0 else tags
    old, new = _in_one_line(before), _in_one_line(after)
    if old == new and old is not None:
        return [f"{_window(old, 0)} (white space)"]
    at = _first_difference(old or "", new or "")
    return [f"{_window(old, at)} → {_window(new, at)}"]


def _tag_changes(before: bytes, after: bytes, separator: str) -> Iterator[str]:
    """Yield the tags that went, then those that came, where a caption was and is tags alone."""
    old, new = parse(before, separator), parse(after, separator)
    if old.prose is not None or new.prose is not None:
        return
    had, has = ([tag.text for tag in caption.tags] for caption in (old, new))
    for mark, some, others in (("-", had, has), ("+", has, had)):
        for tag, times in (Counter(some) - Counter(others)).items():
            yield from [f"{mark}{_cut(tag, 0)}"] * times


def _first_difference(old: str, new: str) -> int:
    differing = (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    return next(differing, min(len(old), len(new)))


def _in_one_line(raw: bytes | None) -> str | None:
    return None if raw is None else " ".join(raw.decode(errors="surrogateescape").split())


def _window(text: str | None, at: int) -> str:
    """Return a caption around a place in quotes; a dash where there is no file."""
    return "–" if text is None else f'"{_cut(text, 0 if at < SHOWN_CHARACTERS - LEAD else at - LEAD)}"'


def _cut(text: str, start: int) -> str:
    end = start + SHOWN_CHARACTERS
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
