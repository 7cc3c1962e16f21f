"""The queue as the person walks through it: image ids in an order that stays put while they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.finding.language import Order, query_text
from engine.review import queue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.finding.language import Query
    from engine.review.records import Counts, ImageId
    from engine.review.states import Entry

OPEN_STATES = frozenset({"pending", "untouched"})
USUAL = Order()


class Survey(NamedTuple):
    """Which images a queue holds, and which of them wait for a decision."""

    members: set[ImageId]
    open: set[ImageId]


class Lineup:
    """An index array over the dataset's images, and the place in it.

    The order is made once; images that come later stand at the end. A row never jumps away because it was
    decided: the next start sorts it anew.
    """

    def __init__(
        self,
        query: Query | None = None,
        order: Order = USUAL,
        *,
        chosen: frozenset[ImageId] | None = None,
        limit: int = 0,
    ) -> None:
        """Start empty.

        Args:
            query: Which images come into it; None for all. One that is in it stays.
            order: How they are ordered.
            chosen: Only these, as they were selected; None for all.
            limit: Only so many that wait for a decision; 0 for all.
        """
        self.query, self.order, self.chosen, self.limit = query, order, chosen, limit
        self.ids: Sequence[ImageId] = ()
        self.place = 0
        self.is_found = not self.needs_index
        """Whether it holds what was looked for; before, only what was known to fit."""
        self._survey: Survey | None = None
        self._met: set[ImageId] = set()
        """Images that came into a limited queue, whatever became of them."""

    @property
    def is_usual(self) -> bool:
        """Whether it holds all images in their usual order."""
        return self.is_whole and self.order == USUAL

    @property
    def is_whole(self) -> bool:
        """Whether it holds all images."""
        return self.query is None and self.chosen is None and not self.limit

    @property
    def needs_index(self) -> bool:
        """Whether only an index can tell what fits, in which order."""
        return queue.needs_index(self.query, self.order)

    @property
    def here(self) -> ImageId | None:
        """The image in view; None when there is none."""
        return self.ids[self.place] if self.ids else None

    # --- who waits --------------------------------------------------------------------------------------------

    def waiting(self, counts: Counts) -> int:
        """Return how many images of the queue wait for a decision.

        Args:
            counts: Of the whole dataset.
        """
        if self._survey is not None:
            return len(self._survey.open)
        return min(len(self.ids), max(0, counts.pending + counts.untouched - counts.skipped))

    @property
    def progress(self) -> tuple[int, int]:
        """How many images of a limited queue are done, and how many came into it."""
        waiting = len(self._survey.open) if self._survey is not None else 0
        return len(self._met) - waiting, len(self._met)

    def outcome(self, images: Mapping[ImageId, Entry]) -> tuple[int, int]:
        """Return how many images of a limited queue are decided as it is now, and how many were skipped.

        Args:
            images: All there are.
        """
        entries = (images.get(image) for image in self._met)
        skipped = sum(entry is not None and entry.skipped and entry.state in OPEN_STATES for entry in entries)
        return self.progress[0] - skipped, skipped

    def survey(self, ids: Iterable[ImageId], images: Mapping[ImageId, Entry]) -> Survey | None:
        """Look who waits; touches nothing, so any thread may. None where the dataset's counts tell as much."""
        if self.is_whole:
            return None
        members = set(ids)
        return Survey(members, {i for i in members if (entry := images.get(i)) is not None and waits(entry)})

    def touched(self, touched: Iterable[ImageId], images: Mapping[ImageId, Entry]) -> None:
        """Note that some images may be decided now, or wait again."""
        if self._survey is None:
            return
        for image in touched:
            entry = images.get(image)
            if entry is not None and image in self._survey.members and waits(entry):
                self._survey.open.add(image)
            else:
                self._survey.open.discard(image)

    # --- which images -----------------------------------------------------------------------------------------

    def arranged(self, images: Mapping[ImageId, Entry]) -> list[ImageId]:
        """Return the order with new images added and vanished ones left out; touches nothing, so any thread may.

        What is new of a queue that needs an index is found in another way: see `with_found`.
        """
        present = dict(images)
        known = [image for image in self.ids if image in present]
        if self.needs_index:
            return known
        return self._joined(known, self._ordered(present), present)

    def sorted_anew(self, images: Mapping[ImageId, Entry]) -> list[ImageId]:
        """Return the order of all images that fit as it is now; touches nothing, so any thread may.

        Of a queue that needs an index only what is known to fit.
        """
        present = dict(images)
        if self.needs_index:
            return [image for image in self.ids if image in present]
        return self._joined([], self._from(self.here, self._ordered(present)), present, afresh=True)

    def with_found(self, found: Iterable[ImageId], images: Mapping[ImageId, Entry]) -> list[ImageId]:
        """Return the order with those images added that were found to fit; touches nothing, so any thread may.

        Args:
            found: All that fit, in order.
            images: All there are.
        """
        return self._joined([image for image in self.ids if image in images], found, images)

    def gather(self, found: Sequence[ImageId] | None, images: Mapping[ImageId, Entry], here: ImageId | None) -> None:
        """Fill it from the start, before anybody else sees it; in any thread.

        Args:
            found: All that fit, in order; None where that takes no index.
            images: All there are.
            here: Where the person is: they stay there if it fits, and what is limited begins there.
        """
        present = dict(images)
        fitting = self._ordered(present) if found is None else list(found)
        ids = self._joined([], self._from(here, fitting), present)
        self.is_found = True
        self.take(ids, self.survey(ids, present))
        self.place = next(iter([ids.index(here)] if here in ids else self._open_places(present)), 0)

    def _from(self, here: ImageId | None, fitting: list[ImageId]) -> list[ImageId]:
        """Let what is limited begin where the person is."""
        at = fitting.index(here) if self.limit and here is not None and here in fitting else 0
        return fitting[at:] + fitting[:at]

    def _ordered(self, present: Mapping[ImageId, Entry]) -> list[ImageId]:
        entries = present.values()
        return queue.order(entries, self.order.text, query_text(self.query.node) if self.query else "")

    def _joined(
        self,
        known: list[ImageId],
        found: Iterable[ImageId],
        images: Mapping[ImageId, Entry],
        *,
        afresh: bool = False,
    ) -> list[ImageId]:
        """Put behind those known what was found and may come in; afresh whatever was there before."""
        there = self._met.union(known) if self.limit and not afresh else set(known)
        new = [image for image in found if image not in there and image in images]
        if self.chosen is not None:
            new = [image for image in new if image in self.chosen]
        if self.limit:
            new = [image for image in new if waits(images[image])][: max(0, self.limit - len(there))]
        return known + new

    def take(self, ids: Sequence[ImageId], survey: Survey | None = None) -> None:
        """Adopt an order and stay at the same image; where it vanished, at the same place.

        Args:
            ids: The order.
            survey: Who of them waits; None leaves that as it is.
        """
        here = self.here
        self.ids = ids
        if survey is not None:
            self._survey = survey
        elif self._survey is not None:
            self._survey.members.update(ids)
        if self.limit:
            self._met.update(ids)
        if here is not None and here in ids:
            self.place = ids.index(here)
        self.place = max(0, min(self.place, len(ids) - 1))

    # --- going through it -------------------------------------------------------------------------------------

    def move(self, to: int) -> bool:
        """Go to a place, at most to the ends; say whether that was a move."""
        place = max(0, min(to, len(self.ids) - 1))
        moved, self.place = place != self.place, place
        return moved

    def next_open(self, images: Mapping[ImageId, Entry], step: int = 1) -> int | None:
        """Return the place of the next image that waits for a decision, past the end from the start again.

        Args:
            images: All there are.
            step: 1 for the next one, -1 for the one before.

        Returns:
            A place other than the present one; None when nothing else waits.
        """
        ids, count = self.ids, len(self.ids)
        if self._survey is not None and not self._survey.open - {self.here}:
            return None
        for way in range(1, count):
            place = (self.place + step * way) % count
            entry = images.get(ids[place])
            if entry is not None and waits(entry):
                return place
        return None

    def _open_places(self, images: Mapping[ImageId, Entry]) -> Iterable[int]:
        return (place for place, image in enumerate(self.ids) if waits(images[image]))


def waits(entry: Entry) -> bool:
    """Say whether an image waits for a decision."""
    return not entry.skipped and entry.state in OPEN_STATES
