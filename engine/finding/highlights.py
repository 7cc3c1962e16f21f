"""Where in a caption the words of a filter stand, for a screen to mark them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.caption import parse, tag_key
from engine.finding.language.globs import tag_glob, text_glob
from engine.finding.language.query import Text, leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.finding.language import Query
    from engine.finding.language.globs import Glob


class Highlights:
    """What a filter looks for in captions: its text and its tags, but for what it looks for the absence of."""

    def __init__(self, query: Query | None, separator: str = ",") -> None:
        """Take a filter apart.

        Args:
            query: None marks nothing.
            separator: Between tags.
        """
        texts = (
            [leaf for leaf, negated in leaves(query.node) if isinstance(leaf, Text) and not negated] if query else []
        )
        self._texts = [text_glob(leaf.pattern) for leaf in texts if leaf.name in ("", "caption")]
        self._tags = [tag_glob(leaf.pattern) for leaf in texts if leaf.name in ("tag", "proposed")]
        self._names = [text_glob(leaf.pattern) for leaf in texts if leaf.name in ("", "name")]
        self._separator = separator

    def __bool__(self) -> bool:
        """Say whether anything can be marked at all."""
        return bool(self._texts or self._tags or self._names)

    def spans(self, caption_text: str) -> list[tuple[int, int]]:
        """Return the stretches to be marked, in order; none overlaps or touches another.

        Args:
            caption_text: As `Caption.text` has it.
        """
        found = _found(self._texts, caption_text)
        if self._tags:
            tags = parse(caption_text.encode("utf-8", "surrogateescape"), self._separator).tags
            found += [
                (tag.start, tag.end) for tag in tags if any(glob.is_all_of(tag_key(tag.text)) for glob in self._tags)
            ]
        return _joined(found)

    def in_name(self, name: str) -> list[tuple[int, int]]:
        """Return the stretches of a file's name to be marked, as `spans` does for captions."""
        return _joined(_found(self._names, name))

    def has_tag(self, tag: str) -> bool:
        """Say whether one tag is looked for, by its whole or by a part."""
        key, text = tag_key(tag), tag.casefold()
        return any(glob.is_all_of(key) for glob in self._tags) or any(glob.is_in(text) for glob in self._texts)


def _found(globs: Sequence[Glob], text: str) -> list[tuple[int, int]]:
    """Return where a text has what is looked for."""
    if not globs:
        return []
    folded, places = _folded(text)
    return [(places[begin], places[end - 1] + 1) for glob in globs for begin, end in glob.find_all(folded)]


def _folded(text: str) -> tuple[str, range | list[int]]:
    """Return a text with small and capital letters the same, and for each character of it where it comes from."""
    whole = text.casefold()
    if len(whole) == len(text):
        return whole, range(len(text))
    pieces = [sign.casefold() for sign in text]
    return "".join(pieces), [at for at, piece in enumerate(pieces) for _ in piece]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
