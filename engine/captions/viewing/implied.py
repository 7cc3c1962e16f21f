"""Tags that other tags say already: `long hair` beside `very long hair`, and what a table of implications names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.caption import tag_key
from engine.captions.viewing.spelling import KAOMOJI

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_KAOMOJI_KEYS = frozenset(map(tag_key, KAOMOJI))


class Implied:
    """What each tag says beside itself; worked out once a tag."""

    def __init__(self, implications: Mapping[str, Iterable[str]]) -> None:
        """Start with nothing worked out.

        Args:
            implications: Tag → tags that follow from it, in any spelling.
        """
        self._follows: dict[str, set[str]] = {}
        for tag, implied in implications.items():
            self._follows.setdefault(tag_key(tag), set()).update(map(tag_key, implied))
        self._says: dict[str, frozenset[str]] = {}

    def said_already(self, keys: Sequence[str]) -> set[str]:
        """Return the tags that others among them say; of tags that say each other, the first stays.

        Every tag returned is said by one that is not: what a dropped tag says, the one that says it does, too.

        Args:
            keys: Tags by `tag_key`, best first.
        """
        proposed = frozenset(keys)
        said: set[str] = set()
        for key in keys:
            if (self._says.get(key) or self.says(key)).isdisjoint(proposed) or key in said:
                continue
            reached, waiting = {key}, [key]
            while waiting:
                new = (self.says(waiting.pop()) & proposed) - reached
                reached |= new
                waiting += new
            said |= reached - {key}
        return said

    def says(self, key: str) -> frozenset[str]:
        """Return what one tag says: what follows from it, step by step, and the beginnings and ends of all of these."""
        says = self._says.get(key)
        if says is None:
            reached, waiting = {key}, [key]
            while waiting:
                new = self._follows.get(waiting.pop(), set()) - reached
                reached |= new
                waiting += new
            says = self._says[key] = frozenset(reached).union(*map(_parts, reached)) - {key}
        return says


def _parts(key: str) -> set[str]:
    """Return the runs of words that a tag begins or ends with, itself left out."""
    words = key.split(" ")
    if key in _KAOMOJI_KEYS:
        return set()
    return {" ".join(part) for at in range(1, len(words)) for part in (words[:at], words[at:])}
