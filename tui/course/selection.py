"""The selection: images that a person put together by hand, for what is then done to all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.review.records import ImageId


class Selection:
    """A set of images, and the one from which a range is reckoned."""

    def __init__(self) -> None:
        """Start with none."""
        self.images: set[ImageId] = set()
        self.anchor: ImageId | None = None
        """The image toggled last; None before the first."""

    def __len__(self) -> int:
        return len(self.images)

    def __contains__(self, image: ImageId) -> bool:
        return image in self.images

    def toggle(self, image: ImageId) -> bool:
        """Put an image in, or take it out; say whether it is in now."""
        self.images ^= {image}
        self.anchor = image
        return image in self.images

    def extend(self, queue: Sequence[ImageId], to: int) -> int:
        """Put in everything between the image toggled last and a place of the queue, both included.

        Args:
            queue: The order the person sees.
            to: A place in it, from 0.

        Returns:
            How many came in.
        """
        start = queue.index(self.anchor) if self.anchor in queue else to
        first, last = sorted((start, to))
        before = len(self.images)
        self.images.update(queue[first : last + 1])
        self.anchor = queue[to]
        return len(self.images) - before

    def add(self, images: Iterable[ImageId]) -> int:
        """Put images in; return how many came in."""
        before = len(self.images)
        self.images.update(images)
        return len(self.images) - before

    def invert(self, queue: Iterable[ImageId]) -> None:
        """Of the images of a queue, put in those that are out and take out those that are in."""
        self.images ^= set(queue)

    def clear(self) -> None:
        """Take all out."""
        self.images.clear()
        self.anchor = None

    def drop(self, images: Iterable[ImageId]) -> None:
        """Take images out, those of them that are in."""
        self.images.difference_update(images)
