"""What each order puts first, over every image at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.finding.language.sorting import seed_number
from engine.finding.seeing import NO_DOUBT
from engine.finding.worth import NOTHING
from engine.review.queue import rank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.finding.index import Index
    from engine.finding.language import Order
    from engine.finding.patience import Patience

AT_ONCE = 2_000


def ordered(index: Index, slots: NDArray[np.int64], order: Order, patience: Patience) -> NDArray[np.int64]:
    """Return slots in an order; those of equal rank by path, and those that have no rank last, also turned round.

    Args:
        index: Followed, with all needs of the order.
        slots: All of images that are there.
        order: Which.
        patience: Says when to give up.

    Raises:
        GivenUp: Nobody waits.
    """
    paths = index.rows.path_rank(patience)[slots]
    if order.name == "path":
        return slots[np.argsort(~paths if order.is_reversed else paths)]
    first, missing = _ranks(index, slots, order, patience)
    if order.is_reversed:
        first = ~first if first.dtype.kind in "iu" else -first
    keys = (paths, first) if missing is None else (paths, first, missing)
    patience.look()
    return slots[np.lexsort(keys)]


def _ranks(  # noqa: PLR0911  (a table of what there is)
    index: Index, slots: NDArray[np.int64], order: Order, patience: Patience
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Return a number for each slot, the lowest first, and where there is none."""
    rows = index.rows
    match order.name:
        case "name":
            return rows.name_rank(patience)[slots], None
        case "random":
            return _shuffled(rows.digests(patience)[slots] ^ np.uint64(seed_number(order.seed))), None
        case "newest":
            return -rows.mtimes.all[slots], None
        case "queue" | "pending":
            number = rank if order.name == "queue" else lambda entry: -entry.open_candidates
            entries = (rows.entries[slot] for some in patience.batches(slots.tolist(), AT_ONCE) for slot in some)
            return np.array([number(entry) for entry in entries], np.int64), None
        case "tokens" | "t5":
            return -index.captions.tokens(order.needs, patience)[slots], None
        case "doubt":
            values = _doubts(index)[slots]
            return values, values >= NO_DOUBT
        case "disagreement":
            values = -index.worth.disagreements(len(rows), patience)[slots]
        case _:
            values = -index.worth.changes(index.workspace.store.db, len(rows), patience)[slots]
    return values, values == -NOTHING


def _doubts(index: Index) -> NDArray[np.float32]:
    """Return for each slot how near a score of an open candidate is to its threshold."""
    candidates, is_open = index.candidates, index.candidates.open
    nearest = np.full(len(index.rows), NO_DOUBT, np.float32)
    np.minimum.at(nearest, candidates.slots.all[is_open], index.proposed.doubts.all[is_open])
    return nearest


def _shuffled(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix 64 bits as `engine.finding.language.sorting.shuffled` does."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
