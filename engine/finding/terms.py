"""What each term of a filter says of every image at once."""

from __future__ import annotations

import operator
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from engine.captions.caption import tag_key
from engine.captions.viewing.scores import FULL_SCALE
from engine.finding.columns import EMPTY
from engine.finding.language.globs import tag_glob, text_glob
from engine.finding.language.query import And, Mark, Not, Number, Or, Score, Text
from engine.finding.language.words import NUMBERS
from engine.finding.pages import PAGE
from engine.review import drafts
from engine.review.queue import leaf_test

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.finding.index import Index
    from engine.finding.language.globs import Glob
    from engine.finding.language.query import Leaf, Node
    from engine.finding.patience import Patience

    Mask = NDArray[np.bool_]

COMPARE: dict[str, Callable[..., Mask]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
ALIKE = 0.005
"""Aspects that differ by less than this share are the same: 1920x1080 and 1366x768 both have 16:9."""
AT_ONCE = 2_000
REMEMBERED = 16
"""So many patterns of tags are not worked out again."""


class Terms:
    """Answers filters from an index that was brought up to what they need."""

    def __init__(self, index: Index, patience: Patience) -> None:
        """Take the index as it is now.

        Args:
            index: Followed, with all needs of the filter.
            patience: Says when to give up.
        """
        self._index, self._patience = index, patience

    def fitting(self, node: Node) -> Mask:  # noqa: PLR0911  (a table of what there is)
        """Say of each slot whether it fits; slots without an image may say anything.

        Raises:
            GivenUp: Nobody waits.
        """
        self._patience.look()
        match node:
            case Not(part):
                return ~self.fitting(part)
            case And(parts):
                return reduce(np.logical_and, map(self.fitting, parts))
            case Or(parts):
                return reduce(np.logical_or, map(self.fitting, parts))
            case Number():
                return self._number(node)
            case Score():
                return self._score(node)
            case Mark("changed" | "draft" | "stale" as mark):
                return self._mark(mark)
            case Text(name, pattern) if name != "error":
                return self._text(name, pattern)
            case Mark() | Text():
                return self._entries(node)

    def _entries(self, *any_of: Leaf) -> Mask:
        """Ask the entries in memory."""
        tests = [leaf_test(leaf) for leaf in any_of]
        found: list[bool] = []
        for entries in self._patience.batches(self._index.rows.entries, AT_ONCE):
            found += map(tests[0], entries) if len(tests) == 1 else [any(t(entry) for t in tests) for entry in entries]
        return np.array(found, np.bool_)

    def _mark(self, name: str) -> Mask:
        """Answer the words that the entries do not know."""
        candidates = self._index.candidates
        if name == "draft":
            return self._places(self._index.rows.slots_of(drafts.images(self._index.workspace.store.db)))
        if name == "stale":
            return candidates.images_of(candidates.stale.all & (candidates.slots.all >= 0))
        changed = candidates.images_of(self._index.proposed.looked_otherwise(self._patience))
        return changed & self._entries(Mark("accepted"), Mark("rejected"))

    def _text(self, name: str, pattern: str) -> Mask:  # noqa: PLR0911  (a table of what there is)
        index, glob = self._index, text_glob(pattern)
        match name:
            case "tag":
                return index.captions.tags.having(self._tags(pattern))
            case "proposed":
                rows = index.proposed.tags.having(self._tags(pattern)) & index.candidates.open
                return index.candidates.images_of(rows)
            case "source":
                return self._source(pattern)
            case "folder":
                return index.rows.in_folders([_is_in(folder, glob) for folder in index.rows.folders])
            case "path":
                return self._places(index.rows.paths.found(glob, self._patience))
            case "caption":
                return self._places(index.captions.texts.found(glob, self._patience))
            case "name":
                return self._places(index.rows.paths.found(glob, self._patience, index.rows.names_at))
            case _:
                return self._text("caption", pattern) | self._text("name", pattern)

    def _places(self, places: list[int]) -> Mask:
        slots = len(self._index.rows)
        mask = np.zeros(slots + PAGE, np.bool_)  # the last page has room for more
        mask[places] = True
        return mask[:slots]

    def _tags(self, pattern: str) -> Mask:
        """Say of each tag's number whether it is meant; of those numbered since the last time, if it was asked then."""
        names, glob, known = self._index.names, tag_glob(pattern), self._index.meant
        before = known.pop(pattern, np.zeros(1, np.bool_))  # the first is `EMPTY`
        wanted = np.zeros(len(names), np.bool_)
        wanted[: len(before)] = before
        if glob.is_plain:
            wanted[names.get(glob.literal, EMPTY)] = True
            wanted[EMPTY] = False
        elif len(before) < len(names):
            for pairs in self._patience.batches([*islice(names.items(), len(before), None)], AT_ONCE):
                wanted[[number for name, number in pairs if glob.is_all_of(name)]] = True
        if len(known) >= REMEMBERED:
            del known[next(iter(known))]
        known[pattern] = wanted
        return wanted

    def _source(self, pattern: str) -> Mask:
        candidates = self._index.candidates
        return candidates.images_of(self._of_sources(pattern) & (candidates.slots.all >= 0))

    def _of_sources(self, pattern: str) -> Mask:
        """Say of each candidate whether its source is meant."""
        candidates, glob = self._index.candidates, text_glob(pattern)
        numbers = [number for name, number in candidates.sources.items() if glob.is_all_of(name.casefold())]
        return np.isin(candidates.source.all, numbers)

    def _score(self, term: Score) -> Mask:
        candidates, glob = self._index.candidates, tag_glob(term.tag)
        rows = candidates.slots.all >= 0
        if term.source:
            rows &= self._of_sources(term.source)
        longest = max((len(table.names) for table in candidates.tables), default=0)
        fitting = np.zeros(len(rows), np.bool_)
        value = round(term.value * FULL_SCALE)
        for number, table in enumerate(candidates.tables):
            wanted = np.zeros(longest, np.bool_)
            for places in self._patience.batches(range(len(table.names)), AT_ONCE):
                wanted[[at for at in places if glob.is_all_of(tag_key(table.names[at]))]] = True
            entries = np.flatnonzero(wanted[candidates.labels.all])
            hits = candidates.rows_of(entries[COMPARE[term.op](candidates.scores.all[entries].astype(np.int32), value)])
            fitting[hits[candidates.table.all[hits] == number]] = True
        return candidates.images_of(fitting & rows)

    def _number(self, term: Number) -> Mask:
        index, name = self._index, term.name
        compare = COMPARE[term.op]
        if name in ("width", "height", "aspect"):
            widths, heights = index.sizes.follow(self._patience)
            known = widths > 0
            if name != "aspect":
                return known & compare(widths if name == "width" else heights, term.value)
            return known & _aspect(widths.astype(np.float64), heights.astype(np.float64), term)
        captions = index.captions
        if name in ("tokens", "t5"):
            return compare(captions.tokens(NUMBERS[name].needs, self._patience), term.value)
        return compare((captions.chars if name == "chars" else captions.tags.sizes).all, term.value)


def _aspect(widths: NDArray[np.float64], heights: NDArray[np.float64], term: Number) -> Mask:
    wanted = heights * term.value
    alike = np.abs(widths - wanted) <= np.maximum(1, ALIKE * widths)
    match term.op:
        case "=" | "<=" | ">=":
            return alike | (COMPARE[term.op](widths, wanted) if term.op != "=" else alike)
        case "!=":
            return ~alike
        case _:
            return ~alike & COMPARE[term.op](widths, wanted)


def _is_in(folder: str, glob: Glob) -> bool:
    """Say whether a folder is meant, or one that it lies in: by its path or by its last name."""
    parts = folder.casefold().split("/")
    return any(
        glob.is_all_of("/".join(parts[:end])) or glob.is_all_of(parts[end - 1]) for end in range(1, len(parts) + 1)
    )
