"""Finding images by a filter, in an order: the one thing that others use of this room.

A `Finder` belongs to one open dataset. `find` blocks, the first time for seconds at a hundred thousand images, so a
screen calls it in a worker thread and gives up a question that nobody waits for any more; what was read by then stays.
Everything else answers at once, on any thread.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from engine.finding.completion import Completion, Known, complete, complete_order
from engine.finding.highlights import Highlights
from engine.finding.index import Index
from engine.finding.language import Order
from engine.finding.near import near
from engine.finding.orders import ordered
from engine.finding.patience import GivenUp, Patience
from engine.finding.terms import Terms
from engine.finding.uses import TagUse, tag_uses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.finding.language import Query
    from engine.finding.language.words import Need
    from engine.review.records import ImageId
    from engine.workspace import Workspace

__all__ = ["Completion", "Finder", "GivenUp", "Highlights", "TagUse"]

QUEUE = Order()


class Finder:
    """Filters and orders over one dataset; any thread may call, one question is answered at a time."""

    def __init__(
        self,
        workspace: Workspace,
        count_tokens: Callable[[str], int] | None = None,
        count_t5: Callable[[str], int] | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            workspace: The dataset; its entries are followed at each question.
            count_tokens: Counts CLIP's tokens of a caption's text, for `tokens`; None counts 0.
            count_t5: Counts those of T5, for `t5`; None counts 0.
        """
        counters: dict[Need, Callable[[str], int] | None] = {"tokens": count_tokens, "t5": count_t5}
        self._index = Index(workspace, {need: count for need, count in counters.items() if count is not None})
        self._separator = workspace.separator
        self._one_at_a_time = threading.Lock()
        self._guard = threading.Lock()
        self._look_again = False
        self._known = Known()
        self._known_of = (-1, -1)

    def find(self, query: Query | None, order: Order = QUEUE, stop: Callable[[], bool] | None = None) -> list[ImageId]:
        """Return the images that fit, in order.

        Args:
            query: None for all images.
            order: In which they come.
            stop: Asked every few hundredths of a second whether nobody waits for the answer any more.

        Raises:
            GivenUp: `stop` said so.
            Unreadable: Stored scores are broken.
        """
        patience = Patience(stop)
        with self._answering(patience):
            return self._find(query, order, patience)

    def tag_uses(self, images: Iterable[ImageId], stop: Callable[[], bool] | None = None) -> list[TagUse]:
        """Return every tag of the captions, how many of some images have it, and how many of all; most frequent first.

        Args:
            images: Which.
            stop: Asked every few hundredths of a second whether nobody waits for the answer any more.

        Raises:
            GivenUp: `stop` said so.
        """
        patience = Patience(stop)
        with self._answering(patience):
            self._follow({"captions"}, patience)
            return tag_uses(self._index, images, patience)

    @contextmanager
    def _answering(self, patience: Patience) -> Iterator[None]:
        """Answer one question at a time."""
        while not self._one_at_a_time.acquire(timeout=0.01):
            patience.look()
        try:
            with self._index.workspace.store.explained():
                yield
        finally:
            self._index.rest()
            self._one_at_a_time.release()

    def _find(self, query: Query | None, order: Order, patience: Patience) -> list[ImageId]:
        index, needs = self._index, {order.needs, *(query.needs if query else ())}
        if order.name == "change":
            needs |= {"captions"}
        self._follow(needs, patience)
        fitting = index.rows.present
        if query is not None:
            fitting = fitting & Terms(index, patience).fitting(query.node)
        slots = ordered(index, np.flatnonzero(fitting), order, patience)
        self._learn(patience)
        found: list[int] = index.rows.ids.all[slots].tolist()
        return found

    def _follow(self, needs: Iterable[Need], patience: Patience) -> None:
        """Bring what a question needs up to folder and store."""
        with self._guard:
            look_again, self._look_again = self._look_again, False
        if look_again:
            try:
                self._index.captions.compare_times(patience)
            except GivenUp:
                self._look_again = True
                raise
        self._index.follow(needs, patience)

    def look_again(self) -> None:
        """Have the next question compare the time of every caption file, for what other programs wrote.

        Decisions, undos and proposals are noticed anyway, whoever made them; this nothing else notices. It takes a third of a second for a hundred thousand images, so it is for moments
        when a person comes back to the screen or asks for it, not for each key.
        """
        with self._guard:
            self._look_again = True

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many images are read of those that are being read, for the question that is being answered."""
        return self._index.progress

    def complete(self, text: str, cursor: int) -> list[Completion]:
        """Return what the word at the cursor may become; tags, sources and folders as the last question knew them."""
        return complete(text, cursor, self._known)

    def near(self, query: Query) -> str:
        """Return a term that a filter may have meant which finds nothing; empty where none comes near. As `complete`."""
        return near(query, self._known.folders, self._known.sources)

    def complete_order(self, text: str) -> list[Completion]:
        """Return the orders that what is typed may become."""
        return complete_order(text)

    def highlights(self, query: Query | None) -> Highlights:
        """Return what to mark in captions."""
        return Highlights(query, self._separator)

    def _learn(self, patience: Patience) -> None:
        """Keep what completion needs, where there is more of it than before."""
        index = self._index
        size = (len(index.names), len(index.candidates.sources) + len(index.rows.folders))
        if size != self._known_of:
            uses = index.captions.uses().tolist()
            names = [*index.names]
            keys = [name.encode("utf-8", "surrogatepass") for name in names]
            tags = [place for place in patience.sorted_places(keys) if place]
            folders = sorted(index.rows.folders)
            known = tuple(names[place] for place in tags), tuple(uses[place] for place in tags)
            self._known = Known(*known, tuple(sorted(index.candidates.sources)), tuple(folders))
            self._known_of = size
