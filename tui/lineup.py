"""The queue as the person walks through it: image ids in an order that stays put while they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.review import queue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.review.records import ImageId
    from engine.review.states import Entry

OPEN_STATES = frozenset({"pending", "untouched"})


class Lineup:
    """An index array over the dataset's images, and the place in it.

    The order is made once; images that come later stand at the end. A row never jumps away because it was
    decided: the next start sorts it anew.
    """

    def __init__(self, sort: queue.Sort = "queue", only: str = "") -> None:
        """Start empty.

        Args:
            sort: How images are ordered.
            only: Which images come into it, in the words of `queue.FILTERS`; empty for all. One that is in it stays.
        """
        self._sort, self._only = sort, only
        self.ids: Sequence[ImageId] = ()
        self.place = 0

    @property
    def is_usual(self) -> bool:
        """Whether it holds all images in their usual order."""
        return self._sort == "queue" and not self._only

    @property
    def here(self) -> ImageId | None:
        """The image in view; None when there is none."""
        return self.ids[self.place] if self.ids else None

    def arranged(self, images: Mapping[ImageId, Entry]) -> list[ImageId]:
        """Return the order with new images added and vanished ones left out; touches nothing, so any thread may."""
        present = dict(images)
        known = [image for image in self.ids if image in present]
        for image in known:
            del present[image]
        return known + queue.order(present.values(), self._sort, self._only)

    def take(self, ids: Sequence[ImageId]) -> None:
        """Adopt an order and stay at the same image; where it vanished, at the same place."""
        here = self.here
        self.ids = ids
        if here is not None and here in ids:
            self.place = ids.index(here)
        self.place = max(0, min(self.place, len(ids) - 1))

    def move(self, to: int) -> bool:
        """Go to a place, at most to the ends; say whether that was a move."""
        place = max(0, min(to, len(self.ids) - 1))
        moved, self.place = place != self.place, place
        return moved

    def next_open(self, images: Mapping[ImageId, Entry]) -> int | None:
        """Return the place of the next image that waits for a decision, past the end from the start again.

        Returns:
            A place other than the present one; None when nothing else waits.
        """
        ids, count = self.ids, len(self.ids)
        for step in range(1, count):
            place = (self.place + step) % count
            entry = images.get(ids[place])
            if entry is not None and not entry.skipped and entry.state in OPEN_STATES:
                return place
        return None
