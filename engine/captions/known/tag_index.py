"""Many tags in a few arrays, found by how they, one of their words, or one of their aliases begin.

All texts (the keys of all tags, then those of all aliases) lie in one block of UTF-8. Every place in it where somebody
may begin to type is an entry; entries are sorted by the bytes that follow, so what begins alike stands together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from engine.captions.caption import tag_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

TAG, WORD, ALIAS, ALIAS_WORD = range(4)
"""What a hit begins: the tag, a later word of it, an alias, a later word of an alias; the best first."""
SORTED_BYTES = 16
"""By so many bytes entries are sorted; what is typed beyond is compared one by one."""

_END = ord("\n")
KIND_SHIFT = 28
"""A rank holds the kind of hit in the bits from this one on, below it the place of the tag; the least is best."""
PLACE_BITS = (1 << KIND_SHIFT) - 1
_SLACK = 4
"""So many times the hits asked for are looked at first: a tag can be hit at several places."""
_IS_WORD = np.array([chr(byte).isalnum() or byte >= 0x80 for byte in range(256)])  # noqa: PLR2004  (beyond ASCII)


class Known(msgspec.Struct, frozen=True):
    """One tag that somebody knows."""

    name: str
    """As it is spelled there; no newline in it."""
    category: str
    """`general`, `character`, ...; empty where nobody says."""
    count: int
    """How often it is used there; 0 where nobody says."""


class TagList:
    """Many known tags as columns of equal length: a hundred thousand objects would keep the garbage collector busy."""

    def __init__(self) -> None:
        """Start with none."""
        self.names: list[str] = []
        self.categories: list[str] = []
        self.counts: list[int] = []
        self.aliases: list[str] = []
        """Other names that stand for a tag, by commas; empty where there are none."""

    def __len__(self) -> int:
        return len(self.names)

    def add(self, tag: Known, aliases: str = "") -> None:
        """Add one tag."""
        self.names.append(tag.name)
        self.categories.append(tag.category)
        self.counts.append(tag.count)
        self.aliases.append(aliases)


class Hit(NamedTuple):
    """One tag that fits what was typed; they sort by how well."""

    kind: int
    place: int
    """Of the tag in the index, from 0; the most frequent first."""
    alias: str
    """The alias that fits, as its key; empty where the tag itself does."""


class TagIndex:
    """The tags of one source, each key once, ordered by their counts."""

    def __init__(self, tags: TagList, keys: Sequence[str] | None = None) -> None:
        """Sort the tags.

        Args:
            tags: Of different keys; of equal counts the earlier one comes first.
            keys: Theirs; None where they are yet to be made.
        """
        counts = np.array(tags.counts, np.int64)
        order = np.argsort(-counts, kind="stable")
        places = order.tolist()
        self.counts = counts[order]
        """(tags,) how often each is used, falling."""
        numbers = {category: number for number, category in enumerate(dict.fromkeys(tags.categories))}
        self._categories = [*numbers]
        self._category_of = np.array([numbers[category] for category in tags.categories], np.int32)[order]
        self._names, self._name_starts = _packed([tags.names[place] for place in places])
        keys = keys or keys_of(tags.names)
        aliases = [tags.aliases[place] for place in places]
        others = ",".join(filter(None, aliases))
        texts = [keys[place] for place in places]
        self.block, self.text_starts = _packed(texts + keys_of(others.split(",")) if others else texts)
        self.bytes = np.frombuffer(self.block, np.uint8)
        """(bytes,) uint8: the keys of all tags, then of all aliases, a newline behind each; more newlines at the end."""
        owners = np.arange(len(places), dtype=np.int32)
        several = np.repeat(owners, [some.count(",") + 1 if some else 0 for some in aliases])
        self.owners = np.concatenate([owners, several])
        """(texts,) the place of the tag each text belongs to."""
        self.entries, self.ranks, self.text_of = self._sorted_entries()

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def memory_bytes(self) -> int:
        """How much memory it takes, about."""
        arrays = (self.counts, self._category_of, self._name_starts, self.text_starts, self.owners, self.entries,
                  self.ranks, self.text_of)  # fmt: skip
        return len(self._names) + len(self.block) + sum(array.nbytes for array in arrays)

    def known(self, place: int) -> Known:
        """Return a tag."""
        start, end = int(self._name_starts[place]), int(self._name_starts[place + 1])
        name = self._names[start : end - 1].decode("utf-8")
        return Known(name, self._categories[self._category_of[place]], int(self.counts[place]))

    def find(self, key: str) -> int | None:
        """Return the place of the tag with this key; None when there is none."""
        wanted = key.encode("utf-8", "replace") + b"\n"
        first, end = self.beginning_with(wanted)
        tags = np.flatnonzero(self.ranks[first:end] >> KIND_SHIFT == TAG) + first
        found = (at for at in tags.tolist() if self.block.startswith(wanted, int(self.entries[at])))
        return next((int(self.ranks[at]) for at in found), None)

    def beginning(self, typed: str, limit: int) -> list[Hit]:
        """Return the best hits for the beginning of a tag, word or alias; each tag once.

        Args:
            typed: As the keys are written: small letters, spaces for underscores.
            limit: How many at most.
        """
        wanted = typed.encode("utf-8", "replace")
        if not wanted:
            return [Hit(TAG, place, "") for place in range(min(limit, len(self)))]
        first, end = self.beginning_with(wanted)
        found = np.arange(first, end)
        if len(wanted) > SORTED_BYTES:
            found = np.array(
                [at for at in found.tolist() if self.block.startswith(wanted, int(self.entries[at]))], np.intp
            )
        return list(self._best(found, limit))

    def _best(self, entries: NDArray[np.intp], limit: int) -> Iterator[Hit]:
        """Yield the best of some entries, those of a tag that came already left out."""
        ranks = self.ranks[entries]
        seen: set[int] = set()
        looked_at = 0
        while len(seen) < limit and looked_at < len(ranks):
            some = min(len(ranks), max(limit, looked_at) * _SLACK)
            chosen = np.argpartition(ranks, some - 1)[:some]
            for at in chosen[np.argsort(ranks[chosen])][looked_at:].tolist():
                place = int(ranks[at]) & PLACE_BITS
                if place not in seen and len(seen) < limit:
                    seen.add(place)
                    yield self.hit(int(entries[at]))
            looked_at = some

    def hit(self, entry: int) -> Hit:
        """Return what stands at an entry."""
        kind, place = divmod(int(self.ranks[entry]), PLACE_BITS + 1)
        text = int(self.text_of[entry])
        start, end = self.text_starts[text : text + 2].tolist()
        return Hit(kind, place, self.block[start : end - 1].decode("utf-8") if kind >= ALIAS else "")

    def beginning_with(self, wanted: bytes) -> tuple[int, int]:
        """Return from where to where the entries begin with the first bytes of what is wanted."""
        head, block = wanted[:SORTED_BYTES], self.block
        length = len(head)

        def of_entry(entry: int) -> bytes:
            return block[entry : entry + length]

        first = bisect_left(self.entries, head, key=of_entry)
        return first, bisect_right(self.entries, head, first, key=of_entry)

    def _sorted_entries(self) -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]:
        """Return where each entry lies, ordered by the bytes there, how good a hit on it is, and which text it is in."""
        is_word = _IS_WORD[self.bytes]
        begins = is_word[1:] & ~is_word[:-1]
        word_starts = np.flatnonzero(begins) + 1
        texts = self.text_starts[:-1]
        text_of_word = np.searchsorted(texts, word_starts, side="right") - 1
        later = word_starts > texts[text_of_word] if len(texts) else np.empty(0, bool)
        word_starts, text_of_word = word_starts[later], text_of_word[later]
        places = np.concatenate([texts, word_starts]).astype(np.int32)
        text_of = np.concatenate([np.arange(len(texts)), text_of_word]).astype(np.int32)
        kinds = np.repeat([TAG, WORD], [len(texts), len(word_starts)]) + np.where(text_of < len(self), TAG, ALIAS)
        ranks = np.asarray((kinds << KIND_SHIFT) | self.owners[text_of], np.uint32)
        heads = np.lib.stride_tricks.sliding_window_view(self.bytes, SORTED_BYTES)[places].view(">u8")
        order = np.lexsort((heads[:, 1], heads[:, 0]))
        return places[order], ranks[order], text_of[order]


def keys_of(names: Sequence[str]) -> list[str]:
    """Return the key of each name, as `tag_key` has it: much faster for many, and past its cache.

    Args:
        names: Without newlines.
    """
    if not names:
        return []
    joined = "\n".join(names).casefold().replace("_", " ")
    keys = joined.split("\n")
    printable = joined.replace("\n", "").isprintable()  # then there is no white space but the plain one
    for place in _odd_lines(f"\n{joined}\n") if printable else range(len(keys)):
        keys[place] = tag_key.__wrapped__(names[place])
    return keys


def _odd_lines(text: str) -> Iterator[int]:
    """Yield the lines, from 0, on which a key is more than small letters and spaces for underscores.

    Args:
        text: The lines, with a newline also before the first.
    """
    for mark in ("\\", "  ", "\n ", " \n", "\n\n"):
        line, counted, at = -1, 0, text.find(mark)
        while at >= 0:
            line += text.count("\n", counted, at + 1)
            counted = at + 1
            yield line
            at = text.find(mark, at + 1)


def _packed(texts: Sequence[str]) -> tuple[bytes, NDArray[np.int32]]:
    """Return texts as one block with a newline behind each, and where they start; one start more than texts."""
    block = "\n".join([*texts, ""]).encode("utf-8", "replace")
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _END) + 1
    assert len(ends) == len(texts)
    return block + b"\n" * SORTED_BYTES, np.concatenate([[0], ends]).astype(np.int32)
