"""Many candidates through one view: what they propose, and how near a threshold they are; mostly without making tags.

Where each label is proposed by its own score alone, comparing arrays tells; every other view is asked image by image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.captions.caption import tag_key
from engine.captions.viewing.cuts import cuts, is_simple
from engine.captions.viewing.mcut import mcuts
from engine.captions.viewing.rules import NEVER, rules_of
from engine.captions.viewing.scores import FULL_SCALE, TagScore
from engine.captions.viewing.view import view
from engine.finding.columns import ragged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from engine.captions.viewing.scores import LabelTable
    from engine.captions.viewing.view import View
    from engine.finding.candidates import Candidates
    from engine.finding.patience import Patience

AT_ONCE = 2_000
"""Candidates seen between two looks whether anybody still waits."""
ONE_BY_ONE = 50
"""The same, where each takes a tenth of a millisecond."""
NO_DOUBT = 2.0
"""The distance from its threshold of a candidate that has none within reach; scores are 0 to 1."""


class Seen(NamedTuple):
    """What some candidates propose."""

    sizes: NDArray[np.int64]
    """(rows,) how many tags each."""
    tags: NDArray[np.int64]
    """(tags,) their numbers, row after row, each once in a row, rising."""
    prints: NDArray[np.uint64]
    """(rows,) equal where the tags are written alike, whatever their order; for this process."""
    doubts: NDArray[np.float32]
    """(rows,) how near the nearest score is to its threshold."""


class _Table(NamedTuple):
    """What a view says of the labels of one table."""

    cuts: NDArray[np.int32]
    sizes: NDArray[np.int64]
    """(labels,) how many tags are written for each."""
    begins: NDArray[np.int64]
    tags: NDArray[np.int64]
    """(written,) their numbers, label after label."""
    prints: NDArray[np.uint64]
    """(written,) of each as it is written."""


class Eye:
    """One view, ready to see candidates of any label table through."""

    def __init__(self, settings: View, names: dict[str, int]) -> None:
        """Work nothing out yet.

        Args:
            settings: The view.
            names: `tag_key` → number; filled with the tags that are met.
        """
        self.settings = settings
        self._names = names
        self._tables: dict[int, _Table] = {}
        self._by_arrays = is_simple(settings) and settings.rating == "never"

    def see(
        self, candidates: Candidates, rows: NDArray[np.int64], patience: Patience
    ) -> Iterable[tuple[NDArray[np.int64], Seen]]:
        """Yield some candidates of tags at a time, in no order, with what they propose.

        Raises:
            GivenUp: Nobody waits; what was yielded is right.
        """
        for number in np.unique(candidates.table.all[rows]).tolist():
            of_table = rows[candidates.table.all[rows] == number]
            size = AT_ONCE if self._by_arrays else ONE_BY_ONE
            for start in range(0, len(of_table), size):
                patience.look()
                some = of_table[start : start + size]
                yield some, self._through(candidates, some, number)

    def _through(self, candidates: Candidates, rows: NDArray[np.int64], number: int) -> Seen:
        labels = candidates.tables[number]
        if self._by_arrays:
            if number not in self._tables:
                self._tables[number] = self._worked_out(labels)
            return _by_arrays(candidates, rows, self._tables[number])
        entries = candidates.entries(rows)
        places, scores = candidates.labels.all[entries].tolist(), candidates.scores.all[entries].tolist()
        seen, at = [], 0
        for size in candidates.sizes.all[rows].tolist():
            pairs = zip(places[at : at + size], scores[at : at + size], strict=True)
            seen.append(self._one([TagScore(labels.names[p], s / FULL_SCALE, labels.categories[p]) for p, s in pairs]))
            at += size
        return Seen(
            np.array([len(tags) for tags, _, _ in seen], np.int64),
            np.array([tag for tags, _, _ in seen for tag in tags], np.int64),
            np.array([made for _, made, _ in seen], np.uint64),
            np.array([doubt for _, _, doubt in seen], np.float32),
        )

    def _one(self, scores: list[TagScore]) -> tuple[list[int], int, float]:
        tags = view(scores, self.settings)
        numbers = {self._names.setdefault(tag_key(tag.text), len(self._names)) for tag in tags}
        made = sum(_print(tag.text) for tag in tags) & _64_BITS
        rules, moved = rules_of(self.settings), mcuts(scores) if self.settings.mcut else {}
        doubt = NO_DOUBT
        for name, score, category in scores:
            rule = rules[name, category]
            cut = rule.cut if rule.fixed else moved.get(category, rule.cut)
            if cut < NEVER:
                doubt = min(doubt, abs(score - cut))
        return sorted(numbers), made, doubt

    def _worked_out(self, labels: LabelTable) -> _Table:
        rules, names = rules_of(self.settings), self._names
        sizes, tags, prints = list[int](), list[int](), list[int]()
        for label in zip(labels.names, labels.categories, strict=True):
            written = rules[label].written
            sizes.append(len(written))
            tags += [names.setdefault(key, len(names)) for _, key in written]
            prints += [_print(text) for text, _ in written]
        counts = np.array(sizes, np.int64)
        return _Table(
            np.frombuffer(cuts(self.settings, labels), np.int32),
            counts,
            np.cumsum(counts) - counts,
            np.array(tags, np.int64),
            np.array(prints, np.uint64),
        )


def _by_arrays(candidates: Candidates, rows: NDArray[np.int64], table: _Table) -> Seen:
    entries = candidates.entries(rows)
    labels, scores = candidates.labels.all[entries], candidates.scores.all[entries].astype(np.int32)
    owners = np.repeat(np.arange(len(rows)), candidates.sizes.all[rows])
    distance = scores - table.cuts[labels]
    passing = distance >= 0
    near = np.where(table.cuts[labels] <= FULL_SCALE, np.abs(distance), 2 * FULL_SCALE)
    doubts = np.full(len(rows), NO_DOUBT, np.float32)
    np.minimum.at(doubts, owners, (near / FULL_SCALE).astype(np.float32))
    passed = labels[passing]
    written = ragged(table.begins[passed], table.sizes[passed])
    wrote = np.repeat(owners[passing], table.sizes[passed])
    # Of two labels that make one tag, the better counts: it stands first.
    pairs, first = np.unique(wrote << 32 | table.tags[written], return_index=True)
    prints = np.append(np.uint64(0), np.cumsum(table.prints[written][first]))
    sizes = np.bincount(pairs >> 32, minlength=len(rows))
    ends = np.cumsum(sizes)
    return Seen(sizes, pairs & 0xFFFFFFFF, prints[ends] - prints[ends - sizes], doubts)


_64_BITS = (1 << 64) - 1


def _print(text: str) -> int:
    return hash(text) & _64_BITS
