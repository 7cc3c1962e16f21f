"""The tags that are known while somebody types: those of this dataset, and those of lists and taggers.

What is typed is completed by its beginning, by the beginning of a later word, or by an alias, which completes to its tag.
The dataset's own tags come first in each of these, and everything is spelled as the dataset spells its tags.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import parse
from engine.captions.known.suggestion import Suggestion
from engine.captions.known.tag_fuzzy import Letters
from engine.captions.known.tag_index import Hit, Known, TagIndex, TagList, keys_of
from engine.captions.viewing.spelling import KAOMOJI, spelled
from engine.captions.weights import split_weight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


class Style(NamedTuple):
    """How a dataset writes its tags."""

    underscores: bool
    """`long_hair`, not `long hair`."""
    escapes: bool
    r"""`saber \\(fate\\)`, not `saber (fate)`."""


class Vocabulary:
    """Known tags, ready to be searched; it never changes, so any thread may ask."""

    def __init__(self, own: Mapping[str, int], known: KnownIndex | None = None) -> None:
        """Arrange the dataset's tags.

        Args:
            own: How often each tag stands in the dataset, as written there without weights; see `count_tags`.
            known: What lists and taggers know; None for nothing.
        """
        self._style = style_of(own)
        self._known = known or KnownIndex(())
        spellings: dict[str, Known] = {}
        for (name, count), key in sorted(zip(own.items(), keys_of([*own]), strict=True), key=_by_count):
            first = spellings.get(key)
            spellings[key] = Known(first.name, "", count + first.count) if first else Known(name, "", count)
        tags = TagList()
        for tag in spellings.values():
            tags.add(tag)
        self._own = TagIndex(tags, [*spellings])
        self._own_letters = Letters(self._own)

    def __len__(self) -> int:
        return len(self._own) + len(self._known.tags)

    @property
    def memory_bytes(self) -> int:
        """How much memory it takes, about."""
        parts = (self._own, self._own_letters, self._known.tags, self._known.letters)
        return sum(part.memory_bytes for part in parts)

    def complete(self, typed: str, limit: int = 12) -> list[Suggestion]:
        """Return the tags of which what is typed begins the name, then a later word, then an alias.

        Args:
            typed: What stands before the cursor, spelled in any way; of nothing the most frequent tags are returned.
            limit: How many at most.
        """
        wanted = _normal(typed)
        own = self._own.beginning(wanted, limit)
        known = self._known.tags.beginning(wanted, limit + len(own))
        ranked = [((hit.kind, 0, hit.place), self._own_one(hit)) for hit in own]
        ranked += [((hit.kind, 1, hit.place), self._known_one(hit)) for hit in known]
        return _each_once(ranked, limit)

    def fuzzy(self, typed: str, limit: int = 12, stop: Callable[[], bool] = lambda: False) -> list[Suggestion]:
        """Return the tags that nearly fit: misspelt, or with letters left out; meant for a thread.

        Args:
            typed: What stands before the cursor.
            limit: How many at most.
            stop: Asked now and then; where it says yes, what was found so far is returned.
        """
        wanted = _normal(typed)
        ranked = []
        for layer, index, letters in (
            (0, self._own, self._own_letters),
            (1, self._known.tags, self._known.letters),
        ):
            for near in letters.near(wanted, limit, stop):
                hit = index.hit(near.entry)
                one = self._known_one(hit) if layer else self._own_one(hit)
                ranked.append(((near.cost, hit.kind, layer, hit.place), one))
        return _each_once(ranked, limit)

    def _own_one(self, hit: Hit) -> Suggestion:
        own = self._own.known(hit.place)
        (key,) = keys_of([own.name])
        place = self._known.tags.find(key)
        category = "" if place is None else self._known.tags.known(place).category
        return Suggestion(own.name, category, own.count, hit.alias, "dataset")

    def _known_one(self, hit: Hit) -> Suggestion:
        known = self._known.tags.known(hit.place)
        (key,) = keys_of([known.name])
        place = self._own.find(key)
        if place is not None:
            own = self._own.known(place)
            return Suggestion(own.name, known.category, own.count, hit.alias, "dataset")
        return Suggestion(self.written(known.name), known.category, known.count, hit.alias, "list")

    def written(self, name: str) -> str:
        """Return a tag of a list as the dataset would write it."""
        if self._style.underscores:
            name = name.replace(" ", "_")
        return spelled(name, "keep" if self._style.underscores else "spaces", escape=self._style.escapes)


class KnownIndex:
    """What lists and taggers know, joined by key: the first one's spelling, the highest count, all aliases."""

    def __init__(self, sources: Iterable[TagList]) -> None:
        """Join and arrange the sources, the most trusted one first."""
        joined = TagList()
        places: dict[str, int] = {}
        for source in sources:
            keys = keys_of(source.names)
            if not places and len(source) == len(set(keys)):  # a single list, most often, and a large one
                joined, places = source, dict(zip(keys, range(len(keys)), strict=True))
                continue
            for at, key in enumerate(keys):
                _join(joined, places.setdefault(key, len(joined)), source, at)
        self.tags = TagIndex(joined, [*places])
        self.letters = Letters(self.tags)


def count_tags(captions: Iterable[bytes | None], separator: str = ",") -> Counter[str]:
    """Count the tags of captions, without their weights.

    Args:
        captions: What each file holds; None for one that is not there.
        separator: What stands between tags.
    """
    found: Counter[str] = Counter()
    for raw in captions:
        if raw is not None:
            found.update(tag.text for tag in parse(raw, separator).tags)
    counts: Counter[str] = Counter()
    for text, count in found.items():
        name = split_weight(text).name
        if name and name.isprintable():  # control characters and broken bytes are nothing to write again
            counts[name] += count
    return counts


def style_of(own: Mapping[str, int]) -> Style:
    """Tell how most tags are written; spaces and bare brackets where nothing says otherwise."""
    underscores = spaces = escapes = brackets = 0
    for name, count in own.items():
        if name not in KAOMOJI:
            underscores += count * ("_" in name)
            spaces += count * (" " in name)
        escapes += count * ("\\(" in name)
        brackets += count * ("(" in name and "\\(" not in name)
    return Style(underscores > spaces, escapes > brackets)


def _normal(typed: str) -> str:
    """Return the beginning of a tag as keys are written; a space at its end stays, for it ends a word."""
    (key,) = keys_of([typed.rstrip("\\").replace("\n", " ")])
    return key.strip() + " " * (bool(key.strip()) and typed.endswith((" ", "_")))


def _by_count(tag: tuple[tuple[str, int], str]) -> int:
    return -tag[0][1]


def _join(joined: TagList, place: int, source: TagList, at: int) -> None:
    """Add one tag of a source to what is joined, at its place there."""
    if place == len(joined):
        joined.add(Known(source.names[at], source.categories[at], source.counts[at]), source.aliases[at])
        return
    joined.categories[place] = joined.categories[place] or source.categories[at]
    joined.counts[place] = max(joined.counts[place], source.counts[at])
    joined.aliases[place] = ",".join(filter(None, (joined.aliases[place], source.aliases[at])))


def _each_once(ranked: Sequence[tuple[tuple[int, ...], Suggestion]], limit: int) -> list[Suggestion]:
    """Return the best suggestions, each tag once."""
    best: dict[str, Suggestion] = {}
    for _, suggestion in sorted(ranked, key=lambda one: one[0]):
        best.setdefault(suggestion.tag, suggestion)
    return [*best.values()][:limit]
